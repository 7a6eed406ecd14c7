"""Sizes of files as people type and read them.

Printed are powers of 1,024, as the API's limits are; typed may be others.
"""

from __future__ import annotations

from luma_cli.errors import UsageError

_STEP = 1024
_UNIT_BYTES = {"": 1, "k": 1000, "M": 1000**2, "G": 1000**3}
_UNIT_BYTES |= {"ki": _STEP, "Ki": _STEP, "Mi": _STEP**2, "Gi": _STEP**3}


def parse_size(text: str) -> int:
    """Return a number of bytes: `8MiB`, `500kB`, `100`; raises `UsageError` for anything else."""
    import re

    found = re.fullmatch(r"(\d{1,12})(?:\.(\d{1,3}))? ?([kKMG]?i?)B?", text.strip())
    unit_bytes = _UNIT_BYTES.get(found[3]) if found else None
    if found is None or unit_bytes is None:
        raise UsageError(f"`{text[:40]}` is not a size", hint="write `8MiB`, `500kB` or `100`")
    thousandths = int(found[1] + (found[2] or "").ljust(3, "0"))
    return thousandths * unit_bytes // 1000


def show_size(size_bytes: int) -> str:
    """Return a size in its largest unit: `840 B`, `1.2 MiB`."""
    size, unit = _unit_of(size_bytes)
    return f"{_in(size, size_bytes)} {unit}"


def show_progress(done_bytes: int, total_bytes: int) -> str:
    """Return how much of a size is done, in one unit: `0.5/2.0 MiB`."""
    size, unit = _unit_of(total_bytes)
    return f"{_in(size, done_bytes)}/{_in(size, total_bytes)} {unit}"


def _unit_of(size_bytes: int) -> tuple[int, str]:
    """Return the largest unit of which a size has at least one, once it is rounded."""
    for power, unit in enumerate(("B", "KiB", "MiB")):
        if round(size_bytes / _STEP**power, 1) < _STEP:
            return _STEP**power, unit
    return _STEP**3, "GiB"


def _in(unit_bytes: int, size_bytes: int) -> str:
    return str(size_bytes) if unit_bytes == 1 else f"{size_bytes / unit_bytes:.1f}"


def format_size(size_bytes: int) -> str:
    """Return a size as one would type it: `8MiB`, or bytes when it is not a whole number of MiB."""
    mebibytes, rest = divmod(size_bytes, _STEP**2)
    return str(size_bytes) if rest or not mebibytes else f"{mebibytes}MiB"
