"""The questions before a batch that is dear, or that is paid for again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi
from tests.support.program import Program

MANY = "prompt\n" + "".join(f"number {n}\n" for n in range(100))


class Asked:
    """A user who gives one answer, and remembers the questions."""

    def __init__(self, *, answer: bool) -> None:
        self.answer = answer
        self.questions: list[str] = []

    def __call__(self, question: str) -> bool:
        self.questions.append(question)
        return self.answer


@pytest.fixture
def no(luma: Program) -> Asked:
    """A user who says no."""
    luma.ask = asked = Asked(answer=False)
    Path("many.csv").write_text(MANY)
    Path("one.csv").write_text("prompt\na mug\n")
    return asked


@pytest.fixture
def refuse(api: FakeApi) -> Callable[[], None]:
    """Makes the API refuse the next job."""

    def respond() -> None:
        import httpx

        api.on("POST", "/generations", httpx.Response(422, json={"detail": "no such model"}))

    return respond


def test_a_dear_batch_is_asked_about(luma: Program, no: Asked) -> None:
    result = luma("generations", "batch", "many.csv")
    assert no.questions == ["100 jobs, about $4.04, at least 3 min. Go on? [y/N] "]
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == ("error: nothing was sent\nhint: `--yes` submits without a question\n")


def test_the_limit_is_a_setting(luma: Program, no: Asked, refuse: Callable[[], None]) -> None:
    assert luma("generations", "batch", "one.csv", "--confirm-above", "0.01").exit_code == 130
    assert no.questions == ["1 job, about $0.0404. Go on? [y/N] "]
    refuse()
    assert luma("generations", "batch", "one.csv").exit_code == 3
    refuse()
    assert (
        luma("generations", "batch", "one.csv", "--confirm-above", "0.01", "--yes").exit_code == 3
    )
    assert len(no.questions) == 1


def test_fresh_is_asked_about_if_the_run_exists(
    luma: Program, no: Asked, refuse: Callable[[], None]
) -> None:
    refuse()
    assert luma("generations", "batch", "one.csv", "--fresh").exit_code == 3
    assert no.questions == []
    assert luma("generations", "batch", "one.csv", "--fresh").exit_code == 130
    assert no.questions == ["`--fresh` pays again for the 1 job of the run. Go on? [y/N] "]
    refuse()
    assert luma("generations", "batch", "one.csv", "--fresh", "--yes").exit_code == 3
    assert len(no.questions) == 1


def test_fresh_needs_yes_without_a_terminal(luma: Program, refuse: Callable[[], None]) -> None:
    Path("one.csv").write_text("prompt\na mug\n")
    refuse()
    luma("generations", "batch", "one.csv")
    result = luma("generations", "batch", "one.csv", "--fresh")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: `--fresh` pays again for the 1 job of the run\nhint: `--yes` confirms it\n"
    )


def test_errors_of_the_input_are_a_list_in_json(luma: Program) -> None:
    Path("bad.csv").write_text("id,prompt,prompd\nmug,a mug,\nmug,again,\n")
    result = luma("generations", "batch", "bad.csv", "--format-error", "json")
    assert json.loads(result.stderr) == {
        "code": "usage",
        "message": "`bad.csv` has 2 errors; nothing was sent",
        "exit_code": 2,
        "errors": [
            {
                "file": "bad.csv",
                "line": 1,
                "column": 11,
                "message": "unknown column `prompd`",
                "hint": "did you mean `prompt`?",
            },
            {
                "file": "bad.csv",
                "line": 3,
                "column": 1,
                "message": "the id `mug` is already that of bad.csv:2:1",
            },
        ],
    }


def test_errors_of_the_input_are_lines_for_people(luma: Program) -> None:
    Path("bad.csv").write_text("id,prompt\nmug,a mug\nmug,a mug again\n")
    result = luma("generations", "batch", "bad.csv")
    assert result.stderr == (
        "error: bad.csv:3:1: the id `mug` is already that of bad.csv:2:1\n"
        "error: `bad.csv` has 1 error; nothing was sent\n"
        "hint: `--skip-invalid` submits the other rows\n"
    )
