"""The viewer of `--format explore`, controlled by keys."""

from __future__ import annotations

import asyncio
import sys

import pytest

from luma_cli.output.explorer import Explorer
from tests.support.fake_api import FakeApi, generation
from tests.support.program import Program

TEXT = '{"id":"x1","output":[{"url":"https://u/1"},{}],"n":1.50,"bad":"\x9b2J"}'


def pressed(*keys: str) -> tuple[str | None, list[str]]:
    """Return the value to print, and the lines on the screen before."""
    explorer = Explorer(TEXT)

    async def press() -> list[str]:
        async with explorer.run_test() as pilot:
            await pilot.press(*keys[:-1])
            tree = explorer.tree_view
            lines = [str(tree.get_node_at_line(line).label) for line in range(tree.last_line + 1)]  # type: ignore[union-attr]
            await pilot.press(keys[-1])
            return lines

    seen = asyncio.run(press())
    return explorer.return_value, seen


def test_explorer_opens_the_first_level() -> None:
    chosen, seen = pressed("q")

    assert chosen is None
    assert seen == ["4 members", "id: x1", "output: 2 items", "n: 1.50", "bad: \\x9b2J"]


def test_explorer_opens_and_closes_containers() -> None:
    _, seen = pressed("j", "j", "l", "down", "right", "q")
    assert seen[2:6] == ["output: 2 items", "0: 1 member", "url: https://u/1", "1: 0 members"]

    _, seen = pressed("j", "j", "l", "down", "h", "left", "q")
    assert seen[2:] == ["output: 2 items", "n: 1.50", "bad: \\x9b2J"]


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["p"], TEXT),
        (["j", "p"], '"x1"'),
        (["j", "j", "j", "p"], "1.50"),
        (["j", "j", "l", "j", "p"], '{"url":"https://u/1"}'),
        (["escape"], None),
    ],
)
def test_explorer_prints_the_selected_value(keys: list[str], chosen: str | None) -> None:
    assert pressed(*keys)[0] == chosen


def test_explore_without_terminal_prints_json(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/gen_1", generation(), generation())

    plain = luma("generations", "get", "gen_1")
    explored = luma("generations", "get", "gen_1", "--format", "explore")

    assert explored.stdout == plain.stdout
    assert explored.stderr == "note: `explore` requires a terminal; using `json`\n"


def test_explore_without_extra_prints_json(
    luma: Program, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "textual", None)
    api.on("GET", "/generations/gen_1", generation())

    result = luma("generations", "get", "gen_1", "--format", "explore", terminal=True)

    assert result.stdout.startswith('{\n  "id": "gen_1"')
    assert result.stderr == (
        "note: `explore` requires the extra `explore`: `pip install '.[explore]'`; using `json`\n"
    )
