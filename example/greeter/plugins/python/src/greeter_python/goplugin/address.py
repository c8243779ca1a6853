"""Addresses: unix sockets, and TCP ports of this machine. What listens there, and who connects, with and without TLS."""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import grpc
import grpc.aio

from .calls import OPTIONS
from .tls import HOST_NAME, Identity

LOOPBACK = "127.0.0.1"

Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Join: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Address:
    """Where something listens: network is unix or tcp, address a path or HOST:PORT, whose port may be 0 for any."""

    network: str
    address: str

    @property
    def target(self) -> str:
        """The address as gRPC names it."""
        return f"unix:{self.address}" if self.network == "unix" else self.address

    def serve(self, server: grpc.aio.Server, identity: Identity | None) -> Address:
        """Let a server listen here, with gRPC's own TLS where there is an identity. Return the address with its port."""
        if identity is None:
            return self._at(server.add_insecure_port(self.target))
        return self._at(server.add_secure_port(self.target, identity.server_credentials()))

    def channel(self, identity: Identity | None) -> grpc.aio.Channel:
        """Return a channel to here, with gRPC's own TLS where there is an identity."""
        if identity is None:
            return grpc.aio.insecure_channel(self.target, OPTIONS)
        options = (*OPTIONS, ("grpc.ssl_target_name_override", HOST_NAME))
        return grpc.aio.secure_channel(self.target, identity.channel_credentials(), options)

    async def accept(self, join: Join, context: ssl.SSLContext | None) -> tuple[asyncio.Server, Address]:
        """Let join have each connection to here. Return what listens, and the address with its port."""
        if sys.platform != "win32" and self.network == "unix":
            return await asyncio.start_unix_server(join, self.address, ssl=context), self
        host, port = self._split()
        server = await asyncio.start_server(join, host, port, ssl=context)
        return server, self._at(server.sockets[0].getsockname()[1])

    async def connect(self, context: ssl.SSLContext | None) -> Streams:
        """Connect to here."""
        name = HOST_NAME if context else None
        if sys.platform != "win32" and self.network == "unix":
            return await asyncio.open_unix_connection(self.address, ssl=context, server_hostname=name)
        host, port = self._split()
        return await asyncio.open_connection(host, port, ssl=context, server_hostname=name)

    def _split(self) -> tuple[str, int]:
        host, _, port = self.address.rpartition(":")
        return host.strip("[]"), int(port)

    def _at(self, port: int) -> Address:
        if self.network == "unix":
            return self
        return dataclasses.replace(self, address=f"{self.address.rpartition(':')[0]}:{port}")
