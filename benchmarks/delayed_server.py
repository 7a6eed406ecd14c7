"""An API whose answers take a given time each, however many are asked for at once.

    python -m benchmarks.delayed_server DELAY WINDOW [LINK]

A generation `00000007-…` ends at a moment of its own, within WINDOW seconds of the first request;
its output is LINK or `/file/00000007-….png`. A request meets the state of the moment it arrives.
Its answer comes DELAY seconds later. `/report` says how many requests came, and how late the end of
each generation was known.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import suppress

GOLDEN_RATIO = 0.618034
FILE = b"\x89PNG\r\n\x1a\n" + bytes(100_000)


class DelayedServer:
    """The answers of one server, and what it remembers for the report."""

    def __init__(self, delay: float, window: float, link: str = "") -> None:
        self._delay, self._window, self._link = delay, window, link
        self._first_request: float | None = None
        self._lateness: dict[str, float] = {}
        self._requests = 0
        self.address = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it is closed."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                if path == "/report":
                    kind, body = "application/json", self._report()
                else:
                    kind, body = await self._answer(path)
                answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}"
                writer.write(f"{answer}\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    async def _answer(self, path: str) -> tuple[str, bytes]:
        arrived = time.monotonic()
        if self._first_request is None:
            self._first_request = arrived
        self._requests += 1
        name = path.rpartition("/")[2]
        if path.startswith("/file/"):
            await asyncio.sleep(self._delay)
            return "image/png", FILE
        number = int(name.partition("-")[0], 16)
        # Spread evenly, and in no order.
        end = self._first_request + self._window * (number * GOLDEN_RATIO % 1)
        await asyncio.sleep(self._delay)
        if arrived < end:
            return "application/json", self._generation(name, "processing")
        self._lateness.setdefault(name, time.monotonic() - end)
        return "application/json", self._generation(name, "completed")

    def _generation(self, generation_id: str, state: str) -> bytes:
        url = self._link or f"{self.address}/file/{generation_id}.png"
        output = [{"type": "image", "url": url}] if state == "completed" else []
        generation = {
            "id": generation_id,
            "type": "image",
            "state": state,
            "model": "uni-1",
            "created_at": "2026-01-01T00:00:00Z",
            "output": output,
            "failure_reason": None,
            "failure_code": None,
        }
        return json.dumps(generation).encode()

    def _report(self) -> bytes:
        report = {"requests": self._requests, "lateness": list(self._lateness.values())}
        return json.dumps(report).encode()


async def main() -> None:
    delay, window, *links = sys.argv[1:]
    answers = DelayedServer(float(delay), float(window), *links)
    server = await asyncio.start_server(answers.serve, "127.0.0.1", 0, backlog=1024)
    answers.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(f"{answers.address}/v1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
