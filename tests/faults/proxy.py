"""A line between two machines that can be made bad: slow, dripping, cut, silent, or closed to newcomers."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

#: What a dripping line lets through at a time, and how often.
DROP, DROP_SECONDS = 256, 0.02


class Line:
    """A TCP proxy from a port of its own to `target`, in a thread of its own.

    `mode`: open; slow (every piece waits `delay` seconds); drip; silent (takes everything, says nothing); shut (nobody
    gets through, those who are through are cut off).
    """

    def __init__(self, target: int, port: int = 0, delay: float = 0.2) -> None:
        self.target, self.delay, self.mode = target, delay, "open"
        self._pairs: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._through, "127.0.0.1", port))
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def be(self, mode: str) -> None:
        """Behave like this from now on; `shut` cuts off whoever is through."""
        self.mode = mode
        if mode == "shut":
            self.cut()

    def cut(self) -> None:
        """Everybody who is through is cut off at once; who comes again is let through."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(5)

    def close(self) -> None:
        self.be("shut")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._server.close()
        self._loop.close()

    async def _cut(self) -> None:
        for each in list(self._pairs):
            each.transport.abort()
        await asyncio.sleep(0.01)

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "shut":
            writer.transport.abort()
            return
        try:
            there_reader, there = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._pairs |= {writer, there}
        await asyncio.gather(self._carry(reader, there), self._carry(there_reader, writer))
        self._pairs -= {writer, there}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65_536):
                while self.mode == "silent":
                    await asyncio.sleep(0.05)
                if self.mode == "slow":
                    await asyncio.sleep(self.delay)
                while self.mode == "drip" and piece:
                    writer.write(piece[:DROP])
                    await writer.drain()
                    piece = piece[DROP:]
                    await asyncio.sleep(DROP_SECONDS)
                writer.write(piece)
                await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.close()
