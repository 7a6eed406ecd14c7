"""JSON text read one level at a time: the same answer as the parser, where that has one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.jsontext.shallow import as_string, is_number, items, members
from tests.support.json_documents import documents

DEEP = "[" * 100_000 + "]" * 100_000
MANY_DIGITS = "9" * 5000


@given(st.dictionaries(st.text(), documents), st.booleans(), st.sampled_from([None, 1]))
def test_members_are_those_that_the_parser_finds(
    document: dict[str, object], ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)

    found = [(key, json.loads(value)) for key, value in members(text)]

    assert found == list(document.items())


@given(st.lists(documents))
def test_items_are_those_that_the_parser_finds(document: list[object]) -> None:
    assert [json.loads(value) for value in items(json.dumps(document))] == document


def test_neither_depth_nor_digits_hide_a_neighbour() -> None:
    text = f'{{"deep": {DEEP}, "many": {MANY_DIGITS}, "id": "a"}}'

    assert dict(members(text)) == {"deep": DEEP, "many": MANY_DIGITS, "id": '"a"'}


@pytest.mark.parametrize(
    "text",
    ["", "5", "{", '{"a"', '{"a" 1}', '{"a": 1 "b": 2}', '{"a": "', '{"a": [}', '{"a": [1}', "{,}"],
)
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(no|an open) "):
        dict(members(text))


@given(st.text(alphabet='{}[]":,\\ a1-.eE\ud800'))
def test_no_text_breaks_it(text: str) -> None:
    for read in (members, items):
        try:
            found = list(read(text))
        except ValueError:
            continue
        assert len(found) <= len(text)


def test_an_open_string_costs_no_more_than_its_length() -> None:
    with pytest.raises(ValueError, match="no value"):
        dict(members('{"id": "' + '\\"' * 1_000_000))


@pytest.mark.parametrize(
    ("value", "text"), [('"a\\u00e9"', "aé"), ("5", None), ('"\\x"', None), ('"\n"', "\n")]
)
def test_a_string_is_what_it_says(value: str, text: str | None) -> None:
    assert as_string(value) == text


@pytest.mark.parametrize(
    ("value", "expected"), [("5", True), ("-1.5e+3", True), ("1e", False), ('"5"', False)]
)
def test_a_number_is_distinguished_from_other_values(value: str, expected: bool) -> None:
    assert is_number(value) is expected
