"""`LimitedProgress`, which displays only the first of many jobs."""

from __future__ import annotations

from luma_cli.output.progress import LimitedProgress, Progress


class Screen(Progress):
    """Records which jobs have a line."""

    def __init__(self) -> None:
        self.lines: dict[str, tuple[str, float | None]] = {}

    def waiting(self, name: str, state: str, expected_seconds: float | None = None) -> None:
        self.lines[name] = (state, expected_seconds)

    def finished(self, name: str) -> None:
        self.lines.pop(name, None)


def test_progress_of_thousands_of_jobs_shows_the_first() -> None:
    screen = Screen()
    progress = LimitedProgress(screen, most=2)

    for number in range(5000):
        progress.waiting(f"gen_{number}", "queued")
    progress.waiting("gen_1", "processing", 9)
    assert screen.lines == {"gen_0": ("queued", None), "gen_1": ("processing", 9)}

    progress.finished("gen_0")
    progress.waiting("gen_7", "queued")
    progress.waiting("gen_8", "queued")
    assert screen.lines == {"gen_1": ("processing", 9), "gen_7": ("queued", None)}
