"""What asks the sandbox for an ending, as test cards do: for help and manual pages."""

from __future__ import annotations

from collections.abc import Iterator

from luma_cli.sandbox.faults.grammar import target_names
from luma_cli.sandbox.faults.kinds import ALIASES, KINDS, STATUS_FORMS, STORAGE_CODES, Kind
from luma_cli.sandbox.keys import KEY_PREFIX, TEST_KEYS
from luma_cli.sandbox.models.jobs import FAILURES, STUCK_PROMPT
from luma_cli.sandbox.state.urls import MAGIC_HOSTS

_FORMS = [(form, text) for form, text in STATUS_FORMS.items() if form in ("html", "json", "empty")]

Rows = list[tuple[str, str]]


def topics() -> Iterator[tuple[str, Rows]]:
    """Yield the title and rows of each table of magic values."""
    yield (
        "API keys",
        [
            *((key, f"{refusal.status} {refusal.detail}") for key, refusal in TEST_KEYS.items()),
            (f"{KEY_PREFIX}…", "Any other key is good; each has its own jobs, files and limits"),
        ],
    )
    yield (
        "Prompts that contain",
        [
            *((mark, f"The job fails: {code}") for code, (mark, _) in FAILURES.items()),
            (STUCK_PROMPT, "The job never ends"),
            ("[slow 30s]", "The job takes that long"),
            ("[size 1GiB]", "The file is that large"),
            ("[layers 7]", "A layering has so many layers"),
        ],
    )
    yield (
        "URLs of references, by their host",
        [
            ("http-404.sandbox.test", "422 source: failed to fetch URL (HTTP 404)"),
            *(
                (f"{name}.sandbox.test", f"{refusal.status} {refusal.detail.format(path='source')}")
                for name, refusal in MAGIC_HOSTS.items()
            ),
            ("Any other", "Taken to be good; nothing is ever fetched"),
        ],
    )
    yield (
        "Faults",
        [
            ("FAULT", "[WHICH:]WHAT[:ARGUMENT]...[:WHEN], as in `POST:reset-after-read:1`"),
            ("WHICH", ", ".join(target_names())),
            *((f"WHAT: {kind.name}", _described(kind)) for kind in KINDS),
            ("WHAT: 503", f"That status, with {STATUS_FORMS['']}; nothing happens"),
            *((f"WHAT: 503-{form}", f"As that, with {text}") for form, text in _FORMS),
            ("WHAT: 503-after", "As that, but the request is carried out first"),
            ("WHAT: 429", "As that, with `Retry-After` of 1 s or [TIME]; 429-bare: without"),
            (
                "WHAT: 302",
                "As 503; `Location` is a web page, as a portal's. Also 301, 303, 307, 308",
            ),
            ("WHAT: 307-redirect", "As 302, but `Location` is a second path, where all works"),
            ("WHAT: 307-loop", "As 302, but `Location` is the request's own path"),
            *(
                (f"WHAT: {code}", f"{s[0]} from storage, as S3")
                for code, s in STORAGE_CODES.items()
            ),
            *((f"WHAT: {alias}", f"Short for {meaning}") for alias, meaning in ALIASES.items()),
            ("AMOUNT, TIME, RATE", "`50%` or `10B`; `5s`; `1KiB/s`"),
            ("WHEN", "`3`, `2-4`, `3+`, `every-3`, or a chance such as `0.2`; always, unless told"),
        ],
    )


def _described(kind: Kind) -> str:
    arguments = "".join(f" [{name.upper()}]" for name in kind.takes)
    return kind.description + (f"; takes{arguments}" if arguments else "")
