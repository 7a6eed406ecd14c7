"""What a report keeps of the input: its columns, and how its text was written."""

from __future__ import annotations

from typing import NamedTuple


class Layout(NamedTuple):
    """The columns of the input in their order; the rest is about CSV only."""

    columns: tuple[str, ...] = ()
    delimiter: str = ","
    has_bom: bool = False
