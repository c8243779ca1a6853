"""Rpcs as coroutines and async iterators: what generated services and clients are made of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeAlias, TypeVar

import grpc
import grpc.aio
from google.protobuf.message import Message

from . import errors

if TYPE_CHECKING:
    from .broker import Broker

A = TypeVar("A")
B = TypeVar("B")
Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Handlers: TypeAlias = Mapping[str, Handler]  # by the names of their rpcs

# As in Go, the size of a message is the plugin's own affair: gRPC would refuse to receive more than 4 MiB. A port is of
# one server alone: gRPC would let several share it.
OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
)

log = logging.getLogger(__name__)


class Service:
    """One service of a plugin, or of a host that is called back."""

    name: ClassVar[str]

    def handlers(self, broker: Broker) -> Handlers:
        """Return the handlers of the service."""
        raise NotImplementedError

    def add_to(self, server: grpc.aio.Server, broker: Broker) -> None:
        """Add the service to a server. What it is passed to call back it finds through the broker."""
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(self.name, dict(self.handlers(broker))),))


def unary(call: Callable[[Request], Awaitable[Message]], request: type[Request]) -> Handler:
    """Return the handler of an rpc that takes one message and returns one."""

    async def handle(message: Request, context: grpc.aio.ServicerContext[Any, Any]) -> Message:
        try:
            return await call(message)
        except Exception as error:
            await _fail(context, error)

    return grpc.unary_unary_rpc_method_handler(handle, request.FromString, _serialize)


def server_stream(call: Callable[[Request], AsyncIterator[Message]], request: type[Request]) -> Handler:
    """Return the handler of an rpc that takes one message and returns a stream."""

    async def handle(message: Request, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        await _write(context, lambda: call(message))

    return grpc.unary_stream_rpc_method_handler(handle, request.FromString, _serialize)


def client_stream(call: Callable[[AsyncIterator[Request]], Awaitable[Message]], request: type[Request]) -> Handler:
    """Return the handler of an rpc that takes a stream and returns one message."""

    async def handle(_: object, context: grpc.aio.ServicerContext[Any, Any]) -> Message:
        try:
            return await call(_requests(context))
        except Exception as error:
            await _fail(context, error)

    return grpc.stream_unary_rpc_method_handler(handle, request.FromString, _serialize)


def bidi_stream(call: Callable[[AsyncIterator[Request]], AsyncIterator[Message]], request: type[Request]) -> Handler:
    """Return the handler of an rpc that takes a stream and returns one."""

    async def handle(_: object, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        await _write(context, lambda: call(_requests(context)))

    return grpc.stream_stream_rpc_method_handler(handle, request.FromString, _serialize)


async def mapped(convert: Callable[[A], B], items: AsyncIterator[A]) -> AsyncGenerator[B, None]:
    """Yield what convert makes of each item. Whoever stops early stops the items, too."""
    try:
        async for item in items:
            yield convert(item)
    finally:
        await _close(items)


async def _write(context: grpc.aio.ServicerContext[Any, Any], call: Callable[[], AsyncIterator[Message]]) -> None:
    # Writing here, and not yielding, makes a cancelled call end the implementation at once.
    try:
        responses = call()
        try:
            async for response in responses:
                await context.write(response)
        finally:
            await _close(responses)
    except Exception as error:
        await _fail(context, error)


async def _requests(context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
    while (request := await context.read()) is not grpc.aio.EOF:
        yield request


async def _close(items: AsyncIterator[Any]) -> None:
    """End an async generator. Other iterators have no end of their own."""
    if isinstance(items, AsyncGenerator):
        await items.aclose()


async def _fail(context: grpc.aio.ServicerContext[Any, Any], error: Exception) -> NoReturn:
    if not isinstance(error, (errors.StatusError, NotImplementedError)):
        log.error("an rpc failed", exc_info=error)
    status = errors.status_error(error)
    await context.abort(status.code, str(status), errors.trailer(status))


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


class Connection:
    """A connection to a process that serves rpcs: for a plugin, to its host."""

    def __init__(
        self, channel: grpc.aio.Channel, broker: Broker, declared: Sequence[type[errors.DeclaredError]] = ()
    ) -> None:
        self.channel = channel
        self.broker = broker
        self._declared = declared

    def declaring(self, declared: Sequence[type[errors.DeclaredError]]) -> Connection:
        """Return the same connection, whose calls raise the errors that an API declares."""
        return Connection(self.channel, self.broker, declared)

    async def unary(self, path: str, request: Message, response: type[Response]) -> Response:
        """Call an rpc that takes one message and returns one."""
        try:
            return await self.channel.unary_unary(path, _serialize, response.FromString)(request)
        except grpc.aio.AioRpcError as error:
            raise errors.received(error, self._declared) from None
        except grpc.aio.UsageError:
            raise _ended(path) from None

    async def server_stream(
        self, path: str, request: Message, response: type[Response]
    ) -> AsyncGenerator[Response, None]:
        """Call an rpc that takes one message and returns a stream."""
        try:
            call = self.channel.unary_stream(path, _serialize, response.FromString)(request)
        except grpc.aio.UsageError:
            raise _ended(path) from None
        try:
            async for message in call:
                yield message
        except grpc.aio.AioRpcError as error:
            raise errors.received(error, self._declared) from None
        finally:
            call.cancel()

    async def client_stream(self, path: str, requests: AsyncIterator[Message], response: type[Response]) -> Response:
        """Call an rpc that takes a stream and returns one message. An error of the stream is raised as itself."""
        source = _Input(requests)
        try:
            return await self.channel.stream_unary(path, _serialize, response.FromString)(source.messages())
        except grpc.aio.AioRpcError as error:
            raise source.error or errors.received(error, self._declared) from None
        except grpc.aio.UsageError:
            raise _ended(path) from None
        except asyncio.CancelledError:  # what gRPC makes of a stream that fails
            if source.error is None:
                raise
            raise source.error from None

    async def bidi_stream(
        self, path: str, requests: AsyncIterator[Message], response: type[Response]
    ) -> AsyncGenerator[Response, None]:
        """Call an rpc that takes a stream and returns one. An error of the stream is raised as itself."""
        source = _Input(requests)
        try:
            call = self.channel.stream_stream(path, _serialize, response.FromString)(source.messages())
        except grpc.aio.UsageError:
            raise _ended(path) from None
        try:
            async for message in call:
                yield message
        except grpc.aio.AioRpcError as error:
            raise source.error or errors.received(error, self._declared) from None
        except asyncio.CancelledError:
            if source.error is None:
                raise
            raise source.error from None
        finally:
            call.cancel()


class _Input:
    """The stream that a caller sends, and the error that ended it."""

    def __init__(self, requests: AsyncIterator[Message]) -> None:
        self._requests = requests
        self.error: Exception | None = None

    async def messages(self) -> AsyncIterator[Message]:
        try:
            async for request in self._requests:
                yield request
        except Exception as error:
            self.error = error
            raise
        finally:
            await _close(self._requests)


def _ended(path: str) -> errors.StatusError:
    return errors.StatusError(
        grpc.StatusCode.UNAVAILABLE, f"{path}: the callback has ended with the call that passed it"
    )
