"""`batch --dry-run`: what would be submitted, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from luma_cli.batch import shortest_time as shortest_time_module
from luma_cli.batch.shortest_time import ShortestTime, shortest_time, show_roughly
from tests.batch.planning import plan
from tests.support.program import Program

FOR_PEOPLE = """\
{
  "method": "POST",
  "url": "https://api.test/v1/generations",
  "request": {
    "prompt": "a mug",
    "aspect_ratio": "16:9"
  }
}
ROW  KEY      COST  OUTPUT
  1  mug   $0.0404  out/1-a-mug-{short_id}
  2  vase    $0.10  out/vase.png
"""


@pytest.fixture(autouse=True)
def shots() -> None:
    Path("shots.csv").write_text(
        "id,prompt,aspect_ratio,model,output\nmug,a mug,16:9,,\nvase,a vase,,uni-1-max,vase.png\n"
    )


def test_dry_run_shows_the_first_request_and_a_table(luma: Program) -> None:
    result = luma("generations", "batch", "shots.csv", "-d", "out", "--dry-run", terminal=True)
    assert result.exit_code == 0
    assert result.stdout == FOR_PEOPLE
    assert result.stderr == "note: 2 of 2 jobs would be submitted, about $0.14\n"


def test_dry_run_prints_lines_of_json_for_programs(luma: Program) -> None:
    result = luma("generations", "batch", "shots.csv", "-d", "out", "--dry-run")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {
            "row": 1,
            "key": "mug",
            "output": "out/1-a-mug-{short_id}",
            "cost_usd": 0.0404,
            "request": {"prompt": "a mug", "aspect_ratio": "16:9"},
        },
        {
            "row": 2,
            "key": "vase",
            "output": "out/vase.png",
            "cost_usd": 0.1,
            "request": {"prompt": "a vase", "model": "uni-1-max"},
        },
    ]


def test_dry_run_says_how_long_it_takes_at_least(luma: Program) -> None:
    Path("many.csv").write_text("prompt\n" + "".join(f"number {n}\n" for n in range(240)))
    result = luma(
        "generations", "batch", "many.csv", "-d", "out", "--dry-run", "--transform", "row"
    )
    assert result.stderr == (
        "note: 240 of 240 jobs would be submitted, about $9.70, at least 7 min"
        " at 30 a minute and 10 at once; the time of a job is unknown\n"
    )


def test_dry_run_counts_unknown_prices(luma: Program) -> None:
    Path("new.jsonl").write_text('{"prompt": "x", "model": "uni-9"}\n')
    result = luma("generations", "batch", "new.jsonl", "-d", "out", "--dry-run", terminal=True)
    assert result.stderr.splitlines()[-1] == (
        "note: 1 of 1 jobs would be submitted, about $0.00, 1 of unknown price"
    )


@pytest.mark.parametrize(
    ("jobs", "limits", "time"),
    [
        (1, {}, 0.0),
        (30, {}, 0.0),
        (31, {}, 60.0),
        (240, {}, 420.0),
        (240, {"per_minute": 600}, 0.0),
        (61, {"per_minute": 20, "at_once": 2}, 180.0),
    ],
)
def test_shortest_time_without_a_history(jobs: int, limits: dict[str, int], time: float) -> None:
    planned = plan("prompt\n" + "".join(f"number {n}\n" for n in range(jobs))).jobs
    assert shortest_time(planned, None, **limits).seconds == time


def test_shortest_time_with_the_usual_time_of_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {("image", "uni-1"): 20.0, ("image", "uni-9"): None}
    monkeypatch.setattr(shortest_time_module, "_usual_seconds", lambda _, kind: usual[kind])
    rows = "".join(f"number {n},\n" for n in range(99))
    jobs = plan(f"prompt,model\n{rows}new,uni-9\n", check=False).jobs
    journal: Any = object()  # only its use is replaced
    time = shortest_time(jobs, journal)
    assert time == ShortestTime(200.0, 30, 10, 20.0)
    assert shortest_time(jobs, journal, at_once=100).seconds == 200.0
    assert shortest_time(jobs, journal, per_minute=10).seconds == 560.0


def test_shortest_time_names_what_is_assumed() -> None:
    time = ShortestTime(840.0, 30, 10, 20.0)
    assert str(time) == "about 14 min at 30 a minute and 10 at once, if a job takes 20 s"
    assert time.shown == "about 14 min"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *((0.2, "1 s"), (40.0, "40 s"), (91.0, "2 min"), (840.0, "14 min"), (841.0, "15 min")),
        *((3600.0, "1 h"), (7500.0, "2 h 5 min")),
    ],
)
def test_rough_times(seconds: float, text: str) -> None:
    assert show_roughly(seconds) == text
