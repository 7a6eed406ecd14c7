"""Content with padding, sizes and amounts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.sandbox.models.content import Content
from luma_cli.sandbox.units import Amount, parse_amount, parse_size_with_unit

CONTENT = Content(b"the beginning", "image/png", padding=3_000_000)
WHOLE = b"".join(bytes(piece) for piece in CONTENT.pieces(0, CONTENT.size - 1))


def test_content_starts_with_data_and_padding_does_not_repeat() -> None:
    assert (len(WHOLE), WHOLE[:13]) == (CONTENT.size, b"the beginning")
    assert len({WHOLE[at : at + 16] for at in range(13, 1_000_000, 16)}) > 62_000


@given(st.integers(0, CONTENT.size - 1), st.integers(0, 600_000))
def test_content_pieces_of_any_range(first: int, length: int) -> None:
    last = min(first + length, CONTENT.size - 1)
    part = b"".join(bytes(piece) for piece in CONTENT.pieces(first, last))
    assert part == WHOLE[first : last + 1]


def test_etag_depends_on_bytes_and_size() -> None:
    etags = {
        Content(data, "image/png", padding).etag
        for data, padding in ((b"a", 0), (b"b", 0), (b"a", 1), (b"a", 2))
    }
    assert len(etags) == 4
    assert Content(b"a", "image/png").etag == '"0cc175b9c0f1b6a831c399e269772661"'


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0B", 0),
        ("10B", 10),
        ("1.5kB", 1500),
        ("2MB", 2_000_000),
        ("64KiB", 65536),
        ("1GiB", 1024**3),
        ("10", None),
        ("10b", None),
        ("-1B", None),
        ("1 B", None),
        ("٣B", None),
        ("", None),
    ],
)
def test_parse_size(text: str, size: int | None) -> None:
    assert parse_size_with_unit(text) == size
    assert parse_amount(text) == (None if size is None else Amount(size=size))


@pytest.mark.parametrize(
    ("text", "whole", "part"),
    [
        ("0%", 100, 0),
        ("50%", 101, 50),
        ("33.3%", 1000, 333),
        ("100%", 7, 7),
        ("10B", 7, 7),
        ("0B", 7, 0),
    ],
)
def test_amount_of_a_whole(text: str, whole: int, part: int) -> None:
    amount = parse_amount(text)
    assert amount is not None
    assert amount.of(whole) == part


def test_amount_beyond_100_percent_is_invalid() -> None:
    assert parse_amount("100.1%") is None
