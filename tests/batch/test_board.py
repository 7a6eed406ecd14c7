"""The lines of a run in progress, at the widths of terminals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from luma_cli.batch.board import Board, Counts, RowProgress
from luma_cli.batch.estimate import Estimate
from luma_cli.batch.job import PlannedJob
from luma_cli.batch.label import label_of
from luma_cli.output.live_lines import Size
from tests.batch.planning import plan
from tests.batch.results import SAVED
from tests.support.program import TestClock

COUNTS = Counts(
    ("17 saved", "1 failed"),
    waiting=24,
    spent=Decimal("0.7272"),
    limit=Decimal(3),
    reason="rate limit: next in 12 s",
)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def board(clock: TestClock) -> Board:
    return Board(clock)


def jobs(*keys: str) -> list[PlannedJob]:
    """Return planned jobs with these keys."""
    planned = plan("prompt\n" + "".join(f"{key}\n" for key in keys)).jobs
    return [job._replace(key=key) for job, key in zip(planned, keys, strict=True)]


def shown(board: Board, columns: int, rows: int = 24) -> list[str]:
    return [line.text for line in board.lines(Size(columns, rows))]


def begin(board: Board, *keys: str) -> None:
    for job in jobs(*keys):
        board.began(job)


@pytest.fixture
def busy(board: Board, clock: TestClock) -> Board:
    """Three running jobs, and one that took 20 seconds."""
    begin(board, "mug", "ab" * 32 + "#2", "sku-with-a-long-name")
    clock.time = 4.0
    board.state("ab" * 32 + "#2", "processing")
    board.state("sku-with-a-long-name", "completed")
    RowProgress(board, "mug").transferring("mug.png", 512 * 1024, 2 * 1024 * 1024)
    RowProgress(board, "sku-with-a-long-name").transferring("out.png", 300, None)
    board.ended(SAVED._replace(key="other", seconds=20.0))
    board.update(COUNTS)
    return board


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        (
            100,
            [
                "17 saved · 1 failed · 3 running · 24 waiting   ~$0.73 of $3.00 · 1:06 left",
                "  rate limit: next in 12 s",
                "  1  mug                      0:04  uploading 0.5/2.0 MiB",
                "  2  abababab#2               0:04  processing",
                "  3  sku-with-a-long-name     0:04  downloading 300 B",
            ],
        ),
        (
            70,
            [
                "17 saved · 1 failed · 3 running · 24 waiting   ~$0.73 · 1:06 left",
                "  rate limit: next in 12 s",
                "  1  mug                      0:04  uploading 0.5/2.0 MiB",
                "  2  abababab#2               0:04  processing",
                "  3  sku-with-a-long-name     0:04  downloading 300 B",
            ],
        ),
        (
            60,
            [
                "17 saved · 1 failed · 3 running · 24 waiting   1:06 left",
                "  rate limit: next in 12 s",
                "  1  mug                 0:04  uploading 0.5/2.0 MiB",
                "  2  abababab#2          0:04  processing",
                "  3  sku-with-a-lon…     0:04  downloading 300 B",
            ],
        ),
        (59, ["17 saved · 1 failed · 3 running · 24 waiting"]),
        (40, ["17 saved · 1 failed · 3 running"]),
        (10, ["17 saved"]),
    ],
)
def test_board_shows_what_fits_in_the_width(busy: Board, columns: int, lines: list[str]) -> None:
    assert shown(busy, columns) == lines


def test_board_shows_the_running_jobs_that_fit_in_the_height(busy: Board) -> None:
    begin(busy, *(f"sku-{number}" for number in range(1000)))
    lines = shown(busy, 100, rows=8)
    assert lines[2:] == [
        "  1  mug                      0:04  uploading 0.5/2.0 MiB",
        "  2  abababab#2               0:04  processing",
        "  3  sku-with-a-long-name     0:04  downloading 300 B",
        "  1  sku-0                    0:00  submitting",
        "  and 999 more",
    ]
    assert lines[0].startswith("17 saved · 1 failed · 1,003 running · 24 waiting   ~$0.73 of $3.00")


def test_board_shows_a_job_until_it_ends(board: Board) -> None:
    begin(board, "mug", "vase", "bowl")
    board.ended(SAVED._replace(key="mug"))
    board.removed("vase")  # it is submitted again later
    RowProgress(board, "bowl").transferring("bowl.png", 1, 2)
    RowProgress(board, "bowl").finished("bowl.png")
    RowProgress(board, "mug").transferring("mug.png", 1, 2)
    board.state("mug", "completed")
    assert shown(board, 80) == ["1 running   ~$0.00", "  3  bowl     0:00  submitting"]


def test_board_counts_the_time_of_a_job_from_its_submission(board: Board) -> None:
    (job,) = jobs("mug")
    board.began(job, seconds_ago=3700)
    board.state("mug", "queued")
    assert shown(board, 80)[1] == "  1  mug  1:01:40  queued"


def test_jobs_that_are_not_submitted_any_more_are_not_waited_for(busy: Board) -> None:
    busy.update(COUNTS._replace(is_stopping=True, reason=None))
    assert shown(busy, 100)[0] == (
        "17 saved · 1 failed · 3 running · 24 not sent   ~$0.73 of $3.00 · 0:06 left"
    )


def test_board_as_a_sentence(busy: Board) -> None:
    assert busy.sentence == (
        "17 saved · 1 failed · 3 running · 24 waiting · ~$0.73 of $3.00 · 1:06 left"
        " · rate limit: next in 12 s"
    )


def test_time_left_is_not_less_than_the_limits_allow(busy: Board) -> None:
    busy.update(COUNTS._replace(shortest_seconds=540.0))
    assert shown(busy, 100)[0].endswith(" · 9:00 left")


@pytest.mark.parametrize(
    ("ended", "now", "ages", "left", "seconds"),
    [
        ([], 10.0, [5.0], 4, None),  # nothing has ended
        ([20.0], 10.0, [], 0, None),  # nothing is left
        ([20.0], 20.0, [], 5, 100.0),
        ([20.0, 20.0], 20.0, [], 5, 50.0),
        ([20.0], 20.0, [10.0, 10.0], 5, 40.0),  # two halves
        ([20.0], 20.0, [5000.0], 1, 0.5),  # one that takes long
    ],
)
def test_estimate(
    ended: list[float], now: float, ages: list[float], left: int, seconds: float | None
) -> None:
    estimate = Estimate(0.0)
    for each in ended:
        estimate.ended(each)
    found = estimate.seconds_left(now, ages, left)
    assert found == (None if seconds is None else pytest.approx(seconds, rel=0.1))


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("mug", "mug"),
        ("mug/16:9#2", "mug/16:9#2"),
        ("ab" * 32, "abababab"),
        ("ab" * 32 + "#3", "abababab#3"),
        ("k" * 40, "k" * 31 + "…"),
    ],
)
def test_label_of_a_key(key: str, label: str) -> None:
    assert label_of(key) == label
