"""Jobs, whose state is a pure function of the request and the time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from luma_cli.errors import UsageError
from luma_cli.rules.constants import DEFAULT_MODEL, DEFAULT_TYPE, VIDEO_TYPES
from luma_cli.sandbox.models.media import Media
from luma_cli.sandbox.units import parse_size_with_unit
from luma_cli.settings.durations import parse_duration

ACTIVE_SECONDS = 3600  # how long a job that never ends counts towards the limit
_QUEUED_SHARE = 0.2
_SLOW = re.compile(r"\[slow (\S+)\]")
_SIZE = re.compile(r"\[size (\S+)\]")

# failure code -> mark in the prompt that selects it, and the reason. The reasons of the first four
# are documented. The code in brackets is a mark, too.
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

    `media` describes the images and videos of its references, by path.
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
        """The description of the source, if any."""
        return self.media.get("source")

    @property
    def thumbnail(self) -> bytes | None:
        """A small PNG of the first reference that has one."""
        return next((seen.thumbnail for seen in self.media.values() if seen.thumbnail), None)

    @property
    def minimum_bytes(self) -> int:
        """The minimum size of the output, from `[size 1GiB]` in the prompt."""
        size = _SIZE.search(self.prompt)
        return (parse_size_with_unit(size[1]) if size else None) or 0

    @property
    def slot_until(self) -> float:
        """The time until which the job counts towards the limit of jobs at once."""
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
        """Return the code and reason of the job's failure, `None` if it will not fail."""
        for code, (mark, reason) in FAILURES.items():
            if mark in self.prompt or f"[{code}]" in self.prompt:
                return code, reason
        if any(seen.broken for seen in self.media.values()):
            return "corrupt_input", FAILURES["corrupt_input"][1]
        return None

    def as_record(self) -> dict[str, Any]:
        """Return the job as JSON for a store."""
        media = {path: seen.as_record() for path, seen in self.media.items()}
        return {**vars(self), "media": media}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Return the job from the JSON of a store."""
        media = {path: Media.from_record(seen) for path, seen in record["media"].items()}
        return cls(**{**record, "media": media})


def latency_kind(job_type: str) -> str:
    """Return the kind of `--latency` for a type of job."""
    if job_type in VIDEO_TYPES:
        return "video"
    return "layering" if job_type == "layering" else "image"


def requested_latency(prompt: str) -> float | None:
    """Return the seconds of `[slow 30s]` in a prompt, `None` without it."""
    slow = _SLOW.search(prompt)
    if slow:
        with suppress(UsageError):
            return parse_duration(slow[1])
    return None
