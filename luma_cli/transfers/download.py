"""Fetching one output: streamed beside its target, checked, and moved into place in one step."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from luma_cli.errors import Exchange, SaveError, UnavailableError
from luma_cli.transfers.target import check_target

if TYPE_CHECKING:
    import httpx

_PIECE_BYTES = 256 * 1024

ChooseName = Callable[[str], Path]
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


def download(
    http: httpx.Client,
    url: str,
    choose_path: ChooseName,
    *,
    overwrite: bool,
    report: ReportBytes,
) -> SavedFile:
    """Save what `url` holds at `choose_path(content_type)`.

    The bytes go to a hidden `.part` file beside the target, which takes the final name only when
    all of them are on disk. `http` must carry no API key: the storage host has no business with it.
    `report(name, done, total)` hears of each piece. Raises `OutputExistsError` for a target
    that is there, `SaveError` when the disk refuses, and `UnavailableError` when the bytes do not
    come.
    """
    import httpx

    exchange = Exchange("GET", url.split("?", maxsplit=1)[0])
    if not url.startswith(("https://", "http://")):
        raise UnavailableError(f"the link to the output is no web address: `{exchange.url}`")
    try:
        with http.stream("GET", url) as response:
            _check_status(response, exchange)
            content_type = response.headers.get("Content-Type", "application/octet-stream")
            target = choose_path(content_type)
            check_target(target, overwrite=overwrite)
            with _part_file(target) as part:
                size, digest = _copy(
                    response, part, lambda done, total: report(target.name, done, total)
                )
                _check_length(response, size, exchange)
                check_target(target, overwrite=overwrite)  # it may have come up meanwhile
    except (httpx.RequestError, httpx.InvalidURL) as problem:
        raise UnavailableError(
            f"the download broke off: {str(problem) or type(problem).__name__}",
            exchange=exchange,
        ) from problem
    return SavedFile(str(target), size, digest, content_type)


@contextmanager
def _part_file(target: Path) -> Iterator[BinaryIO]:
    """Open a hidden file beside `target`; on success it becomes `target`, else it is removed."""
    part = target.with_name(f".{target.name[:100]}.{uuid.uuid4().hex[:8]}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise SaveError(
            f"cannot write `{target}`: {reason}", hint="choose another place with `-o` or `-d`"
        ) from None
    finally:
        with suppress(OSError):  # what stopped the writing has been told
            part.unlink()


def _copy(
    response: httpx.Response, part: BinaryIO, report: Callable[[int, int | None], None]
) -> tuple[int, str]:
    announced = response.headers.get("Content-Length", "")
    total = int(announced) if announced.isdecimal() else None
    digest, done = hashlib.sha256(), 0
    for piece in response.iter_bytes(_PIECE_BYTES):
        part.write(piece)
        digest.update(piece)
        done += len(piece)
        report(done, total)
    return done, digest.hexdigest()


def _check_status(response: httpx.Response, exchange: Exchange) -> None:
    if response.status_code == 403:
        raise UnavailableError(
            "the storage host refused the download: the link may have expired",
            hint="run `luma-agents-cli generations download` again for a fresh link",
            exchange=Exchange(exchange.method, exchange.url, 403),
        )
    if not response.is_success:
        raise UnavailableError(
            f"the storage host answered HTTP {response.status_code}",
            exchange=Exchange(exchange.method, exchange.url, response.status_code),
        )


def _check_length(response: httpx.Response, size: int, exchange: Exchange) -> None:
    # A transfer in another encoding announces the encoded length; h11 has checked that one.
    announced = response.headers.get("Content-Length")
    if announced in (None, str(size)) or response.headers.get("Content-Encoding"):
        return
    raise UnavailableError(
        f"the storage host announced {announced} bytes and sent {size}", exchange=exchange
    )
