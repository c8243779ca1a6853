"""The plugin: what it answers to its host."""

from __future__ import annotations

import datetime
from collections import abc

from . import goplugin
from .sdk.api import v1 as api_v1
from .sdk.api.v1 import api_pb2, shared_pb2


class Store(api_v1.Store):
    """Answers the rpcs of api.v1.StoreService."""

    async def get(self, from_: str, limit: int | None) -> tuple[datetime.datetime | None, bytes]:
        """Get returns a value, or ErrNotFound."""
        raise NotImplementedError("get is not written yet")

    async def list(self) -> abc.Sequence[str]:
        """List is rpc api.v1.StoreService.List."""
        raise NotImplementedError("list is not written yet")

    async def put(self, request: shared_pb2.Shared) -> None:
        """Put is rpc api.v1.StoreService.Put."""
        raise NotImplementedError("put is not written yet")

    def watch(self, listener: api_v1.Listener | None, key: str) -> abc.AsyncIterator[api_pb2.Event]:
        """Watch is rpc api.v1.StoreService.Watch."""
        # Write "async def" above and "yield" here.
        raise NotImplementedError("watch is not written yet")

    async def upload(self, items: abc.AsyncIterator[api_pb2.Event]) -> tuple[datetime.datetime | None, bytes]:
        """Upload is rpc api.v1.StoreService.Upload."""
        raise NotImplementedError("upload is not written yet")

    def copy(self, chunks: abc.AsyncIterator[bytes]) -> abc.AsyncIterator[bytes]:
        """Copy is rpc api.v1.StoreService.Copy."""
        # Write "async def" above and "yield" here.
        raise NotImplementedError("copy is not written yet")


def plugin_sets() -> list[goplugin.PluginSet]:
    """Return what the plugin serves: a set for each protocol version."""
    return [
        api_v1.plugin_set(store=Store()),
    ]
