"""Sending a file to where a presigned link points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from luma_cli.errors import InputFileError
from luma_cli.transfers.exchange import Storage, ask
from luma_cli.transfers.refusals import upload_refusal

_PIECE_BYTES = 256 * 1024


def put_file(
    storage: Storage,
    url: str,
    headers: Mapping[str, str],
    path: Path,
    size: int,
    report: Callable[[str, int, int | None], None],
) -> None:
    """`PUT` the `size` bytes of a file, with the headers that were signed and no others of ours.

    After a redirect they are sent again from the first one. `report(name, done, size)` is called
    for each piece. Raises `InputFileError` when the file cannot be read or is no longer of that
    size, and the errors of `ask` and of `upload_refusal`.
    """

    def content() -> Iterator[bytes]:
        for piece in _pieces(path, size, report):
            storage.limit.check("the upload was not complete")
            yield piece

    sent = {"Accept-Encoding": "identity", **headers, "Content-Length": str(size)}
    with ask(storage, "PUT", url, sent, content) as (response, exchange):
        if not response.is_success:
            raise upload_refusal(response, exchange)


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
            hint="wait until it is written, then run the same command again",
        )
