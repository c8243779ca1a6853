"""What a plugin prints: standard output carries the handshake alone, and everything else goes to the host as a stream.

Output is taken at the file descriptor, so that it holds for C code and child processes as well. Of standard error it
takes what Python writes; what others write there reaches the host's log.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable

from google.protobuf.empty_pb2 import Empty

from .broker import Broker
from .calls import Handlers, Service, server_stream
from .protocol_pb2 import StdioData

STDOUT_FD = 1
CHUNK = 32 * 1024

# A child process may hold the plugin's output open after its end, and a host may not read: neither is waited for any
# longer (seconds).
PATIENCE = 0.25


class Output(Service):
    """Takes what this process prints, from now on to the end of the block."""

    name = "plugin.GRPCStdio"

    def __init__(self) -> None:
        self._chunks: collections.deque[StdioData] = collections.deque()
        self._arrived: Callable[[], None] = lambda: None
        self._finished = False
        self._streamed = asyncio.Event()
        self._streamed.set()
        self._handshake = os.dup(STDOUT_FD)
        self._real_stderr = sys.stderr
        self._readers: list[threading.Thread] = []
        out = self._pipe(StdioData.STDOUT)
        os.dup2(out, STDOUT_FD)
        os.close(out)
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        sys.stderr = open(self._pipe(StdioData.STDERR), "w", buffering=1, encoding="utf-8", errors="backslashreplace")

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *_: object) -> None:
        self.restore()

    def announce(self, line: str) -> None:
        """Write the handshake line to the real standard output, which then ends."""
        os.write(self._handshake, line.encode())
        os.close(self._handshake)

    def handlers(self, broker: Broker) -> Handlers:
        """Return the handler of the stream."""
        return {"StreamStdio": server_stream(self._stream, Empty)}

    async def finish(self) -> None:
        """Take no more output, and wait until the host has what there is."""
        if self._finished:
            return
        self.restore()
        for reader in self._readers:
            await asyncio.to_thread(reader.join, PATIENCE)
        self._finished = True
        self._arrived()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._streamed.wait(), PATIENCE)
        self._arrived = lambda: None

    def restore(self) -> None:
        """Give standard error back, and let standard output lead nowhere."""
        sys.stdout.flush()
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), STDOUT_FD)
        if sys.stderr is not self._real_stderr:
            sys.stderr.close()
            sys.stderr = self._real_stderr

    def _pipe(self, channel: StdioData.Channel) -> int:
        """Return the end of a pipe to write to. A thread reads the other, so that printing never waits for the host."""
        reader, writer = os.pipe()
        thread = threading.Thread(target=self._pump, args=(reader, channel), daemon=True, name="goplugin-stdio")
        thread.start()
        self._readers.append(thread)
        return writer

    def _pump(self, reader: int, channel: StdioData.Channel) -> None:
        with open(reader, "rb", buffering=0) as pipe:
            while data := pipe.read(CHUNK):
                self._chunks.append(StdioData(channel=channel, data=data))
                self._arrived()

    async def _stream(self, _: Empty) -> AsyncIterator[StdioData]:
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()

        def arrive() -> None:
            loop.call_soon_threadsafe(arrived.set)

        self._arrived = arrive
        self._streamed.clear()
        try:
            while True:
                arrived.clear()
                finished = self._finished
                while self._chunks:
                    yield self._chunks[0]
                    self._chunks.popleft()
                if finished:
                    return
                await arrived.wait()
        finally:
            self._streamed.set()
