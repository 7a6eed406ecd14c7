"""The key of a job as people read it: a digest is cut to its beginning."""

from __future__ import annotations

import re

_SHOWN_OF_A_DIGEST, _LONGEST = 8, 32
_DIGEST = re.compile(r"([0-9a-f]{64})(#\d+)?")


def label_of(key: str) -> str:
    """Return a key of at most 32 characters, or a little more after a digest."""
    if (digest := _DIGEST.fullmatch(key)) is not None:
        return digest[1][:_SHOWN_OF_A_DIGEST] + (digest[2] or "")
    return key if len(key) <= _LONGEST else f"{key[: _LONGEST - 1]}…"
