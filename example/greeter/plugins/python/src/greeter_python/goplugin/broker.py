"""The broker: further connections between a host and its plugin, for what one passes the other to call.

Each has a number. Whoever listens announces the address of a number on one stream that both share; whoever wants to
connect waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import grpc
import grpc.aio

from .address import Address
from .calls import OPTIONS, Connection, Handlers, Service, bidi_stream
from .errors import StatusError
from .protocol_pb2 import ConnInfo
from .transport import Transport

# How long go-plugin waits for the address of a number, in seconds.
PATIENCE = 5.0

T = TypeVar("T")
Remote = TypeVar("Remote")


class Broker(Service):
    """One side of the shared stream: that of a plugin, which serves it."""

    name = "plugin.GRPCBroker"

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._outgoing: asyncio.Queue[ConnInfo | None] = asyncio.Queue()
        self._announced: dict[int, asyncio.Future[Address]] = {}
        self._last_id = 0
        self._kept = contextlib.AsyncExitStack()

    def handlers(self, broker: Broker) -> Handlers:
        """Return the handler of the stream."""
        return {"StartStream": bidi_stream(self.converse, ConnInfo)}

    async def converse(self, incoming: AsyncIterator[ConnInfo]) -> AsyncIterator[ConnInfo]:
        """Yield what this side announces, and note what the other does, until close is called."""
        listening = asyncio.create_task(self.listen(incoming))
        try:
            async for info in self.announcements():
                yield info
        finally:
            listening.cancel()

    async def announcements(self) -> AsyncIterator[ConnInfo]:
        """Yield the addresses where this side serves, until close is called."""
        while (info := await self._outgoing.get()) is not None:
            yield info

    async def close(self) -> None:
        """End the stream, and every connection that was to live as long as the plugin."""
        self._outgoing.put_nowait(None)
        await self._kept.aclose()

    async def listen(self, incoming: AsyncIterator[ConnInfo]) -> None:
        """Note the addresses where the other side serves."""
        async for info in incoming:
            address = self._address(info.service_id)
            if not address.done():
                address.set_result(Address(info.network, info.address))

    def _address(self, number: int) -> asyncio.Future[Address]:
        return self._announced.setdefault(number, asyncio.get_running_loop().create_future())

    @contextlib.asynccontextmanager
    async def called(self, number: int, remote: Callable[[Connection], Remote]) -> AsyncIterator[Remote | None]:
        """Connect to what the other side serves under a number, until the end of the block. 0 is nothing: None."""
        if number == 0:
            yield None
            return
        try:
            async with asyncio.timeout(PATIENCE):
                address = await self._address(number)
        except TimeoutError:
            raise StatusError(
                grpc.StatusCode.UNAVAILABLE,
                f"the other side announced no callback {number} within {PATIENCE:g} seconds",
            ) from None
        finally:
            self._announced.pop(number, None)
        async with self._transport.channel(address) as channel:
            yield remote(Connection(channel, self))

    @contextlib.asynccontextmanager
    async def offered(self, implementation: T | None, service: Callable[[T], Service]) -> AsyncIterator[int]:
        """Serve what the other side may call, until the end of the block, and yield its number. None is 0."""
        if implementation is None:
            yield 0
            return
        server = grpc.aio.server(options=OPTIONS)
        service(implementation).add_to(server, self)
        async with self._transport.listening(server) as address:
            await server.start()
            self._last_id += 1
            number = self._last_id
            self._outgoing.put_nowait(ConnInfo(service_id=number, network=address.network, address=address.address))
            try:
                yield number
            finally:
                await server.stop(grace=None)

    async def keep(self, connection: contextlib.AbstractAsyncContextManager[T]) -> T:
        """Hold a connection until the plugin ends."""
        return await self._kept.enter_async_context(connection)
