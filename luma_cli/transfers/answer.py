"""What the storage host's answer says: where its bytes begin, of what, and if they are of use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from luma_cli.errors import Exchange, LinkRefusedError, LumaError, UnavailableError
from luma_cli.transfers.part import Origin, Part

if TYPE_CHECKING:
    import httpx

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")


def read_beginning(response: httpx.Response, part: Part, exchange: Exchange) -> tuple[int, Origin]:
    """Return at which byte the answer begins, and what it is of.

    0 is the whole file, whatever was asked for: the host may not know ranges, or the file is
    another one now. Raises for an answer that is neither that nor the rest of the part.
    """
    if response.status_code not in (200, 206):
        if response.status_code == 416:
            part.forget()
        exchange = exchange._replace(status=response.status_code)
        raise _refusal(response.status_code, exchange)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise UnavailableError("the storage host encoded the file unasked", exchange=exchange)
    content_type = response.headers.get("Content-Type", "application/octet-stream")
    validator = response.headers.get("ETag", "")
    strong = validator if validator.startswith('"') else None
    if response.status_code == 200:
        return 0, Origin(strong, _announced_length(response, exchange), content_type)
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    known = part.origin
    if found is None or known is None or int(found[1]) != part.size or strong != known.validator:
        part.forget()
        raise UnavailableError(
            "the storage host sent another part of the file than was asked for", exchange=exchange
        )
    return part.size, known._replace(total=int(found[3]))


def _announced_length(response: httpx.Response, exchange: Exchange) -> int | None:
    """Return how many bytes will come, `None` when the transfer itself marks its end."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal():
        return int(announced)
    if response.headers.get("Transfer-Encoding") == "chunked":
        return None
    raise UnavailableError(
        "the storage host does not say how long the file is, so nobody would know if it is whole",
        exchange=exchange,
    )


def _refusal(status: int, exchange: Exchange) -> LumaError:
    if status == 403:
        return LinkRefusedError(
            "the storage host refused the download: the link may have expired", exchange=exchange
        )
    if status != 416 and 400 <= status < 500:
        return LinkRefusedError(f"the storage host answered HTTP {status}", exchange=exchange)
    return UnavailableError(f"the storage host answered HTTP {status}", exchange=exchange)
