"""How a sandbox is set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from luma_cli.durations import parse_duration
from luma_cli.errors import UsageError
from luma_cli.rules.choices import JOBS_AT_ONCE, REQUESTS_PER_MINUTE
from luma_cli.sandbox.faults.grammar import Fault

SANDBOX_KEY = "luma-api-sandbox"
DEFAULT_LATENCY: Mapping[str, float] = {"image": 3.0, "video": 6.0, "layering": 4.0, "file": 1.0}


@dataclass(frozen=True)
class SandboxOptions:
    """Where to listen and how to behave.

    `port` 0 takes a free one. `latency` is how long a job, or the ingest of a file, takes in
    seconds, by kind; kinds that are not named keep their default. `seed` changes the pictures and
    the chances of faults. Presigned links live for `url_life_seconds`. A limit of 0 is none.
    At most one of the `faults` strikes a request, the first that can. `state` is a folder that
    keeps what is remembered, `log` a file that lists every request.
    """

    host: str = "127.0.0.1"
    port: int = 0
    latency: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_LATENCY))
    seed: int = 0
    url_life_seconds: int = 3600
    requests_per_minute: int = REQUESTS_PER_MINUTE
    jobs_at_once: int = JOBS_AT_ONCE
    state: Path | None = None
    log: Path | None = None
    faults: tuple[Fault, ...] = ()

    def latency_of(self, kind: str) -> float:
        """Return how long a job or ingest of this kind takes, in seconds."""
        return self.latency.get(kind, DEFAULT_LATENCY[kind])


def parse_latency(text: str) -> dict[str, float]:
    """Return the latency by kind that `2s` (for all) or `image=2s,video=8s` means.

    Kinds that are not named keep their default. Raises `UsageError` for anything else.
    """
    latency = dict(DEFAULT_LATENCY)
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        kind, separator, duration = part.rpartition("=")
        if not separator:
            latency = dict.fromkeys(latency, parse_duration(duration))
        elif kind in latency:
            latency[kind] = parse_duration(duration)
        else:
            raise UsageError(
                f"`{kind}` is not a kind of job", hint=f"the kinds are {', '.join(latency)}"
            )
    return latency
