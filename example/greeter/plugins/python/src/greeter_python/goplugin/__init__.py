"""The plugin side of HashiCorp's go-plugin protocol, for asyncio.

A plugin is a process that a host starts. serve.py holds its life, from the handshake (handshake.py) to its end or that
of its host (host.py); transport.py where it listens (address.py), with AutoMTLS (tls.py, relay.py); calls.py, errors.py and fields.py what the generated code in sdk/ is made of; broker.py callbacks;
stdio.py and logs.py what the plugin prints and logs.
"""

from grpc import StatusCode

from .broker import Broker
from .calls import Connection, Handlers, Service, bidi_stream, client_stream, mapped, server_stream, unary
from .errors import DeclaredError, StatusError
from .fields import from_datetime, from_timedelta, to_datetime, to_timedelta
from .handshake import Handshake, PluginSet
from .serve import serve
from .stdio import Output

__all__ = [
    "Broker",
    "Connection",
    "DeclaredError",
    "Handlers",
    "Handshake",
    "Output",
    "PluginSet",
    "Service",
    "StatusCode",
    "StatusError",
    "bidi_stream",
    "client_stream",
    "from_datetime",
    "from_timedelta",
    "mapped",
    "serve",
    "server_stream",
    "to_datetime",
    "to_timedelta",
    "unary",
]
