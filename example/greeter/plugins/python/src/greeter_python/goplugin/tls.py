"""AutoMTLS: each side knows the only certificate that it trusts.

The certificates of go-plugin's hosts have keys on the curve P-521, which the TLS inside gRPC's Python library refuses
in TLS 1.3. Python's own does not: here it stands before the plugin's servers and channels, which listen without TLS in
directories that no other user can enter.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

HOST_NAME = "localhost"  # the name that the certificates of go-plugin carry
PIECE = 64 * 1024

Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Identity:
    """The certificate of this process, and the only one that it trusts: that of the other side. All are PEM."""

    key: bytes
    certificate: bytes
    trusted: bytes

    def handshake_field(self) -> str:
        """Return the certificate as the handshake line carries it: DER in base64 without padding."""
        return base64.b64encode(ssl.PEM_cert_to_DER_cert(self.certificate.decode())).rstrip(b"=").decode()

    def context(self, protocol: int) -> ssl.SSLContext:
        """Return what Python's TLS needs, for ssl.PROTOCOL_TLS_SERVER or ssl.PROTOCOL_TLS_CLIENT."""
        context = ssl.SSLContext(protocol)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.trusted.decode())
        context.set_alpn_protocols(["h2"])
        with tempfile.TemporaryDirectory() as directory:  # which only this user can enter
            path = Path(directory, "identity.pem")
            path.write_bytes(self.key + self.certificate)
            context.load_cert_chain(path)
        return context


def identity_for(environment: Mapping[str, str]) -> Identity | None:
    """Return a new identity where the host asks for AutoMTLS."""
    certificate = environment.get("PLUGIN_CLIENT_CERT", "")
    if certificate and sys.platform == "win32":
        raise OSError("AutoMTLS is on, which plugins in Python do not have on Windows: turn it off in the host")
    return new_identity(certificate.encode()) if certificate else None


def new_identity(trusted: bytes) -> Identity:
    """Return a new identity that trusts the holder of one certificate."""
    # A plugin without AutoMTLS need not wait for this import.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST_NAME)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(seconds=30))
        .not_valid_after(now + datetime.timedelta(days=365 * 30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST_NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Identity(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        certificate.public_bytes(serialization.Encoding.PEM),
        trusted,
    )


@contextlib.asynccontextmanager
async def served(identity: Identity, path: Path) -> AsyncIterator[Path]:
    """Listen with TLS at a path, and yield that of the socket to which connections are relayed."""
    context = identity.context(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as directory:
        inner = Path(directory, "s")
        async with _relay(path, context, lambda: asyncio.open_unix_connection(inner)):
            yield inner


@contextlib.asynccontextmanager
async def connected(identity: Identity, address: str) -> AsyncIterator[Path]:
    """Yield the path of a socket from which connections are relayed, with TLS, to the address of another."""
    context = identity.context(ssl.PROTOCOL_TLS_CLIENT)

    def connect() -> Awaitable[Streams]:
        return asyncio.open_unix_connection(address, ssl=context, server_hostname=HOST_NAME)

    with tempfile.TemporaryDirectory() as directory:
        inner = Path(directory, "s")
        async with _relay(inner, None, connect):
            yield inner


@contextlib.asynccontextmanager
async def _relay(
    path: Path, context: ssl.SSLContext | None, connect: Callable[[], Awaitable[Streams]]
) -> AsyncIterator[None]:
    """Accept connections at a path, and join each to one that connect opens, until the end of the block."""
    joined: set[asyncio.Task[None]] = set()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        joined.add(task)
        task.add_done_callback(joined.discard)
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await connect()
            with contextlib.closing(far_writer):
                await _first_end(_pump(reader, far_writer), _pump(far_reader, writer))

    server = await asyncio.start_unix_server(join, path, ssl=context)
    try:
        yield
    finally:
        server.close()
        for task in joined:
            task.cancel()
        if joined:
            await asyncio.wait(joined)


async def _first_end(*pumps: Awaitable[None]) -> None:
    """Wait until either direction ends, and end the other."""
    tasks = [asyncio.ensure_future(pump) for pump in pumps]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(PIECE):
        writer.write(data)
        await writer.drain()
