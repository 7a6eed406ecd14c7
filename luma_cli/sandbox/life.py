"""A job from queued to its end: a pure function of the request and the time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from luma_cli.durations import parse_duration
from luma_cli.errors import UsageError
from luma_cli.rules.vocabulary import DEFAULT_MODEL, DEFAULT_TYPE, VIDEO_TYPES

_QUEUED_SHARE = 0.2
_SLOW = re.compile(r"\[slow (\S+)\]")

# What a prompt may contain to make its job fail: the code and the reason, where documented.
FAILING_PROMPTS = {
    "[moderated]": (
        "content_moderated",
        "Generation output was flagged by our content moderation system.",
    ),
    "[fails]": ("generation_failed", "Generation failed"),
    "[no-budget]": ("budget_exhausted", "Insufficient credits to complete this generation."),
    "[no-output]": ("output_not_found", "Output artifacts not found"),
}
STUCK_PROMPT = "[stuck]"


@dataclass(frozen=True)
class Job:
    """An accepted request, without its inline data; times are seconds of the sandbox's clock."""

    id: str
    owner: str
    body: dict[str, Any] = field(repr=False)
    created_at: str
    started: float
    latency: float
    thumbnail: bytes | None = field(default=None, repr=False)

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
        return next((end for mark, end in FAILING_PROMPTS.items() if mark in self.prompt), None)


def latency_of(body: Mapping[str, Any], latencies: Mapping[str, float]) -> float:
    """Return how long the job takes, in seconds: `[slow 30s]` in the prompt wins."""
    slow = _SLOW.search(body.get("prompt") or "")
    if slow:
        with suppress(UsageError):
            return parse_duration(slow[1])
    kind = body.get("type") or DEFAULT_TYPE
    if kind in VIDEO_TYPES:
        return latencies["video"]
    return latencies["layering" if kind == "layering" else "image"]
