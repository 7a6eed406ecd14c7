"""Progress on a terminal."""

from __future__ import annotations

import pytest

from luma_cli.output.output import Output
from luma_cli.output.progress_bar import LiveProgress
from luma_cli.output.style import Style
from tests.support.emulator import Terminal

# Two columns are left free at the end.
_EXPECTED = {
    80: [
        "processing 7b0c4c1e                " + "━" * 29 + "        0:00",
        "a-file-with-a-rather-long-name.png ━━━━━━━╺━━━━━━━━━━━━━━━━━━━━━ 0.5/2.0 MiB",
    ],
    40: [
        "processing 7b0c4c… ━━━━━        0:00",
        "a-file-with-a-rat… ━╺━━━ 0.5/2.0 MiB",
    ],
}


@pytest.fixture(params=[80, 40])
def terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", str(request.param))
    monkeypatch.setenv("LINES", "10")
    monkeypatch.setenv("TERM", "xterm")
    return Terminal(request.param)


def test_progress_shows_state_and_bytes_and_erases_its_lines(terminal: Terminal) -> None:
    with LiveProgress(terminal, color=True) as progress:
        progress.waiting("7b0c4c1e-2f55", "processing")
        progress.transferring("a-file-with-a-rather-long-name.png", 512 * 1024, 2 * 1024 * 1024)
        with progress.paused():
            assert terminal.lines == []
        seen = [line[2:] for line in terminal.lines]
    assert seen == _EXPECTED[terminal.screen.columns]
    assert terminal.lines == []


def test_progress_erases_its_lines_after_an_echoed_ctrl_c(terminal: Terminal) -> None:
    with LiveProgress(terminal, color=False) as progress:
        progress.waiting("7b0c4c1e-2f55", "processing")
        with progress.paused():
            pass
        terminal.write("^C")
    assert terminal.lines == []


def test_progress_bar_fills_in_the_expected_time(terminal: Terminal) -> None:
    with LiveProgress(terminal, color=False) as progress:
        progress.waiting("7b0c4c1e-2f55", "queued", 30.0)
        with progress.paused():
            pass
        (line,) = terminal.lines
    assert line[2:].startswith("queued 7b0c4c1e ")
    assert line.endswith(" 0:00 of ~0:30")


def test_progress_keeps_printed_data(terminal: Terminal) -> None:
    names = ("first", "second", "third")
    with LiveProgress(terminal, color=False) as progress:
        for name in names:
            progress.waiting(name, "processing")
        for name in names:
            progress.finished(name)
            with progress.paused():
                print(f"out/{name}.png", file=terminal)
            progress.waiting("fourth", "processing")
    assert terminal.lines == ["out/first.png", "out/second.png", "out/third.png"]


def test_progress_is_hidden_while_printing(terminal: Terminal) -> None:
    out = Output(
        terminal, terminal, terminal, {"NO_COLOR": "1", "TERM": "xterm"}, Style(verbose=True)
    )
    with out.progress() as progress:
        progress.waiting("first", "processing")
        progress.waiting("second", "processing")
        out.note("submitted")
        out.detail("first queued")
        out.lines(["first.png"])
        seen = terminal.lines
    assert seen[:3] == ["note: submitted", "· first queued", "first.png"]
    assert [line[2:18] for line in seen[3:]] == ["processing first", "processing secon"]
    assert terminal.lines == seen[:3]
