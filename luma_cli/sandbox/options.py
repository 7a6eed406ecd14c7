"""The options of a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from luma_cli.errors import UsageError
from luma_cli.rules.interpretation import JOBS_AT_ONCE, REQUESTS_PER_MINUTE
from luma_cli.sandbox.faults.grammar import Fault
from luma_cli.settings.durations import parse_duration

# Seconds, or their minimum and maximum.
Latency = float | tuple[float, float]

SANDBOX_KEY = "luma-api-sandbox"
DEFAULT_LATENCY: Mapping[str, Latency] = {"image": 3.0, "video": 6.0, "layering": 4.0, "file": 1.0}


@dataclass(frozen=True)
class SandboxOptions:
    """The address, behaviour and files of a sandbox.

    `port` 0 selects a free one. `latency` is how long a job, or the ingest of a file, takes, by
    kind; missing kinds have their default. `seed` changes images, times and probabilities.
    Presigned links are valid for `url_life_seconds`. A limit of 0 means no limit. Only the first
    matching fault strikes a request. `state` is a folder that keeps jobs and files, `log` a file
    that lists every request.
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
        """Return the seconds that a job or ingest of this kind takes."""
        latency = self.latency.get(kind, DEFAULT_LATENCY[kind])
        return random.uniform(*latency) if isinstance(latency, tuple) else latency


def parse_latency(text: str) -> dict[str, Latency]:
    """Parse `2s` (for all kinds) or `image=2s,video=8s-20s` into latencies by kind.

    Missing kinds have their default. Raises `UsageError`.
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
                f"unknown kind of job `{kind}`", hint=f"use one of {', '.join(latency)}"
            )
    return latency


def _parse_span(text: str) -> Latency:
    shortest, separator, longest = text.partition("-")
    if not (shortest and separator):
        return parse_duration(text)
    low, high = parse_duration(shortest), parse_duration(longest)
    if low > high:
        raise UsageError(
            f"invalid range `{text}`: the first time exceeds the second",
            hint="use the shorter time first, e.g. `2s-8s`",
        )
    return low, high
