"""The three layouts of JSON, byte for byte those of the official client."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.jsontext.layout import render
from luma_cli.jsontext.parts import with_member
from tests.support.json_documents import documents, exactly

LAYOUTS = ("json", "jsonl", "raw")
# Long enough for a line inside a document: `  "a": [` is eight bytes, the newline before it one.
FITS, TOO_LONG = "x" * (79 - 8 - len('""]')), "x" * (80 - 8 - len('""]'))


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        (
            '{"a":[1,2,3],"b":{},"d":[{}],"i":[[1],[2]]}',
            '{\n  "a": [1, 2, 3],\n  "b": {},\n  "d": [\n    {}\n  ],\n  "i": [[1], [2]]\n}',
        ),
        (
            '{"a":[1,{"b":[1,2]}]}',
            '{\n  "a": [\n    1,\n    {\n      "b": [1, 2]\n    }\n  ]\n}',
        ),
        ('"str"', '"str"'),
        ("null", "null"),
        ("{}", "{}"),
        (" [ ] ", "[]"),
        ("[[], {}]", "[\n  [],\n  {}\n]"),
        ("[1, [2, []]]", "[1, [2, []]]"),
        ('{"u":"a<b>\\u00e9\\/é"}', '{\n  "u": "a<b>\\u00e9\\/é"\n}'),
        ('{"n":1.50,"e":1E5,"z":-0,"big":123456789012345678901234567890}',
         '{\n  "n": 1.50,\n  "e": 1E5,\n  "z": -0,\n  "big": 123456789012345678901234567890\n}'),
        ('{"a":"{[,]}: \\"x\\" \\\\"}', '{\n  "a": "{[,]}: \\"x\\" \\\\"\n}'),
        ('{"b":1,"a":2,"b":3}', '{\n  "b": 1,\n  "a": 2,\n  "b": 3\n}'),
        # the widest array inside a document, and one byte more
        (f'{{"a":["{FITS}"]}}', f'{{\n  "a": ["{FITS}"]\n}}'),
        (f'{{"a":["{TOO_LONG}"]}}', f'{{\n  "a": [\n    "{TOO_LONG}"\n  ]\n}}'),
        # the widest array that is the document, and one byte more
        (f'["{"x" * 76}"]', f'["{"x" * 76}"]'),
        (f'["{"x" * 77}"]', f'[\n  "{"x" * 77}"\n]'),
        # bytes count, not characters
        (f'["{"é" * 38}"]', f'["{"é" * 38}"]'),
        (f'["{"é" * 39}"]', f'[\n  "{"é" * 39}"\n]'),
        # an array too wide for a line is broken, the arrays in it are tried again
        (f'[[1,2],"{"x" * 77}"]', f'[\n  [1, 2],\n  "{"x" * 77}"\n]'),
    ],
)  # fmt: skip
def test_json(text: str, rendered: str) -> None:
    assert render(text, "json") == rendered


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ('{ "a" : [1, 2,\n3], "b": " x "}\n', '{"a":[1,2,3],"b":" x "}'),
        ('[{"a": 1}, {"b": 2}]', '[{"a":1},{"b":2}]'),
        ("null", "null"),
        ("", ""),
    ],
)
def test_jsonl_is_one_line(text: str, rendered: str) -> None:
    assert render(text, "jsonl") == rendered


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ('\n {"a" :1}', '{"a" :1}'),
        ('{"a" : 1}\n', '{"a" : 1}\n'),
        ("1.50", "1.50"),
    ],
)
def test_raw_is_the_text_as_it_came(text: str, rendered: str) -> None:
    assert render(text, "raw") == rendered


@pytest.mark.parametrize("layout", LAYOUTS)
def test_depth_costs_no_recursion(layout: str) -> None:
    text = '{"a":[' * 600 + "]}" * 600

    assert re.sub(r"\s", "", render(text, layout)) == text


@given(
    value=documents,
    ensure_ascii=st.booleans(),
    indent=st.sampled_from([None, 0, 3]),
    layout=st.sampled_from(LAYOUTS),
)
def test_a_layout_changes_nothing_but_blanks(
    value: Any, ensure_ascii: bool, indent: int | None, layout: str
) -> None:
    text = json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)

    rendered = render(text, layout)

    assert exactly(rendered) == exactly(text)
    assert json.loads(rendered) == value


@given(value=documents)
def test_a_layout_of_a_layout_is_the_same(value: Any) -> None:
    text = json.dumps(value)

    pretty, line = render(text, "json"), render(text, "jsonl")

    assert render(line, "json") == render(pretty, "json") == pretty
    assert render(pretty, "jsonl") == line
    assert "\n" not in line


@given(
    st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?", fullmatch=True)
)
def test_numbers_keep_their_spelling(number: str) -> None:
    assert render(f'{{"a":{number}}}', "json") == f'{{\n  "a": {number}\n}}'


@pytest.mark.parametrize(
    ("text", "longer"),
    [
        ("{}", '{"files":[1]}'),
        ('{"a": 1.50 }\n', '{"a": 1.50,"files":[1]}'),
        ('{"a": "}"}', '{"a": "}","files":[1]}'),
        ('{"a": {}}', '{"a": {},"files":[1]}'),
    ],
)
def test_a_member_is_added_at_the_end(text: str, longer: str) -> None:
    assert with_member(text, "files", "[1]") == longer
