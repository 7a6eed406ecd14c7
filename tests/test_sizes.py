"""Sizes as people type and read them."""

from __future__ import annotations

import pytest

from luma_cli.errors import UsageError
from luma_cli.settings.sizes import format_size, parse_size, show_progress, show_size

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, "0 B"),
        (840, "840 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (MIB - 1, "1.0 MiB"),
        (50 * MIB, "50.0 MiB"),
        (5 * 1024 * MIB, "5.0 GiB"),
        (5000 * 1024 * MIB, "5000.0 GiB"),
    ],
)
def test_a_size_is_shown_in_its_largest_unit(size_bytes: int, shown: str) -> None:
    assert show_size(size_bytes) == shown


@pytest.mark.parametrize("size_bytes", [840, 64 * 1024, 50 * MIB, 5 * 1024 * MIB])
def test_a_size_that_is_shown_can_be_typed(size_bytes: int) -> None:
    assert parse_size(show_size(size_bytes)) == size_bytes


@pytest.mark.parametrize("text", ["", "B", "1K", "1KB", "1i", "1iB", "1TiB", "-1", "1.", ".5MiB"])
def test_a_text_that_is_no_size_is_rejected(text: str) -> None:
    with pytest.raises(UsageError, match="is not a size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("1.001kB", 1001), ("4.103kB", 4103), ("0.5KiB", 512), ("1.5M", 1_500_000), ("0.001B", 0)],
)
def test_a_size_with_decimals_is_exact(text: str, size_bytes: int) -> None:
    assert parse_size(text) == size_bytes


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [(0, 500, "0/500 B"), (512 * 1024, 2 * MIB, "0.5/2.0 MiB"), (MIB, MIB, "1.0/1.0 MiB")],
)
def test_a_part_of_a_size_is_shown_in_the_unit_of_the_whole(
    done: int, total: int, shown: str
) -> None:
    assert show_progress(done, total) == shown


@pytest.mark.parametrize("text", ["8MiB", "500000", "0", "1025MiB"])
def test_a_size_is_spelled_as_it_would_be_typed(text: str) -> None:
    assert format_size(parse_size(text)) == text
