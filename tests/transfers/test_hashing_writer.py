"""Bytes written and hashed at the same time, on systems that can read at a place and on others."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from luma_cli.transfers import hashing_writer


@pytest.mark.parametrize("has_pread", [True, False], ids=["pread", "Windows"])
def test_the_digest_is_that_of_what_was_there_and_what_was_written(
    has_pread: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing_writer, "_HAS_PREAD", has_pread)
    first, rest = b"fox" * 100, bytes(range(256)) * 10_000
    digest = hashlib.sha256(first)

    with (tmp_path / "part").open("w+b", buffering=0) as stream:
        stream.write(first)
        with hashing_writer.HashingWriter(stream, len(first), digest) as written:
            written.write(rest[:100])
            written.write(rest[100:])

    assert written.hashed == len(first + rest)
    assert written.sha256 == hashlib.sha256(first + rest).hexdigest()
    assert (tmp_path / "part").read_bytes() == first + rest
