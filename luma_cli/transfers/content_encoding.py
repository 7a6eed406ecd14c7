"""`Content-Encoding` of a stored file, and decoding its bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from luma_cli.errors import Exchange, StorageRefusedError, UnavailableError

if TYPE_CHECKING:
    import httpx

# Labels of plain bytes: an S3 library uploads with `aws-chunked`, and some hosts keep the label.
_PLAIN = {"", "identity", "aws-chunked", "none", "binary", "8bit", "utf-8", "utf8"}
_DECODED = ("gzip", "x-gzip", "deflate")
_GZIP_MAGIC = 0x1F
# Images and videos are compressed already, so gzip hardly shrinks them. Data that grows more than
# this is made to fill the disk.
MOST_GROWTH = 20
ALWAYS_ALLOWED_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024


def coding_of(response: httpx.Response, exchange: Exchange) -> str | None:
    """Return the content coding, `None` for plain bytes.

    Raises `StorageRefusedError` for an unknown one: a retry would not change it.
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


def decoded(chunks: Iterable[bytes], coding: str, exchange: Exchange) -> Iterator[bytes]:
    """Decode `gzip` or `deflate`.

    Raises `StorageRefusedError` for more than 16 MiB plus 20 times the encoded bytes, and
    `UnavailableError` for damaged or truncated data.
    """
    decoder, encoded_size, decoded_size = _Decoder(coding), 0, 0
    try:
        for chunk in chunks:
            encoded_size += len(chunk)
            for data in decoder.decode(chunk):
                decoded_size += len(data)
                if decoded_size > ALWAYS_ALLOWED_BYTES + MOST_GROWTH * encoded_size:
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
    if not decoder.is_complete:
        raise UnavailableError(f"the {coding} data ended early", exchange=exchange)


class _Decoder:
    """Decodes one `deflate` stream, or all members of `gzip`, in bounded memory."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._inner: zlib._Decompress | None = None
        self._streams = 0  # that are complete

    @property
    def is_complete(self) -> bool:
        """Whether the stream could end here."""
        return self._inner is None and self._streams > 0

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Decode a chunk in small steps; raises `zlib.error`."""
        while chunk:
            if self.is_complete and not self._has_another(chunk):
                return
            if self._inner is None:
                self._inner = zlib.decompressobj(self._window_bits(chunk))
            yield self._inner.decompress(chunk, _CHUNK_BYTES)
            chunk = self._inner.unconsumed_tail
            if self._inner.eof:
                chunk, self._inner = self._inner.unused_data, None
                self._streams += 1

    def _has_another(self, rest: bytes) -> bool:
        """Return whether another gzip member follows, and not padding."""
        return self._coding != "deflate" and rest[0] == _GZIP_MAGIC

    def _window_bits(self, beginning: bytes) -> int:
        """Return the `wbits` of zlib; `deflate` comes with a zlib header or without one."""
        if self._coding != "deflate":
            return 16 + zlib.MAX_WBITS
        return zlib.MAX_WBITS if beginning[0] & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS
