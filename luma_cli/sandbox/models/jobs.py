"""A job from queued to its end: a pure function of the request and the time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from luma_cli.errors import UsageError
from luma_cli.rules.constants import DEFAULT_MODEL, DEFAULT_TYPE, VIDEO_TYPES
from luma_cli.sandbox.models.media import Media
from luma_cli.sandbox.units import parse_size
from luma_cli.settings.durations import parse_duration

ACTIVE_SECONDS = 3600  # a job that has not ended by then gives its slot back
_QUEUED_SHARE = 0.2
_SLOW = re.compile(r"\[slow (\S+)\]")
_SIZE = re.compile(r"\[size (\S+)\]")

# failure code -> what a prompt may contain to get it, and the reason. The texts of the first four
# are documented. `[` code `]` works, too.
FAILURES = {
    "content_moderated": (
        *("[moderated]", "Generation output was flagged by our content moderation system."),
    ),
    "generation_failed": ("[fails]", "Generation failed"),
    "budget_exhausted": ("[no-budget]", "Insufficient credits to complete this generation."),
    "output_not_found": ("[no-output]", "Output artifacts not found"),
    "image_too_large": ("[too-large]", "Input image exceeds the size limit"),
    "unsupported_format": ("[unsupported]", "Input format is not supported"),
    "corrupt_input": ("[corrupt]", "Input could not be decoded"),
    "invalid_request": ("[invalid]", "Request is not valid"),
    "rate_limited": ("[throttled]", "Upstream rate limit exceeded"),
}
STUCK_PROMPT = "[stuck]"


@dataclass(frozen=True)
class Job:
    """An accepted request, without its inline data; times are seconds of the sandbox's clock.

    `media` has what is known of the pictures and films that its references pointed at, by path.
    """

    id: str
    owner: str
    body: dict[str, Any] = field(repr=False)
    created_at: str
    started: float
    latency: float
    media: Mapping[str, Media] = field(default_factory=dict, repr=False)

    @property
    def type(self) -> str:
        return self.body.get("type") or DEFAULT_TYPE

    @property
    def model(self) -> str:
        return self.body.get("model") or DEFAULT_MODEL

    @property
    def prompt(self) -> str:
        return self.body.get("prompt") or ""

    @property
    def is_video(self) -> bool:
        return self.type in VIDEO_TYPES

    @property
    def video(self) -> dict[str, Any]:
        return self.body.get("video") or {}

    @property
    def source(self) -> Media | None:
        """What is known of the source, if there is one."""
        return self.media.get("source")

    @property
    def thumbnail(self) -> bytes | None:
        """A small PNG of the first reference that can be shown."""
        return next((seen.thumbnail for seen in self.media.values() if seen.thumbnail), None)

    @property
    def least_bytes(self) -> int:
        """How large the prompt wants an output to be at least."""
        wanted = _SIZE.search(self.prompt)
        return (parse_size(wanted[1]) if wanted else None) or 0

    @property
    def slot_until(self) -> float:
        """When the job stops to count as one of the jobs at once."""
        length = ACTIVE_SECONDS if STUCK_PROMPT in self.prompt else self.latency
        return self.started + min(length, ACTIVE_SECONDS)

    def state(self, now: float) -> str:
        """Return the state at `now`."""
        elapsed = now - self.started
        if elapsed < self.latency * _QUEUED_SHARE:
            return "queued"
        if STUCK_PROMPT in self.prompt or elapsed < self.latency:
            return "processing"
        return "failed" if self.failure() else "completed"

    def failure(self) -> tuple[str, str] | None:
        """Return the code and reason with which this job will fail, `None` if it will not."""
        for code, (mark, reason) in FAILURES.items():
            if mark in self.prompt or f"[{code}]" in self.prompt:
                return code, reason
        if any(seen.broken for seen in self.media.values()):
            return "corrupt_input", FAILURES["corrupt_input"][1]
        return None

    def as_record(self) -> dict[str, Any]:
        """Return what a store can keep."""
        media = {path: seen.as_record() for path, seen in self.media.items()}
        return {**vars(self), "media": media}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Return what a store has kept."""
        media = {path: Media.from_record(seen) for path, seen in record["media"].items()}
        return cls(**{**record, "media": media})


def latency_kind(job_type: str) -> str:
    """Return the kind of job that a type is, as far as its latency goes."""
    if job_type in VIDEO_TYPES:
        return "video"
    return "layering" if job_type == "layering" else "image"


def asked_latency(prompt: str) -> float | None:
    """Return how long `[slow 30s]` in a prompt wants the job to take, in seconds."""
    slow = _SLOW.search(prompt)
    if slow:
        with suppress(UsageError):
            return parse_duration(slow[1])
    return None
