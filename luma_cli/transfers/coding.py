"""What `Content-Encoding` says of a stored file, and how the bytes of the file are got back."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from luma_cli.errors import Exchange, StorageRefusedError, UnavailableError

if TYPE_CHECKING:
    import httpx

# Labels that writers store with plain bytes: `aws-chunked` is how an S3 library sent them once.
_PLAIN = {"", "identity", "aws-chunked", "none", "binary", "8bit", "utf-8", "utf8"}
_DECODED = ("gzip", "x-gzip", "deflate")
_GZIP_MAGIC = 0x1F
# Pictures and videos are compressed already: gzip makes them hardly smaller. What grows more than
# this is made to fill the disk.
MOST_GROWTH = 20
ALWAYS_ALLOWED_BYTES = 16 * 1024 * 1024
_PIECE_BYTES = 256 * 1024


def coding_of(response: httpx.Response, exchange: Exchange) -> str | None:
    """Return how the bytes are encoded, `None` for plain ones.

    Raises `StorageRefusedError` for what cannot be decoded: all later answers would be the same.
    """
    words = ",".join(response.headers.get_list("Content-Encoding")).split(",")
    codings = [word for each in words if (word := each.strip().lower()) not in _PLAIN]
    if not codings:
        return None
    if len(codings) > 1 or codings[0] not in _DECODED:
        raise StorageRefusedError(
            f"the output is stored with the encoding `{', '.join(codings)[:40]}`, which cannot be"
            " decoded here",
            exchange=exchange,
        )
    return codings[0]


def decoded(pieces: Iterable[bytes], coding: str, exchange: Exchange) -> Iterator[bytes]:
    """Yield the bytes that were encoded with `gzip` or `deflate`.

    At most 20 times as many as came, and 16 MiB, or `StorageRefusedError` is raised;
    `UnavailableError` when they are damaged or end early.
    """
    decoder, came, went = _Decoder(coding), 0, 0
    try:
        for piece in pieces:
            came += len(piece)
            for data in decoder.take(piece):
                went += len(data)
                if went > ALWAYS_ALLOWED_BYTES + MOST_GROWTH * came:
                    raise StorageRefusedError(
                        f"the storage host sent {coding} data that grows more than"
                        f" {MOST_GROWTH} times",
                        exchange=exchange,
                    )
                yield data
    except zlib.error:
        raise UnavailableError(
            f"the storage host sent damaged {coding} data", exchange=exchange
        ) from None
    if not decoder.is_at_an_end:
        raise UnavailableError(f"the {coding} data ended early", exchange=exchange)


class _Decoder:
    """Decodes one stream of `deflate`, or the members of `gzip`, each as little at a time."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._inner: zlib._Decompress | None = None
        self._streams = 0  # that came to their end

    @property
    def is_at_an_end(self) -> bool:
        """Whether the stream could end here."""
        return self._inner is None and self._streams > 0

    def take(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece decodes to; raises `zlib.error`."""
        while piece:
            if self.is_at_an_end and not self._has_another(piece):
                return
            if self._inner is None:
                self._inner = zlib.decompressobj(self._window_bits(piece))
            yield self._inner.decompress(piece, _PIECE_BYTES)
            piece = self._inner.unconsumed_tail
            if self._inner.eof:
                piece, self._inner = self._inner.unused_data, None
                self._streams += 1

    def _has_another(self, rest: bytes) -> bool:
        """Return whether another gzip member follows, and not padding."""
        return self._coding != "deflate" and rest[0] == _GZIP_MAGIC

    def _window_bits(self, beginning: bytes) -> int:
        """Return what zlib is told; `deflate` is sent with the header of zlib, or without."""
        if self._coding != "deflate":
            return 16 + zlib.MAX_WBITS
        return zlib.MAX_WBITS if beginning[0] & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS
