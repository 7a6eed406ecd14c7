"""Uploading a file to a presigned link."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from luma_cli.digests import FileVersion, version_of
from luma_cli.errors import InputFileError, reason_of
from luma_cli.transfers.storage import Storage, send
from luma_cli.transfers.storage_errors import upload_error

_CHUNK_BYTES = 256 * 1024


def put_file(
    storage: Storage,
    url: str,
    headers: Mapping[str, str],
    path: Path,
    size: int,
    report: Callable[[str, int, int | None], None],
    *,
    version: FileVersion | None = None,
) -> None:
    """`PUT` the `size` bytes of a file with the signed headers.

    A redirect restarts at the first byte. `report(name, done, size)` is called for each chunk.
    Raises `InputFileError` if the file cannot be read, has another size, is another `version` than
    the one whose digest is known, or changes meanwhile, and the errors of `send` and of
    `upload_error`.
    """

    def content() -> Iterator[bytes]:
        for chunk in _chunks(path, size, report, version):
            storage.limit.check("the upload was not complete")
            yield chunk

    sent = {"Accept-Encoding": "identity", **headers, "Content-Length": str(size)}
    with send(storage, "PUT", url, sent, content) as (response, exchange):
        if not response.is_success:
            raise upload_error(response, exchange)


def _chunks(
    path: Path,
    size: int,
    report: Callable[[str, int, int | None], None],
    version: FileVersion | None,
) -> Iterator[bytes]:
    sent = 0
    try:
        with path.open("rb") as stream:
            opened = version_of(os.fstat(stream.fileno()))
            if opened.size != size or version not in (None, opened):
                raise _changed(path)
            while chunk := stream.read(_CHUNK_BYTES):
                sent += len(chunk)
                # Checked before the last chunk: the storage host must not get a complete mixture.
                if sent >= size and version_of(os.fstat(stream.fileno())) != opened:
                    raise _changed(path)
                report(path.name, sent, size)
                yield chunk
    except OSError as problem:
        raise InputFileError(f"cannot read `{path}`: {reason_of(problem)}") from None
    if sent != size:
        raise _changed(path)


def _changed(path: Path) -> InputFileError:
    return InputFileError(
        f"`{path}` changed while it was sent",
        hint="wait until it is written, then run the same command again",
    )
