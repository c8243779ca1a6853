"""Where a plugin listens: unix sockets, and TCP on Windows. With AutoMTLS TLS stands before the servers (tls.py)."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import grpc.aio

from . import tls
from .calls import OPTIONS


@dataclass(frozen=True)
class Address:
    """Where a server listens: network is unix or tcp, address a path or HOST:PORT."""

    network: str
    address: str

    @property
    def target(self) -> str:
        """The address as gRPC names it."""
        return f"unix:{self.address}" if self.network == "unix" else self.address


class Transport:
    """Opens servers where the environment of a plugin says, and channels; with an identity over mutual TLS."""

    def __init__(self, environment: Mapping[str, str], identity: tls.Identity | None) -> None:
        self._environment = environment
        self.identity = identity

    @contextlib.asynccontextmanager
    async def listening(self, server: grpc.aio.Server) -> AsyncIterator[Address]:
        """Let a server listen on a new address. It is to be started, and stopped, in the block."""
        if self.identity is None and sys.platform == "win32":
            yield self._listen_tcp(server)
            return
        directory = self._environment.get("PLUGIN_UNIX_SOCKET_DIR") or tempfile.gettempdir()
        path = Path(directory, f"plugin{secrets.token_hex(6)}")
        try:
            if self.identity is None:
                server.add_insecure_port(f"unix:{path}")
                self._admit_group(path)
                yield Address("unix", str(path))
                return
            async with tls.served(self.identity, path) as inner:
                server.add_insecure_port(f"unix:{inner}")
                self._admit_group(path)
                yield Address("unix", str(path))
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    @contextlib.asynccontextmanager
    async def channel(self, address: Address) -> AsyncIterator[grpc.aio.Channel]:
        """Connect to a server of the other side."""
        if self.identity is None:
            async with grpc.aio.insecure_channel(address.target, OPTIONS) as channel:
                yield channel
            return
        async with tls.connected(self.identity, address.address) as inner:
            async with grpc.aio.insecure_channel(f"unix:{inner}", OPTIONS) as channel:
                yield channel

    def _admit_group(self, path: Path) -> None:
        if group := self._environment.get("PLUGIN_UNIX_SOCKET_GROUP"):
            shutil.chown(path, group=int(group) if group.isdigit() else group)
            os.chmod(path, 0o660)

    def _listen_tcp(self, server: grpc.aio.Server) -> Address:
        low, high = (int(self._environment.get(key) or 0) for key in ("PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT"))
        for port in range(low, high + 1):
            try:
                return Address("tcp", f"127.0.0.1:{server.add_insecure_port(f'127.0.0.1:{port}')}")
            except RuntimeError:
                continue
        raise OSError(f"no free port from {low} to {high} (PLUGIN_MIN_PORT, PLUGIN_MAX_PORT)")
