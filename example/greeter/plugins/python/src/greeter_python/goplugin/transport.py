"""Where a plugin listens, and how it connects: over unix sockets, and over TCP on Windows; with AutoMTLS over TLS."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path

import grpc.aio

from . import relay
from .address import LOOPBACK, Address
from .handshake import StartRefused
from .tls import Identity

NETWORK = "tcp" if os.name == "nt" else "unix"


class Transport:
    """Opens servers where the environment of a plugin says, and channels; with an identity over mutual TLS."""

    def __init__(self, environment: Mapping[str, str], identity: Identity | None) -> None:
        self._environment = environment
        self.identity = identity

    @contextlib.asynccontextmanager
    async def listening(self, server: grpc.aio.Server) -> AsyncIterator[Address]:
        """Let a server listen on a new address. It is to be started, and stopped, in the block."""
        async with contextlib.AsyncExitStack() as stack:
            if NETWORK == "tcp":
                addresses = self._ports()
            else:
                addresses = [stack.enter_context(self._socket())]
            address = await self._serve(server, addresses, stack)
            self._admit_group(address)
            yield address

    async def _serve(
        self, server: grpc.aio.Server, addresses: Iterable[Address], stack: contextlib.AsyncExitStack
    ) -> Address:
        """Let a server listen on the first address that is free."""
        bind = None
        if self.identity is not None and not self.identity.is_known_to_grpc:
            bind = await stack.enter_async_context(relay.served(server, self.identity, NETWORK))
        failure: Exception | None = None
        for address in addresses:
            try:
                return await bind(address) if bind else address.serve(server, self.identity)
            except (OSError, RuntimeError) as error:
                failure = error
        raise StartRefused(f"The plugin cannot listen {self._where()}: {failure}")

    @contextlib.asynccontextmanager
    async def channel(self, address: Address) -> AsyncIterator[grpc.aio.Channel]:
        """Connect to a server of the other side."""
        if self.identity is None or self.identity.is_known_to_grpc:
            async with address.channel(self.identity) as channel:
                yield channel
            return
        async with relay.connected(address, self.identity, NETWORK) as channel:
            yield channel

    @contextlib.contextmanager
    def _socket(self) -> Iterator[Address]:
        """Yield the path of a new socket, which is removed at the end of the block."""
        path = Path(self._directory(), f"plugin{secrets.token_hex(6)}")
        try:
            yield Address("unix", str(path))
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def _admit_group(self, address: Address) -> None:
        group = self._environment.get("PLUGIN_UNIX_SOCKET_GROUP")
        if group and address.network == "unix":
            shutil.chown(address.address, group=int(group) if group.isdigit() else group)
            os.chmod(address.address, 0o660)

    def _ports(self) -> list[Address]:
        return [Address("tcp", f"{LOOPBACK}:{port}") for port in range(self._port("MIN"), self._port("MAX") + 1)]

    def _where(self) -> str:
        if NETWORK == "tcp":
            return f"on a port from {self._port('MIN')} to {self._port('MAX')} (PLUGIN_MIN_PORT, PLUGIN_MAX_PORT)"
        return f"in {self._directory()} (PLUGIN_UNIX_SOCKET_DIR)"

    def _directory(self) -> str:
        return self._environment.get("PLUGIN_UNIX_SOCKET_DIR") or tempfile.gettempdir()

    def _port(self, which: str) -> int:
        return int(self._environment.get(f"PLUGIN_{which}_PORT") or 0)
