"""A batch on a terminal, as a person sees it: real processes against a real sandbox."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.installed import LUMA
from tests.support.on_terminal import on_terminal

THREE = "id,prompt\nmug,a mug\nvase,a vase\nbowl,a bowl [moderated]\n"
BATCH = [LUMA, "generations", "batch"]
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.fixture(autouse=True)
def shots() -> None:
    Path("shots.csv").write_text(THREE)
    Path("good.csv").write_text("id,prompt\nmug,a mug\nvase,a vase\n")
    stuck = "".join(f"{name},a {name} [stuck]\n" for name in ("mug", "vase", "bowl"))
    Path("stuck.csv").write_text(f"id,prompt\n{stuck}")


def plain(lines: list[str]) -> list[str]:
    """Replace what differs from run to run."""
    return [re.sub(r"\d:\d\d", "0:00", ID.sub("gen_1", line)) for line in lines]


WIDE = """\
✓ 1  mug  out/mug.png  0:00  $0.0404
✓ 2  vase  out/vase.png  0:00  $0.0404
✗ 3  bowl  generation gen_1 failed (content_moderated): Generation output was flagged by our content moderation system
hint: change the prompt or the images; the charge is refunded
note: 2 of 3 saved, 1 failed · about $0.0808
error: 1 of 3 jobs failed
hint: change the rows that failed, then add `--resubmit-failed` to submit and pay for them again
"""  # noqa: E501 - as on a terminal
RUNNING = [
    "0 saved · 2 running · 1 waiting   ~$0.0808",
    "  2 jobs are running, the limit",
    "  1  mug      0:00  processing",
    "  2  vase     0:00  processing",
]
NARROW = """\
✓ 1  mug  out/mug.png  0:00  $0.0404
✓ 2  vase  out/vase.png  0:00  $0.0404
note: 2 of 2 saved · about $0.0808
"""


def test_screen_after_a_batch(sandbox: dict[str, str]) -> None:
    argv = [*BATCH, "shots.csv", "-d", "out", "--name", "{key}", "--ordered"]
    with on_terminal(argv, sandbox, columns=150, rows=30) as session:
        assert session.finish() == 12
        assert not session.screen.cursor.hidden
    assert plain(session.lines) == WIDE.splitlines()


def test_screen_of_40_columns(sandbox: dict[str, str]) -> None:
    argv = [*BATCH, "good.csv", "-d", "out", "--name", "{key}", "--ordered"]
    with on_terminal(argv, sandbox, columns=40, rows=24) as session:
        session.wait_for("0 saved · 2 running")
        assert session.finish() == 0
    assert plain(session.lines) == NARROW.splitlines()


def test_screen_of_a_second_run(sandbox: dict[str, str]) -> None:
    argv = [*BATCH, "good.csv", "-d", "out", "--name", "{key}", "--ordered"]
    subprocess.run(argv, env=sandbox, check=True, capture_output=True)
    with on_terminal(argv, sandbox, columns=80, rows=24) as session:
        assert session.finish() == 0
    assert session.lines == ["note: 2 of 2 saved · 2 were done before · about $0.0808"]


def test_screen_while_jobs_run_and_after_ctrl_c(sandbox: dict[str, str]) -> None:
    argv = [*BATCH, "stuck.csv", "-d", "out", "--jobs", "2"]
    with on_terminal(argv, sandbox, columns=80, rows=24) as session:
        session.wait_until(lambda lines: plain(lines) == RUNNING)
        session.resize(60, 12)
        session.wait_until(lambda lines: plain(lines) == RUNNING)
        session.type("\x03")
        assert session.finish() == 130
        assert not session.screen.cursor.hidden
    assert session.lines == [
        "error: 0 of 3 saved, 2 running, 1 not sent",
        "hint: run the same command to continue",
    ]


@pytest.mark.parametrize(("answer", "code", "files"), [("y", 0, 2), ("n", 130, 0)])
def test_a_question_is_put_while_stdin_is_data(
    sandbox: dict[str, str], answer: str, code: int, files: int
) -> None:
    argv = [*BATCH, "-", "--run", "posts", "--confirm-above", "0.05", "-d", "out"]
    rows = '{"prompt": "a mug"}\n{"prompt": "a vase"}\n'
    with on_terminal(argv, sandbox, columns=80, rows=24, stdin=rows) as session:
        session.wait_for("2 jobs, about $0.0808. Go on? [y/N]")
        session.type(f"{answer}\n")
        assert session.finish() == code
    assert len([*Path("out").glob("*.png")]) == files
    if not files:
        assert session.lines == [
            "2 jobs, about $0.0808. Go on? [y/N] n",
            "error: nothing was sent",
            "hint: `--yes` submits without a question",
        ]


def test_ctrl_c_at_a_question_sends_nothing(sandbox: dict[str, str]) -> None:
    argv = [*BATCH, "good.csv", "--confirm-above", "0.05"]
    with on_terminal(argv, sandbox, columns=80, rows=24) as session:
        session.wait_for("Go on? [y/N]")
        session.type("\x03")
        assert session.finish() == 130
    assert session.lines == [
        "2 jobs, about $0.0808. Go on? [y/N] ^C",
        "error: interrupted",
    ]
