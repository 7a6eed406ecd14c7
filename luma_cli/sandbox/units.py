"""Sizes and shares of bytes: `10B`, `64KiB`, `1GiB`, `50%`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

_UNITS = {"B": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3}
_UNITS |= {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_SIZE = re.compile(rf"(\d{{1,12}}(?:\.\d{{1,6}})?)({'|'.join(_UNITS)})", re.ASCII)
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%", re.ASCII)


class Amount(NamedTuple):
    """A number of bytes, or a share of a whole of unknown size."""

    size: int = 0
    share: Fraction = Fraction()

    def of(self, whole: int) -> int:
        """Return the number of bytes for a whole of this size."""
        return min(self.size or int(whole * self.share), whole)


def parse_size_with_unit(text: str) -> int | None:
    """Parse `64KiB` into bytes; `None` if it is not a size with a unit."""
    match = _SIZE.fullmatch(text)
    return int(Fraction(match[1]) * _UNITS[match[2]]) if match else None


def parse_amount(text: str) -> Amount | None:
    """Parse `64KiB` or `50%`; `None` if it is neither."""
    match = _SHARE.fullmatch(text)
    if match and Fraction(match[1]) <= 100:
        return Amount(share=Fraction(match[1]) / 100)
    size = parse_size_with_unit(text)
    return None if size is None else Amount(size=size)
