"""Sending a file to where a presigned link points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from luma_cli.errors import Exchange, InputFileError, LinkRefusedError, LumaError, UnavailableError
from luma_cli.network import what_happened, what_to_check

if TYPE_CHECKING:
    import httpx

_PIECE_BYTES = 256 * 1024


def put_file(
    http: httpx.Client,
    url: str,
    headers: Mapping[str, str],
    path: Path,
    size: int,
    report: Callable[[str, int, int | None], None],
) -> None:
    """`PUT` the `size` bytes of a file, with the headers that were signed and no others of ours.

    `http` must carry no API key. Raises `InputFileError` when the file cannot be read or is no
    longer of that size, `LinkRefusedError` when the link is no good, and `UnavailableError`.
    """
    import httpx

    exchange = Exchange("PUT", url.split("?", maxsplit=1)[0])
    try:
        response = http.request(
            "PUT",
            url,
            headers={**headers, "Content-Length": str(size)},
            content=_pieces(path, size, report),
        )
    except (httpx.InvalidURL, UnicodeError):
        raise LinkRefusedError("the link for the upload is no web address") from None
    except httpx.RequestError as problem:
        raise UnavailableError(
            f"the upload broke off: {what_happened(problem, url)}",
            hint=what_to_check(problem),
            exchange=exchange,
        ) from problem
    if not response.is_success:
        raise _refusal(response.status_code, exchange._replace(status=response.status_code))


def _pieces(
    path: Path, size: int, report: Callable[[str, int, int | None], None]
) -> Iterator[bytes]:
    sent = 0
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE_BYTES):
                sent += len(piece)
                if sent > size:
                    break
                report(path.name, sent, size)
                yield piece
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise InputFileError(f"cannot read `{path}`: {reason}") from None
    if sent != size:
        raise InputFileError(
            f"`{path}` changed its size while it was sent",
            hint="wait until it is written, then run the same again",
        )


def _refusal(status: int, exchange: Exchange) -> LumaError:
    if 400 <= status < 500:
        return LinkRefusedError(
            f"the storage host refused the upload: HTTP {status}", exchange=exchange
        )
    return UnavailableError(f"the storage host answered HTTP {status}", exchange=exchange)
