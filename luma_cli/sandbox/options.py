"""How a sandbox is set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from luma_cli.errors import UsageError
from luma_cli.rules.interpretation import JOBS_AT_ONCE, REQUESTS_PER_MINUTE
from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.settings.durations import parse_duration

# Seconds, or the fewest and the most of them.
Latency = float | tuple[float, float]

SANDBOX_KEY = "luma-api-sandbox"
DEFAULT_LATENCY: Mapping[str, Latency] = {"image": 3.0, "video": 6.0, "layering": 4.0, "file": 1.0}


@dataclass(frozen=True)
class SandboxOptions:
    """Where to listen and how to behave.

    `port` 0 takes a free one. `latency` is how long a job, or the ingest of a file, takes, by kind;
    kinds that are not named keep their default. `seed` changes pictures, times and chances.
    Presigned links live for `url_life_seconds`. A limit of 0 is none. At most one of the `faults`
    strikes a request, the first that can. `state` is a folder that keeps what is remembered, `log`
    a file that lists every request.
    """

    host: str = "127.0.0.1"
    port: int = 0
    latency: Mapping[str, Latency] = field(default_factory=lambda: dict(DEFAULT_LATENCY))
    seed: int = 0
    url_life_seconds: int = 3600
    requests_per_minute: int = REQUESTS_PER_MINUTE
    jobs_at_once: int = JOBS_AT_ONCE
    state: Path | None = None
    log: Path | None = None
    faults: tuple[Fault, ...] = ()

    def latency_of(self, kind: str, random: Random) -> float:
        """Return how long a job or ingest of this kind takes, in seconds."""
        latency = self.latency.get(kind, DEFAULT_LATENCY[kind])
        return random.uniform(*latency) if isinstance(latency, tuple) else latency


def parse_latency(text: str) -> dict[str, Latency]:
    """Return the latency by kind that `2s` (for all) or `image=2s,video=8s-20s` means.

    Kinds that are not named keep their default. Raises `UsageError` for anything else.
    """
    latency = dict(DEFAULT_LATENCY)
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        kind, separator, duration = part.rpartition("=")
        if not separator:
            latency = dict.fromkeys(latency, _parse_span(duration))
        elif kind in latency:
            latency[kind] = _parse_span(duration)
        else:
            raise UsageError(
                f"`{kind}` is not a kind of job", hint=f"the kinds are {', '.join(latency)}"
            )
    return latency


def _parse_span(text: str) -> Latency:
    shortest, separator, longest = text.partition("-")
    if not (shortest and separator):
        return parse_duration(text)
    low, high = parse_duration(shortest), parse_duration(longest)
    if low > high:
        raise UsageError(f"`{text}` begins with the longer time", hint="write `2s-8s`")
    return low, high
