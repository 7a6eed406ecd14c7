"""What can go wrong, in the words that ask for it; help and manual pages read this table."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of trouble; `takes` names its arguments, `targets` what it strikes unless told."""

    name: str
    description: str
    takes: tuple[str, ...] = ()
    targets: str = "any"


KINDS = (
    Kind(
        "reset-before-read",
        "reset after AMOUNT of the request was read; nothing happens",
        ("amount",),
    ),
    Kind(
        "stall-before-read", "as that, but silence for TIME instead of a reset", ("amount", "time")
    ),
    Kind("reset-after-read", "carried out, then reset without an answer"),
    Kind("cut", "carried out, then reset after AMOUNT of the answer", ("amount",)),
    Kind("truncate", "as `cut`, but closed as if all were well", ("amount",)),
    Kind(
        "stall", "carried out, then silence for TIME after AMOUNT of the answer", ("amount", "time")
    ),
    Kind("slow", "carried out; the answer drips for TIME, or at a RATE", ("time", "rate")),
    Kind("wrong-length", "carried out; announces one byte more than it sends"),
    Kind("empty-body", "carried out; the right status with nothing in it", targets="api"),
    Kind(
        "invalid-json", "carried out; the first half of the answer as if it were all", targets="api"
    ),
    Kind("expire", "the link dies after AMOUNT of the file", ("amount",), "download"),
    Kind("change", "after AMOUNT, other bytes under another ETag", ("amount",), "download"),
    Kind("ignore-range", "the whole file, whatever range was asked for", targets="download"),
)
KIND_OF = {kind.name: kind for kind in KINDS}

# A status as a fault: `503`, `503-html`, `503-empty`, `503-after` (carried out first), and so on.
STATUS_FORMS = {
    "": "the API's own JSON, or the storage's XML",
    "html": "a web page, as a proxy sends it",
    "empty": "nothing",
    "bare": "for 429: without `Retry-After`",
}
# Short words for common cases.
ALIASES = {
    "429-storm": "429:1s:0.5",
    "html-error": "502-html",
    "garbage": "invalid-json",
    "reset-after-send": "reset-after-read",
    "reset-mid-answer": "cut:50%",
}
