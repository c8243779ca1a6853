"""The life of a plugin: it checks who started it, serves, and ends with its host."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health
from grpc_reflection.v1alpha import reflection

from . import logs
from .broker import Broker
from .calls import OPTIONS, Handlers, Service, unary
from .handshake import PluginSet, StartRefused, addressed, handshake_line, negotiate
from .host import watched
from .stdio import Output
from .tls import identity_for
from .transport import Transport

HEALTH_NAME = "plugin"  # whose health go-plugin asks for
WATCH_INTERVAL = 0.5  # seconds between two looks for the host
STOP_GRACE = 0.25  # seconds that calls have to end after the host asked for the end

log = logging.getLogger(__name__)


def serve(*sets: PluginSet, output: Output, log_level: int = logging.INFO) -> None:
    """Serve plugin sets, one for each protocol version, until the host ends the plugin or is gone.

    Exits with status 1 and a text for people where no host started this process, or it cannot listen.
    """
    try:
        plugins = negotiate(addressed(sets, os.environ, program_name()), os.environ)
        logs.configure(sys.__stderr__ or sys.stderr, log_level)
        asyncio.run(_serve(plugins, output))
    except StartRefused as refused:
        sys.exit(str(refused))


def program_name() -> str:
    """Return how a person started this program: by its own name, or as a module of Python's."""
    program = Path(sys.argv[0])
    return program.parent.name if program.name == "__main__.py" else program.name


async def _serve(plugins: PluginSet, output: Output) -> None:
    stop = asyncio.Event()
    _handle_signals(stop)
    transport = Transport(os.environ, identity_for(os.environ))
    broker = Broker(transport)
    server = grpc.aio.server(options=OPTIONS)
    for service in (*plugins.services, broker, output, Controller(stop, output)):
        service.add_to(server, broker)
    await _add_standard_services(server, plugins)
    async with transport.listening(server) as address:
        await server.start()
        alive = watched()  # before the host can be gone: without a reader the next step fails
        certificate = transport.identity.handshake_field() if transport.identity else ""
        output.announce(handshake_line(plugins.protocol_version, address.network, address.address, certificate))
        watching = asyncio.create_task(_watch_host(alive, stop))
        await stop.wait()
        watching.cancel()
        await output.finish()
        await broker.close()
        await server.stop(STOP_GRACE)


async def _add_standard_services(server: grpc.aio.Server, plugins: PluginSet) -> None:
    """Add what every go-plugin plugin serves beside its own: health, and reflection for tools that look into it."""
    servicer = health.HealthServicer()
    await servicer.set(HEALTH_NAME, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    reflection.enable_server_reflection([s.name for s in plugins.services] + [reflection.SERVICE_NAME], server)


class Controller(Service):
    """Lets the host end the plugin."""

    name = "plugin.GRPCController"

    def __init__(self, stop: asyncio.Event, output: Output) -> None:
        self._stop = stop
        self._output = output

    def handlers(self, broker: Broker) -> Handlers:
        """Return the handler of the rpc."""
        return {"Shutdown": unary(self._shutdown, Empty)}

    async def _shutdown(self, _: Empty) -> Empty:
        await self._output.finish()  # the host hangs up at the answer
        self._stop.set()
        return Empty()


def _handle_signals(stop: asyncio.Event) -> None:
    """End on SIGTERM. Ctrl-C is for the host, which ends its plugins itself."""
    loop = asyncio.get_running_loop()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(NotImplementedError):  # Windows
        loop.add_signal_handler(signal.SIGTERM, stop.set)


async def _watch_host(alive: Callable[[], bool], stop: asyncio.Event) -> None:
    """End the plugin when its host is gone, however that ended."""
    while alive():  # noqa: ASYNC110 (nothing tells of it)
        await asyncio.sleep(WATCH_INTERVAL)
    log.warning("the host is gone: the plugin ends")
    stop.set()
