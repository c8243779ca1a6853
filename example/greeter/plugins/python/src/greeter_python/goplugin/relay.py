"""TLS before gRPC, for the certificates of go-plugin's own hosts, which the TLS of gRPC's Python library refuses.

Python's own takes them: it stands before the plugin's servers and channels, and relays. Those listen where nobody else
connects: on unix sockets in directories that no other user can enter, or, over TCP, with a certificate that never leaves
this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import grpc.aio

from .address import LOOPBACK, Address, Join, Streams
from .tls import Identity, new_identity

PIECE = 64 * 1024


@contextlib.asynccontextmanager
async def served(
    server: grpc.aio.Server, identity: Identity, network: str
) -> AsyncIterator[Callable[[Address], Awaitable[Address]]]:
    """Yield a function that lets a server be reached at an address, until the end of the block."""
    context = identity.context(ssl.PROTOCOL_TLS_SERVER)
    with _private(network) as (place, own):
        inner = place.serve(server, own)
        inner_context = own.context(ssl.PROTOCOL_TLS_CLIENT) if own else None
        async with contextlib.AsyncExitStack() as stack:

            async def bind(address: Address) -> Address:
                return await stack.enter_async_context(_relay(address, context, lambda: inner.connect(inner_context)))

            yield bind


@contextlib.asynccontextmanager
async def connected(address: Address, identity: Identity, network: str) -> AsyncIterator[grpc.aio.Channel]:
    """Yield a channel to the address of the other side."""
    context = identity.context(ssl.PROTOCOL_TLS_CLIENT)
    with _private(network) as (place, own):
        inner_context = own.context(ssl.PROTOCOL_TLS_SERVER) if own else None
        async with (
            _relay(place, inner_context, lambda: address.connect(context)) as inner,
            inner.channel(own) as channel,
        ):
            yield channel


@contextlib.contextmanager
def _private(network: str) -> Iterator[tuple[Address, Identity | None]]:
    """Yield an address that only this process can use, and the identity that it takes to connect to it."""
    if network == "tcp":
        yield Address(network, f"{LOOPBACK}:0"), new_identity()
        return
    with tempfile.TemporaryDirectory() as directory:
        yield Address(network, str(Path(directory, "s"))), None


@contextlib.asynccontextmanager
async def _relay(
    address: Address, context: ssl.SSLContext | None, connect: Callable[[], Awaitable[Streams]]
) -> AsyncIterator[Address]:
    """Join each connection to an address to one that connect opens, until the end of the block."""
    joined: set[asyncio.Task[None]] = set()
    server, bound = await address.accept(_joining(connect, joined), context)
    try:
        yield bound
    finally:
        server.close()
        for task in joined:
            task.cancel()
        if joined:
            await asyncio.wait(joined)


def _joining(connect: Callable[[], Awaitable[Streams]], joined: set[asyncio.Task[None]]) -> Join:
    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        joined.add(task)
        task.add_done_callback(joined.discard)
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await connect()
            with contextlib.closing(far_writer):
                await _first_end(_pump(reader, far_writer), _pump(far_reader, writer))

    return join


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
