"""A host for the tests: it starts the plugin as a process, as the real one does, and calls it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import dataclasses
import os
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from google.protobuf.empty_pb2 import Empty

from greeter_python import goplugin
from greeter_python.goplugin.address import Address
from greeter_python.goplugin.protocol_pb2 import ConnInfo, StdioData
from greeter_python.goplugin.tls import Identity, new_identity
from greeter_python.goplugin.transport import Transport

COMMAND = (sys.executable, "-m", "greeter_python")


@dataclass
class Plugin:
    """A plugin that runs."""

    process: asyncio.subprocess.Process
    protocol_version: int
    connection: goplugin.Connection

    async def printed(self) -> AsyncIterator[StdioData]:
        """Yield what the plugin prints."""
        stream = self.connection.channel.unary_stream(
            "/plugin.GRPCStdio/StreamStdio", Empty.SerializeToString, StdioData.FromString
        )
        async for data in stream(Empty()):
            yield data

    async def shut_down(self) -> int:
        """Ask the plugin to end, and return its exit code."""
        await self.connection.unary("/plugin.GRPCController/Shutdown", Empty(), Empty)
        return await self.process.wait()


async def run(*, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Run the plugin with an environment to its end. Return its exit code, its output and its errors."""
    process = await _spawn(environment)
    output, errors = await process.communicate()
    return await process.wait(), output.decode(), errors.decode()


@contextlib.asynccontextmanager
async def started(plugins: goplugin.PluginSet, *, mtls: bool = False) -> AsyncIterator[Plugin]:
    """Start the plugin, and end it with the block."""
    identity = new_identity() if mtls else None
    with tempfile.TemporaryDirectory() as directory:
        environment = {
            plugins.handshake.cookie_key: plugins.handshake.cookie_value,
            "PLUGIN_PROTOCOL_VERSIONS": str(plugins.protocol_version),
            "PLUGIN_UNIX_SOCKET_DIR": directory,
        }
        if identity is not None:
            environment["PLUGIN_CLIENT_CERT"] = identity.certificate.decode()
        process = await _spawn(environment)
        errors = asyncio.create_task(_forward(process))
        try:
            async with _connected(process, identity, directory) as plugin:
                yield plugin
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await errors


async def _spawn(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*COMMAND, env={**os.environ, **environment}, stdout=pipe, stderr=pipe)


async def _forward(process: asyncio.subprocess.Process) -> None:
    """Show the plugin's log, which pytest prints for a test that fails."""
    assert process.stderr is not None
    async for line in process.stderr:
        sys.stderr.write(line.decode())


@contextlib.asynccontextmanager
async def _connected(
    process: asyncio.subprocess.Process, identity: Identity | None, directory: str
) -> AsyncIterator[Plugin]:
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().strip()
    fields = line.split("|")
    assert len(fields) == 6, f"expected a handshake line, found {line!r}"
    _, version, network, address, protocol, certificate = fields
    assert protocol == "grpc"
    if identity is not None:
        der = base64.b64decode(certificate + "=" * (-len(certificate) % 4))
        identity = dataclasses.replace(identity, trusted=ssl.DER_cert_to_PEM_cert(der).encode())
    transport = Transport({"PLUGIN_UNIX_SOCKET_DIR": directory}, identity)
    broker = goplugin.Broker(transport)
    async with transport.channel(Address(network, address)) as channel:
        start = channel.stream_stream("/plugin.GRPCBroker/StartStream", ConnInfo.SerializeToString, ConnInfo.FromString)
        listening = asyncio.create_task(broker.listen(aiter(start(broker.announcements()))))
        try:
            yield Plugin(process, int(version), goplugin.Connection(channel, broker))
        finally:
            listening.cancel()
            await broker.close()
