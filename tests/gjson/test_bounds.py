"""Extreme paths and answers take linear time or are errors."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from luma_cli.errors import LumaError, NoMatchError
from luma_cli.gjson.select import select
from luma_cli.gjson.syntax import glob
from luma_cli.jsontext.layout import render
from luma_cli.jsontext.parts import MOST_LEVELS, is_json
from luma_cli.output.documents import View, show
from tests.support.fake_api import FakeApi
from tests.support.json_documents import documents
from tests.support.program import Program


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "a" * 100_000, False),
        ("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "a" * 100_000 + "b", True),
        ("*a" * 4_000, "a" * 3_999, False),
        ("*a" * 4_000, "a" * 4_000, True),
        ("*?" * 4_000, "x" * 3_999, False),
        ("*" * 8_000 + "b", "a" * 100_000, False),
        ("?" * 1000 + "*b", "a" * 1_000_000, False),
    ],
)
def test_glob_of_stars_takes_linear_time(pattern: str, text: str, fits: bool) -> None:
    started = time.process_time()
    assert glob(pattern).fits(text) is fits
    found = select(json.dumps({text: 1}), pattern)
    assert (found == "1") is fits
    queried = select(json.dumps([text]), f"#(%{pattern})#")
    assert (queried != "[]") is fits
    assert time.process_time() - started < 10


@given(st.text("ab*?\\", max_size=8), st.text("ab*", max_size=8))
def test_glob_matches_like_the_regular_expression(pattern: str, text: str) -> None:
    import re

    pieces = re.findall(r"\\.|.", pattern)
    meaning = {"*": ".*", "?": "."}
    expression = "".join(
        meaning.get(piece) or re.escape(re.sub(r"\\(.)", r"\1", piece)) for piece in pieces
    )
    assert glob(pattern).fits(text) == (re.fullmatch(expression, text) is not None)


@pytest.mark.parametrize(
    "path",
    [
        "@this|" * 700 + "@this",
        "[" * 700 + "@this" + "]" * 700,
        "{a:" * 700 + "@this" + "}" * 700,
        "#(" * 700 + "a" + ")" * 700,
        "0." * 700 + "0",
        ".." * 700,
        "@dig:" * 700 + "a",
        "#." * 700 + "#",
        "[@this,@this]|" * 60 + "@this",
        "@tostr|" * 80 + "@this",
        "9" * 5_000,
        "0" * 5_000,
        '@pretty:{"width":' + "9" * 5_000 + "}",
        '@pretty:{"indent":5,"prefix":[1]}',
    ],
    ids=lambda path: path[:12],
)
@pytest.mark.parametrize("text", ['[[[{"a":[1,2]}]]]', '{"a":[{"b":"c"}]}', '"x"'])
def test_path_of_any_length_is_followed_or_an_error(path: str, text: str) -> None:
    started = time.process_time()
    try:
        found = select(text, path)
    except NoMatchError:
        found = None
    assert found is None or is_json(found)
    assert time.process_time() - started < 20


def test_path_that_is_too_long_is_an_error() -> None:
    with pytest.raises(
        NoMatchError, match="has 8,193 characters, which exceeds the limit of 8,192"
    ):
        select("{}", "a" * 8193)


def test_path_that_is_too_deep_is_an_error(luma: Program, api: FakeApi) -> None:
    api.on("GET", "/generations/x", {"id": "x"})
    result = luma("generations", "get", "x", "--transform", "[" * 900 + "id" + "]" * 900)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: the path of `--transform` is nested too deep\nhint: select less with one path\n"
    )


def nested(levels: int, opening: str = "[", inner: str = "1", closing: str = "]") -> str:
    return opening * levels + inner + closing * levels


FORMATS = ("json", "jsonl", "raw", "yaml", "pretty")


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("levels", [MOST_LEVELS, MOST_LEVELS + 1, 900, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_answer_is_shown_or_an_error(
    luma: Program, api: FakeApi, layout: str, levels: int, opening: str, closing: str
) -> None:
    text = nested(levels, opening, "1", closing)
    content = httpx.Response(200, content=text, headers={"Content-Type": "application/json"})
    api.on("GET", "/files?limit=1", content)
    started = time.process_time()

    result = luma("files", "list", "--limit", "1", "--format", layout, "--max-retries", "0")

    assert time.process_time() - started < 20
    assert result.exit_code == 0 or levels > MOST_LEVELS
    assert result.exit_code == 0 or result.stderr.startswith("error: ")


@pytest.mark.parametrize(
    "modifier", ["@dig:a", '@pretty:{"sortKeys":true}', '@flatten:{"deep":true}', "@ugly"]
)
def test_modifiers_apply_to_the_deepest_level(modifier: str) -> None:
    for text in (nested(MOST_LEVELS), nested(MOST_LEVELS // 2, '[{"a":', "1", "}]")):
        assert select(text, modifier) is not None


VIEWS = st.builds(
    View,
    format=st.sampled_from(FORMATS),
    transform=st.none()
    | st.text('ab.|#@!*?\\"()[]{}:,=<>%~01 ', max_size=20)
    | st.text(max_size=8),
    unquoted=st.booleans(),
    color=st.booleans(),
    sanitize=st.booleans(),
)


@st.composite
def answers(draw: st.DrawFn) -> str:
    """JSON with any escapes, lone surrogates, huge numbers and duplicate keys."""
    text = json.dumps(draw(documents), ensure_ascii=draw(st.booleans()))
    number = draw(st.sampled_from(["9" * 5000, "1e999", "-0", "1E-400", "0.1e+5"]))
    odd = draw(
        st.sampled_from(
            [
                *(
                    r'"\ud800"',
                    r'"\udfff x"',
                    r'"\u0000"',
                    '"\u2028\x85\ufeff"',
                    '""',
                    '{"":1,"":2}',
                ),
                *(r'"a\n\nb "', r'"# x: y"', r'"- a"', '"\x7f"', r'"\ud83e\udd8a"', "[ ]", "{ }"),
            ]
        )
    )
    key = odd if odd.startswith('"') else '""'
    return f'{{"a":{text},"b":[{number},{odd}], "c" : {{{key}:{number}}} }}'


@given(answers(), VIEWS)
@example(nested(MOST_LEVELS), View("pretty"))
@example(nested(MOST_LEVELS), View("yaml"))
def test_any_answer_is_shown_in_any_format_or_an_error(text: str, view: View) -> None:
    try:
        shown = show(text, view)
    except LumaError:
        return
    assert shown is not None
    shown.encode("utf-8", "surrogateescape")


def test_layouts_take_linear_time() -> None:
    shapes: dict[str, Any] = {
        "many numbers": "[" + ",".join(["1"] * 40_000) + "]",
        "many objects": "[" + ",".join(['{"a":"b"}'] * 10_000) + "]",
        "one long text": json.dumps('x\n\\"' * 40_000),
        "arrays in arrays": nested(MOST_LEVELS, "[", "1" + ",1" * 40_000),
    }
    for name, small in shapes.items():
        for layout in ("json", "jsonl"):
            assert _seconds(small, layout, times=4) < 20 * max(_seconds(small, layout), 0.01), name


def _seconds(text: str, layout: str, times: int = 1) -> float:
    whole = f"[{','.join([text] * times)}]"
    started = time.thread_time()
    render(whole, layout)
    return time.thread_time() - started
