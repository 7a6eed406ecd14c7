"""States of jobs over time, and prompts that select an outcome."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Sandbox, inline, picture

VIDEO = {"model": "ray-3.2", "type": "video"}
LAYERING = {"type": "layering", "source": {"url": "https://x.test/a.png"}}


@pytest.mark.parametrize(
    ("body", "latency"),
    [
        ({}, 10),
        (VIDEO, 20),
        (LAYERING, 30),
        ({"prompt": "a [slow 90s] fox"}, 90),
        ({"prompt": "[slow 2m]"}, 120),
        ({"prompt": "[slow never]"}, 10),
    ],
)
def test_job_is_queued_for_a_fifth_of_its_latency(
    sandbox: Sandbox, body: dict[str, Any], latency: float
) -> None:
    generation_id, start = sandbox.create(**body), sandbox.time
    states = []
    for share in (0, 0.19, 0.21, 0.99, 1.01, 100):
        sandbox.time = start + share * latency
        states.append(sandbox.get(generation_id)["state"])
    assert states == ["queued", "queued", "processing", "processing", "completed", "completed"]


@pytest.mark.parametrize(
    ("prompt", "code", "reason"),
    [
        (
            "[moderated] x",
            "content_moderated",
            "Generation output was flagged by our content moderation system.",
        ),
        ("x [fails]", "generation_failed", "Generation failed"),
        (
            "[no-budget]",
            "budget_exhausted",
            "Insufficient credits to complete this generation.",
        ),
        ("[no-output]", "output_not_found", "Output artifacts not found"),
    ],
)
def test_prompt_selects_failure(sandbox: Sandbox, prompt: str, code: str, reason: str) -> None:
    generation_id = sandbox.create(prompt=prompt)
    sandbox.time += 5
    before = sandbox.get(generation_id)
    sandbox.time += 10
    after = sandbox.get(generation_id)

    assert (before["state"], before["failure_code"], before["failure_reason"]) == (
        "processing",
        None,
        None,
    )
    assert after == before | {"state": "failed", "failure_code": code, "failure_reason": reason}
    assert after["output"] == []


def test_prompt_selects_stuck_job(sandbox: Sandbox) -> None:
    generation_id = sandbox.create(prompt="[stuck] [fails]")
    sandbox.time += 1e9
    assert sandbox.get(generation_id)["state"] == "processing"


@pytest.mark.parametrize("kept", [50, 60, 80])
def test_truncated_picture_fails_the_job(sandbox: Sandbox, kept: int) -> None:
    generation_id = sandbox.create(image_ref=[inline(picture()[:kept])])
    sandbox.time += 3600
    ended = sandbox.get(generation_id)
    assert (ended["state"], ended["failure_code"]) == ("failed", "corrupt_input")
