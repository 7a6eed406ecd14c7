"""Sizes of files as people read them."""

from __future__ import annotations

_STEP = 1000


def show_size(size_bytes: int) -> str:
    """Return a size in decimal units with about two digits that matter: `840 B`, `1.2 MB`."""
    if size_bytes < _STEP:
        return f"{size_bytes} B"
    size = float(size_bytes)
    for unit in ("kB", "MB", "GB"):
        size /= _STEP
        if size < _STEP or unit == "GB":
            break
    return f"{size:.1f} {unit}"
