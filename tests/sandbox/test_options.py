"""`--latency`."""

from __future__ import annotations

import pytest

from luma_cli.errors import UsageError
from luma_cli.sandbox.keys import owner_of_key
from luma_cli.sandbox.options import SandboxOptions, parse_latency
from tests.sandbox.conftest import KEY, Sandbox


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"image": 3, "video": 6, "layering": 4, "file": 1}),
        ("2s", {"image": 2, "video": 2, "layering": 2, "file": 2}),
        ("0", {"image": 0, "video": 0, "layering": 0, "file": 0}),
        ("image=250ms", {"image": 0.25, "video": 6, "layering": 4, "file": 1}),
        ("image=2s,video=8s", {"image": 2, "video": 8, "layering": 4, "file": 1}),
        (
            "video=2s-8s,file=100ms",
            {"image": 3, "video": (2, 8), "layering": 4, "file": 0.1},
        ),
        ("1-2", dict.fromkeys(("image", "video", "layering", "file"), (1, 2))),
        (" 1m , layering=1.5h ", {"image": 60, "video": 60, "layering": 5400, "file": 60}),
    ],
)
def test_latency(text: str, expected: dict[str, float]) -> None:
    assert parse_latency(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("soon", "`soon` is not a duration", "write `90s`, `5m`, `2h` or `7d`"),
        ("image=", "`` is not a duration", "write `90s`, `5m`, `2h` or `7d`"),
        ("-1s", "`-1s` is not a duration", "write `90s`, `5m`, `2h` or `7d`"),
        (
            "8s-2s",
            "invalid range `8s-2s`: the first time exceeds the second",
            "use the shorter time first, e.g. `2s-8s`",
        ),
        ("2s-", "`` is not a duration", "write `90s`, `5m`, `2h` or `7d`"),
        ("=2s", "unknown kind of job ``", "use one of image, video, layering, file"),
        ("music=2s", "unknown kind of job `music`", "use one of image, video, layering, file"),
    ],
)
def test_invalid_latency(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_latency(text)
    assert (refusal.value.message, refusal.value.hint) == (message, hint)


def test_latency_depends_on_the_seed() -> None:
    def times(seed: int) -> list[float]:
        sandbox = Sandbox(SandboxOptions(latency={"image": (2, 8)}, seed=seed, jobs_at_once=0))
        owner = owner_of_key(KEY)
        jobs = [sandbox.state.job(sandbox.create(), owner) for _ in range(20)]
        return [job.latency for job in jobs if job is not None]

    assert times(1) == times(1) != times(2)
    assert 2 <= min(times(1)) < 4
    assert 6 < max(times(1)) <= 8
