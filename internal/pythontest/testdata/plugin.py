"""A plugin of several APIs, for tests: what it answers to its host."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import sys
from collections import abc
from pathlib import Path

from . import goplugin
from .sdk.behaviour import v1 as behaviour_v1
from .sdk.behaviour.v1 import behaviour_pb2
from .sdk.kv import v1 as kv_v1
from .sdk.weather import v1 as weather_v1
from .sdk.weather import v2 as weather_v2

log = logging.getLogger("kv")

print("printed while loading", flush=True)


class KV(kv_v1.KV):
    """A store. Some keys stand for what tests ask of the process."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {"pid": str(os.getpid()).encode()}

    async def get(self, key: str) -> bytes:
        """Return the value of a key."""
        match key:
            case "print":
                print("printed by a call")
                print("error output of a call", file=sys.stderr)
                child = await asyncio.create_subprocess_exec("echo", "printed by a child")
                await child.wait()
                log.warning("logged by a call", extra={"key": key})
            case "fail":
                raise ValueError("not this key")
            case "hang":
                try:
                    await asyncio.Event().wait()
                finally:
                    self._values["hang ended"] = b"yes"
            case "huge":
                return bytes(8 << 20)
        try:
            return self._values[key]
        except KeyError:
            raise kv_v1.NotFoundError(f'key "{key}": not found') from None

    async def put(self, key: str, value: bytes) -> None:
        """Set the value of a key."""
        if key == "at exit":
            atexit.register(Path(value.decode()).write_text, "ended by itself")
        self._values[key] = value


class Station(weather_v1.Station):
    """Measures in Fahrenheit."""

    async def measure(self) -> float:
        """Return the temperature."""
        return 50.0


class NewStation(weather_v2.Station):
    """Measures in Celsius, and humidity."""

    async def measure(self) -> tuple[float, float | None]:
        """Return the temperature and the humidity."""
        return 10.0, 0.5


class Stream(behaviour_v1.Stream):
    """Streams of every shape. The torn one fails after its first element; the endless one tells when it ended."""

    def __init__(self, kv: KV) -> None:
        self._kv = kv

    async def count(self, limit: int, size: int) -> abc.AsyncIterator[bytes]:
        """Yield payloads."""
        try:
            for _ in range(limit):
                yield bytes(size)
                if limit == 99:
                    raise behaviour_v1.TornError
        finally:
            await self._kv.put("count ended", b"yes")

    async def sum(self, items: abc.AsyncIterator[int]) -> int:
        """Add what arrives."""
        total = 0
        try:
            async for item in items:
                total += item
        except asyncio.CancelledError:
            await self._kv.put("sum cancelled", b"yes")
            raise
        return total

    async def echo(self, items: abc.AsyncIterator[behaviour_pb2.Event]) -> abc.AsyncIterator[behaviour_pb2.Event]:
        """Yield what arrives."""
        async for item in items:
            yield item


class Blob(behaviour_v1.Blob):
    """Streams of bytes."""

    async def open(self, size: int) -> abc.AsyncIterator[bytes]:
        """Yield zeroes."""
        if size < 0:
            raise behaviour_v1.TornError("no blob")
        while size > 0:
            yield bytes(min(size, 65536))
            size -= 65536

    async def save(self, chunks: abc.AsyncIterator[bytes]) -> int:
        """Return the size of what arrives."""
        return sum([len(chunk) async for chunk in chunks])

    async def mirror(self, chunks: abc.AsyncIterator[bytes]) -> abc.AsyncIterator[bytes]:
        """Yield what arrives."""
        async for chunk in chunks:
            yield chunk


class Callback(behaviour_v1.Callback):
    """Calls what it is passed."""

    def __init__(self) -> None:
        self._kept: behaviour_v1.Helper | None = None

    async def add(self, helper: behaviour_v1.Helper | None, a: int, b: int, twice: bool) -> int:
        """Let the helper add, or let it call another helper, which is served here."""
        if helper is None:
            raise goplugin.StatusError(goplugin.StatusCode.FAILED_PRECONDITION, "no helper")
        if twice:
            return await helper.twice(helper=Doubler(), a=a, b=b)
        return await helper.sum(a=a, b=b)

    async def watch(self, helper: behaviour_v1.Helper | None, limit: int) -> abc.AsyncIterator[int]:
        """Yield what the helper adds."""
        assert helper is not None
        for i in range(limit):
            yield await helper.sum(a=i, b=i)

    async def stash(self, helper: behaviour_v1.Helper | None) -> None:
        """Keep a helper beyond its call."""
        self._kept = helper

    async def keep(self, helper: behaviour_v1.Helper | None) -> None:
        """Keep a helper that lives on."""
        self._kept = helper

    async def add_kept(self, a: int, b: int) -> int:
        """Let the kept helper add."""
        assert self._kept is not None
        return await self._kept.sum(a=a, b=b)


class Doubler(behaviour_v1.Helper):
    """Adds, and doubles."""

    async def sum(self, a: int, b: int) -> int:
        """Return twice the sum."""
        return 2 * (a + b)


def plugin_sets() -> list[goplugin.PluginSet]:
    """Return what the plugin serves: a set for each protocol version."""
    kv = KV()
    return [
        kv_v1.plugin_set(kv=kv),
        weather_v1.plugin_set(station=Station()),
        weather_v2.plugin_set(station=NewStation()),
        behaviour_v1.plugin_set(stream=Stream(kv), blob=Blob(), callback=Callback()),
        goplugin.PluginSet(behaviour_v1.HANDSHAKE, behaviour_v1.PROTOCOL_VERSION, [kv_v1.KVService(kv)]),
    ]
