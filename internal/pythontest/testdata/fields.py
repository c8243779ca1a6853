"""Sends every kind of field from a generated client to a generated server and back."""

import asyncio
import datetime
import tempfile
from typing import Any

import grpc
from fields_python import goplugin
from fields_python.goplugin.transport import Transport
from fields_python.sdk.fields.v1 import FieldsClient, FieldsService, fields_pb2
from google.protobuf import duration_pb2, struct_pb2, timestamp_pb2


class Echo:
    """Returns its arguments: none as None, one as itself, more as a tuple."""

    def __getattr__(self, name: str) -> Any:
        async def echo(*arguments: Any, **named: Any) -> Any:
            values = (*arguments, *named.values())
            return values[0] if len(values) == 1 else values

        return echo


RED = fields_pb2.COLOR_RED
SCALAR = fields_pb2.Scalar(a=1, f=RED)
TIME = datetime.datetime(2026, 2, 3, 4, 5, 6, 789, datetime.UTC)
SPAN = datetime.timedelta(days=-1, microseconds=1)

CASES: list[tuple[str, dict[str, Any]]] = [
    ("scalars", {"a": -1, "b": 0.5, "c": True, "d": "ü", "e": b"\x00\xff", "f": RED}),
    ("optionals", {"number": None, "data": None, "color": None, "scalar": None}),
    ("optionals", {"number": 0, "data": b"", "color": 0, "scalar": SCALAR}),
    ("lists", {"numbers": [1, 2], "list": [SCALAR], "times": [TIME], "spans": [SPAN]}),
    ("lists", {"numbers": [], "list": [], "times": [], "spans": []}),
    ("maps", {"numbers": {"a": 1}, "dict": {2: SCALAR}, "times": {"t": TIME}, "colors": {True: RED}}),
    ("times", {"at": TIME, "span": SPAN}),
    ("times", {"at": None, "span": None}),
    ("words", {"from_": "a", "self_": "b", "response": "c", "request": 4, "class_": "e"}),
    ("wrapped", {"value": "text"}),
    ("wholes", {"fields": {"a": struct_pb2.Value(number_value=1)}}),
    ("choices", {"request": fields_pb2.Choice(number=0)}),
]


async def check(channel: grpc.aio.Channel, client: FieldsClient) -> None:
    """Send the cases, and times that Python cannot hold."""
    for method, arguments in CASES:
        got = await getattr(client, method)(**arguments)
        sent = tuple(arguments.values())
        assert (got if len(sent) > 1 else (got,)) == sent, f"{method}: got {got}, want {sent}"
    call = channel.unary_unary(
        "/fields.v1.FieldsService/Times", fields_pb2.Time.SerializeToString, fields_pb2.Time.FromString
    )
    for bad in (
        fields_pb2.Time(at=timestamp_pb2.Timestamp(seconds=1 << 60)),
        fields_pb2.Time(span=duration_pb2.Duration(seconds=1 << 60)),
    ):
        try:
            await call(bad)
            raise AssertionError(f"want an error for {bad}")
        except grpc.aio.AioRpcError as error:
            assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error


async def main() -> None:
    """Serve and call in one process."""
    with tempfile.TemporaryDirectory() as directory:
        transport = Transport({"PLUGIN_UNIX_SOCKET_DIR": directory}, None)
        broker = goplugin.Broker(transport)
        server = grpc.aio.server()
        FieldsService(Echo()).add_to(server, broker)  # type: ignore[arg-type]
        async with transport.listening(server) as address:
            await server.start()
            async with transport.channel(address) as channel:
                await check(channel, FieldsClient(goplugin.Connection(channel, broker)))
            await server.stop(None)


asyncio.run(main())
