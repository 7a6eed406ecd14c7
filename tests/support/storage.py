"""A storage host whose answers break off where a test wants them to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx


class Cut(httpx.SyncByteStream):
    """A body that breaks off after some bytes."""

    def __init__(self, content: bytes, left: int) -> None:
        self._content, self._left = content, left

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, self._left, 100_000):
            yield self._content[start : min(start + 100_000, self._left)]
        if self._left < len(self._content):
            raise httpx.ReadError("reset")


@dataclass
class Storage:
    """A storage host; `cut` is after how many bytes of the file each answer breaks off."""

    content: bytes
    etag: str | None = '"v1"'
    cuts: list[int] = field(default_factory=list)
    knows_ranges: bool = True
    asked: list[str | None] = field(default_factory=list)
    sent: list[range] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        wanted = request.headers.get("Range")
        self.asked.append(wanted)
        start = 0
        if wanted and self.knows_ranges and request.headers["If-Range"] == self.etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        end = self.cuts.pop(0) if self.cuts else len(self.content)
        self.sent.append(range(start, end))
        headers = {"Content-Length": str(len(self.content) - start), "Content-Type": "image/png"}
        headers |= {"ETag": self.etag} if self.etag else {}
        if start:
            last, total = len(self.content) - 1, len(self.content)
            headers["Content-Range"] = f"bytes {start}-{last}/{total}"
        body = Cut(self.content[start:], end - start)
        return httpx.Response(206 if start else 200, headers=headers, stream=body)
