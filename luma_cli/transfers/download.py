"""Fetching one output: streamed beside its target, checked, and moved into place in one step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from luma_cli.errors import Exchange, LinkRefusedError, LumaError, UnavailableError
from luma_cli.transfers.part import part_file

if TYPE_CHECKING:
    import httpx

_PIECE_BYTES = 256 * 1024

ChoosePath = Callable[[str], Path]
ReportBytes = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class SavedFile:
    """A file on disk under its final name, complete."""

    path: str
    bytes: int
    sha256: str
    content_type: str

    def fields(self) -> dict[str, str | int]:
        """Return the form that results print."""
        return asdict(self)


class Ledger:
    """Remembers what was saved; this one forgets."""

    def about_to_save(self, file: SavedFile) -> None:
        """Note a file whose bytes are all here, before it takes its name."""

    def saved_before(self, target: Path) -> SavedFile | None:
        """Return the file at `target` if it was saved before and is still what it was."""


FORGETFUL = Ledger()


def download(
    http: httpx.Client,
    url: str,
    choose_path: ChoosePath,
    *,
    overwrite: bool,
    report: ReportBytes,
    ledger: Ledger = FORGETFUL,
) -> SavedFile:
    """Save what `url` holds at `choose_path(content_type)`.

    The bytes go to a hidden `.part` file beside the target, which takes the final name only when
    all of them are on disk. `http` must carry no API key: the storage host has no business with it.
    `report(name, done, total)` hears of each piece, `ledger` of the whole file before it takes its
    name; a file that is there and in the ledger is not fetched again. Raises `OutputExistsError`
    for another target that is there, `SaveError` when the disk refuses, `LinkRefusedError` when the
    link is no good, and `UnavailableError` when the bytes do not come.
    """
    import httpx

    exchange = Exchange("GET", url.split("?", maxsplit=1)[0])
    try:
        # The length that is announced must be that of the file.
        with http.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
            total = _announced_length(response, exchange)
            content_type = response.headers.get("Content-Type", "application/octet-stream")
            target = choose_path(content_type)
            if (there := ledger.saved_before(target)) is not None:
                return there
            with part_file(target, overwrite=overwrite) as part:
                digest = hashlib.sha256()
                size = _copy(response, part, digest, lambda done: report(target.name, done, total))
                _check_size(size, total, exchange)
                saved = SavedFile(str(target), size, digest.hexdigest(), content_type)
                ledger.about_to_save(saved)
    except (httpx.InvalidURL, UnicodeError):
        raise LinkRefusedError("the link to the output is no web address") from None
    except httpx.RequestError as problem:
        raise UnavailableError(
            f"the download broke off: {str(problem) or type(problem).__name__}",
            exchange=exchange,
        ) from problem
    return saved


def check_link(url: str) -> None:
    """Raise `LinkRefusedError` for what is no web address, without repeating it."""
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in ("https", "http"):
        raise LinkRefusedError("the link to the output is no web address")


def _announced_length(response: httpx.Response, exchange: Exchange) -> int | None:
    """Return how many bytes will come, `None` when the transfer itself marks its end.

    Raises for any answer but the whole file as it is.
    """
    status = response.status_code
    if status != 200:
        raise _refusal(status, Exchange(exchange.method, exchange.url, status))
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise UnavailableError("the storage host encoded the file unasked", exchange=exchange)
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
    if 400 <= status < 500:
        return LinkRefusedError(f"the storage host answered HTTP {status}", exchange=exchange)
    return UnavailableError(f"the storage host answered HTTP {status}", exchange=exchange)


def _copy(
    response: httpx.Response,
    part: BinaryIO,
    digest: hashlib._Hash,
    report: Callable[[int], None],
) -> int:
    done = 0
    for piece in response.iter_bytes(_PIECE_BYTES):
        part.write(piece)
        digest.update(piece)
        done += len(piece)
        report(done)
    return done


def _check_size(size: int, announced: int | None, exchange: Exchange) -> None:
    if announced is not None and size != announced:
        raise UnavailableError(
            f"the storage host announced {announced} bytes and sent {size}", exchange=exchange
        )
    if size == 0:
        raise UnavailableError("the storage host sent an empty file", exchange=exchange)
