"""Text on a terminal has no characters that control it, reorder text or are invisible."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.output.terminal import escaped, one_line, visible
from tests.support.fake_api import FakeApi, completed, generation
from tests.support.program import Program

ACTING = [
    *("\x1b", "\x07", "\r", "\x9b", "\x7f", "\x00"),
    *("\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"),  # RLM, LRM, ALM, …
    *("\u2028", "\u2029", "\x85", "\x0b", "\x0c"),
    *("\u00ad", "\u200b", "\u2060", "\u2063", "\ufeff", "\u3164", "\u115f", "\u180e", "\u034f"),
    *("\ufff9", "\U000e0001", "\U000e0041", "\U000e0100", "\U0001d173", "\ufe00", "\udc80"),
]
# Format characters by name, but they draw a sign, around or over numbers.
MAY_STAND = (
    "\t\n\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)


@pytest.mark.parametrize("character", ACTING, ids=ascii)
def test_control_characters_are_escaped(character: str) -> None:
    shown = visible(f"gen_{character}1")

    assert shown.isascii()
    assert shown.isprintable()
    assert json.loads(escaped(f'"gen_{character}1"'), strict=False) == f"gen_{character}1"
    assert character not in escaped(f'"gen_{character}1"')


@given(st.text(), st.characters(categories=["Cf", "Cc", "Zl", "Zp"]))
def test_format_characters_after_a_letter_are_escaped(text: str, character: str) -> None:
    shown = visible(f"{text}a{character}b")

    assert f"a{character}b" not in shown or character in MAY_STAND


@pytest.mark.parametrize(
    "text",
    [
        *("a red fox", "ein Fuchs, größer", "狐狸", "שועל", "ثعلب", "क्‍ष", "می‌خواهم"),
        *("👨‍👩‍👧", "❤️", "1️⃣", "🏳️‍🌈", "👍🏽", "№ 5 — «x»"),
    ],
)
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert one_line(text) == text


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d", "\ufe0f"])
def test_stray_joiners_are_escaped(joiner: str) -> None:
    assert visible(f"gen{joiner}_1") == f"gen{ascii(joiner)[1:-1]}_1"


FORGED = "gen_1\nerror: pay me \u202e\u200f\u061c\u2028x\x1b[2J"


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("options", [[], ["--format-error", "json"], ["--format-error", "pretty"]])
def test_forged_line_in_an_answer_is_escaped_on_stderr(
    luma: Program, api: FakeApi, terminal: bool, options: list[str]
) -> None:
    api.on("GET", "/generations/x", httpx.Response(404, json={"detail": FORGED, FORGED: [FORGED]}))

    result = luma("generations", "get", "x", *options, "--debug", terminal=terminal)

    assert visible(result.stderr) == result.stderr
    assert "\nerror: pay me" not in result.stderr or "pretty" in options


def test_forged_id_is_escaped_in_notes_hints_and_tables(luma: Program, api: FakeApi) -> None:
    api.on("POST", "/generations", generation(id=FORGED))
    api.on("GET", f"/generations/{quote(FORGED, safe='')}", generation(id=FORGED))

    created = luma("generations", "create", "--prompt", f"a {FORGED} fox", terminal=True)
    listed = luma("generations", "list", terminal=True)

    assert created.exit_code == 0
    assert len(listed.stdout.splitlines()) == 2
    for text in (created.stdout, created.stderr, listed.stdout):
        assert visible(text) == text


def test_path_with_line_break_is_escaped_on_a_terminal_only(luma: Program, api: FakeApi) -> None:
    png = httpx.Response(200, content=b"\x89PNG\r\n\x1a\n", headers={"Content-Type": "image/png"})
    api.on("GET", "/generations/gen_1", *[completed("a.png")] * 2)
    api.on("GET", "https://storage.test/a.png?X-Amz-Signature=s", *[png] * 2)
    download = ("generations", "download", "gen_1", "--overwrite", "-o", "a\nb.png")

    assert "a\\nb.png" in luma(*download, terminal=True).stdout
    assert luma(*download).stdout == "a\nb.png\n"
