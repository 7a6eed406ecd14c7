"""Lines that are drawn again in place, looked at on a terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from luma_cli.output.live_lines import Line, LiveLines, Size
from luma_cli.output.output import Output
from luma_cli.output.style import Style
from tests.support.emulator import Terminal


class Lines:
    """Lines that a test changes."""

    def __init__(self, *texts: str) -> None:
        self.texts: tuple[str, ...] = texts
        self.sizes: list[Size] = []

    def __call__(self, size: Size) -> list[Line]:
        self.sizes.append(size)
        return [Line(text, "31") for text in self.texts]


@pytest.fixture
def live() -> Callable[..., LiveLines]:
    """Live lines on a terminal, which draw on demand only."""

    def make(terminal: Terminal, content: Lines, *, color: bool = False) -> LiveLines:
        def size() -> tuple[int, int]:
            return terminal.screen.columns, terminal.screen.lines

        return LiveLines(terminal, size, content, color=color)

    return make


def test_live_lines_are_cut_at_the_width_and_erased_at_the_end(
    live: Callable[..., LiveLines],
) -> None:
    terminal, content = Terminal(20), Lines("17 saved", "x" * 30)
    with live(terminal, content) as lines:
        lines.draw()
        assert terminal.lines == ["17 saved", "x" * 17 + "…"]  # two columns are for `^C`
        assert terminal.screen.cursor.hidden
    assert terminal.lines == []
    assert not terminal.screen.cursor.hidden


def test_live_lines_are_drawn_over_in_one_go(live: Callable[..., LiveLines]) -> None:
    terminal, content = Terminal(20), Lines("10 running", "mug", "vase")
    lines = live(terminal, content)
    lines.draw()
    content.texts = ("9 running", "vase")
    lines.draw()
    assert terminal.lines == ["9 running", "vase"]
    assert terminal.writes == [
        "10 running\x1b[K\nmug\x1b[K\nvase\x1b[K\x1b[J",
        "\r\x1b[2A9 running\x1b[K\nvase\x1b[K\x1b[J",
    ]


def test_printed_lines_stay_above_live_lines(live: Callable[..., LiveLines]) -> None:
    terminal, content = Terminal(20, rows=6), Lines("counts", "row")
    lines = live(terminal, content)
    lines.draw()
    for number in range(9):
        with lines.paused():
            print(f"saved {number}", file=terminal)
    assert terminal.lines == ["saved 5", "saved 6", "saved 7", "saved 8", "counts", "row"]


def test_live_lines_leave_a_line_of_the_terminal_free(live: Callable[..., LiveLines]) -> None:
    terminal, content = Terminal(20, rows=3), Lines("a", "b", "c", "d")
    live(terminal, content).draw()
    assert terminal.lines == ["a", "b"]


def test_live_lines_fit_a_window_that_became_narrower(live: Callable[..., LiveLines]) -> None:
    terminal, content = Terminal(30), Lines("x" * 28, "y" * 25, "z")
    lines = live(terminal, content)
    with lines.paused():
        print("saved", file=terminal)
    terminal.narrow(12)
    assert len(terminal.lines) == 8
    lines.draw()
    assert terminal.lines == ["saved", "x" * 9 + "…", "y" * 9 + "…", "z"]
    with lines.paused():
        assert terminal.lines == ["saved"]


def test_live_lines_have_colors_and_visible_control_characters(
    live: Callable[..., LiveLines],
) -> None:
    terminal, content = Terminal(30), Lines("a\x1b[2Jb\nc")
    live(terminal, content, color=True).draw()
    assert terminal.writes == ["\x1b[31ma\\x1b[2Jb\\nc\x1b[0m\x1b[K\x1b[J"]


def test_live_lines_survive_a_closed_terminal(live: Callable[..., LiveLines]) -> None:
    terminal = Terminal(30)
    with live(terminal, Lines("counts")) as lines:
        terminal.close()
        lines.draw()


@pytest.mark.parametrize(
    ("style", "environ"),
    [
        (Style(), {"CI": "1"}),
        (Style(), {"TERM": "dumb"}),
        (Style(quiet=True), {"TERM": "xterm"}),
    ],
)
def test_live_lines_are_for_terminals_that_can_show_them(
    style: Style, environ: dict[str, str]
) -> None:
    terminal = Terminal(80)
    with Output(terminal, terminal, terminal, environ, style).live(Lines("counts")) as is_shown:
        assert not is_shown
    assert terminal.writes == []


def test_live_lines_are_without_color_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "10")
    terminal = Terminal(80)
    environ = {"TERM": "xterm", "NO_COLOR": "1"}
    out = Output(terminal, terminal, terminal, environ, Style())
    with out.live(Lines("counts")) as is_shown:
        assert is_shown
        out.marked("✓", "32", "mug")
        assert terminal.lines == ["✓ mug", "counts"]
    assert terminal.lines == ["✓ mug"]
    assert not any("\x1b[31m" in text or "\x1b[32m" in text for text in terminal.writes)
