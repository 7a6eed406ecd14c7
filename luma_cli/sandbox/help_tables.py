"""The tables of the help of `sandbox`: magic values, which select an outcome, and faults."""

from __future__ import annotations

from collections.abc import Iterator

from luma_cli.sandbox.faults.grammar import target_names
from luma_cli.sandbox.faults.kinds import ALIASES, KINDS, STATUS_FORMS, STORAGE_CODES, FaultKind
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
            (f"{KEY_PREFIX}…", "Any other key is valid and has its own jobs, files and limits"),
        ],
    )
    yield (
        "Prompts that contain",
        [
            *((mark, f"The job fails: {code}") for code, (mark, _) in FAILURES.items()),
            (STUCK_PROMPT, "The job never ends"),
            ("[slow 30s]", "The job takes 30 seconds"),
            ("[size 1GiB]", "The file has 1 GiB"),
            ("[layers 7]", "A layering has 7 layers"),
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
            ("Any other", "The URL is accepted; the sandbox never fetches anything"),
        ],
    )
    yield (
        "Faults",
        [
            ("FAULT", "[WHICH:]WHAT[:ARGUMENT]...[:WHEN], as in `POST:reset-after-read:1`"),
            ("WHICH", ", ".join(target_names())),
            ("WHAT", "Unless described otherwise, the sandbox executes the request first"),
            *((f"WHAT: {kind.name}", _described(kind)) for kind in KINDS),
            ("WHAT: 503", f"That status with {STATUS_FORMS['']}; the request is not executed"),
            *((f"WHAT: 503-{form}", f"That status with {text}") for form, text in _FORMS),
            ("WHAT: 503-after", "That status, after executing the request"),
            ("WHAT: 429", "As 503, with `Retry-After` of 1 s or [TIME]; 429-bare: without"),
            (
                "WHAT: 302",
                "As 503, with a web page as `Location`. Also 301, 303, 307, 308",
            ),
            ("WHAT: 307-redirect", "As 302, with a second path that works as `Location`"),
            ("WHAT: 307-loop", "As 302, with the request's own path as `Location`"),
            *(
                (f"WHAT: {code}", f"{s[0]} with this S3 error code, from storage")
                for code, s in STORAGE_CODES.items()
            ),
            *((f"WHAT: {alias}", f"Short for {meaning}") for alias, meaning in ALIASES.items()),
            ("AMOUNT, TIME, RATE", "`50%` or `10B`; `5s`; `1KiB/s`"),
            (
                "WHEN",
                "`3`, `2-4`, `3+`, `every-3`, or a probability such as `0.2` [default: always]",
            ),
        ],
    )


def _described(kind: FaultKind) -> str:
    arguments = "".join(f" [{name.upper()}]" for name in kind.takes)
    return kind.description + (f"; takes{arguments}" if arguments else "")
