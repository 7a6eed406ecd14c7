"""YAML as people mean it: version 1.2, not 1.1."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from luma_cli.body.documents import is_plain_text, parse_document
from luma_cli.body.yaml_loader import first_document
from luma_cli.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16:9", "16:9"),
        ("1:30:00", "1:30:00"),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("1e3", 1000.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("-1.", -1.0),
        ("+2E-2", 0.02),
        ("017", 17),
        ("-7", -7),
        ("+7", 7),
        ("0x1F", 31),
        ("0o17", 15),
        ("0b11", "0b11"),
        ("1_000", 1000),
        ("1_000.5", 1000.5),
        ("1_", "1_"),
        ("_1", "_1"),
        ("2024-01-01", "2024-01-01"),
        ("null", None),
        ("~", None),
        ("", None),
        ("nULL", "nULL"),
        ("'null'", "null"),
        ('"1"', "1"),
        ("=", "="),
        # what the official client tolerates
        ("{a:1, b:x}", {"a": 1, "b": "x"}),
        ("{url:http://h/p}", {"url": "http://h/p"}),
        ("{k: a: b, l: c}", {"k": "a: b", "l": "c"}),
        ("{k: http://x}", {"k": "http://x"}),
        ("[a: b, {c: d}]", [{"a": "b"}, {"c": "d"}]),
        ("{k}", {"k": None}),
        ("{k:}", {"k": None}),
        ("{a: 1, b}", {"a": 1, "b": None}),
        ("{a: 1,}", {"a": 1}),
        ("--- 1\n--- 2", 1),
        # keys are texts
        ("1: x\ntrue: y\nnull: z", {"1": "x", "true": "y", "null": "z"}),
        ("a: {1: x, 1.0: y}", {"a": {"1": "x", "1.0": "y"}}),
        ("{a: 16:9, b: [yes, 1]}", {"a": "16:9", "b": ["yes", 1]}),
        ("a: &x 1\nb: *x", {"a": 1, "b": 1}),
        ("base: &x {p: 1}\nnew: {<<: *x, q: 2}", {"base": {"p": 1}, "new": {"p": 1, "q": 2}}),
    ],
)
def test_scalars_are_those_of_version_1_2(text: str, value: Any) -> None:
    parsed = parse_document(text, "it")

    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1", "it is not valid YAML or JSON at line 1, column 3: "),
        ("a: 1\n b: 2", "it is not valid YAML or JSON at line 2, column 3: "),
        ("*x", "it is not valid YAML or JSON at line 1, column 1: found undefined alias"),
        ("{a: 1} {b: 2}", "it is not valid YAML or JSON at line 1, column 8: "),
        (
            "a: 1\na: 2",
            "it is not valid YAML or JSON at line 2, column 1: the key `a` appears twice",
        ),
        ("!!python/name:os.system", "it is not valid YAML or JSON at line 1, column 1: "),
        (
            "\x00",
            "it is not valid YAML or JSON at line 1, column 1: the character U+0000 is not allowed",
        ),
        (
            "a: x\nb: \ufffe",
            "it is not valid YAML or JSON at line 2, column 4: the character U+FFFE is not",
        ),
    ],
)
def test_an_invalid_document_has_its_position(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_document(text, "it")

    assert refusal.value.message.startswith(message)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("ab:- ", max_size=3), inner)
    ),
    max_leaves=8,
)


@given(documents)
def test_json_is_read_as_json(value: Any) -> None:
    parsed = parse_document(json.dumps(value), "it")

    assert parsed == value
    if isinstance(value, float):
        assert math.copysign(1, parsed) == math.copysign(1, value)


# Any text of few words, and texts that are nearly numbers, keywords or something with an indicator.
almost_plain = st.one_of(
    st.text(max_size=12),
    st.text(st.sampled_from("aefnoxzEXZ019_-./ ~:#"), max_size=8),
    st.lists(
        st.sampled_from(
            [
                *("null", "true", "FALSE", "n", "yes", "inf", ".nan", "1", "0x", "0o", "1e"),
                *("_", "-", "5s", "720p", "fox", " ", ".", "/", "---", "z"),
            ]
        ),
        max_size=4,
    ).map("".join),
)


@given(almost_plain.filter(is_plain_text))
@settings(max_examples=2000)
@example("x" * 1024)
@example("word " * 200 + "z")
@example("0x")
@example("0XZ")
@example("1_z")
@example("n")
@example("a---")
def test_yaml_reads_plain_text_as_that_text(text: str) -> None:
    assert is_plain_text(text)
    assert first_document(text) == text


@pytest.mark.parametrize("text", ["a red fox", "anime", "720p", "5s", "uni-1-max", "out/fox.png"])
def test_common_values_are_plain_text(text: str) -> None:
    assert is_plain_text(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "a ",
            " a",
            "a  b",
            "a\n",
            "a: b",
            "a #b",
            "a - b",
            "- a",
            "?",
            "{a",
            "&a",
            "*a",
        ),
        *("null", "True", "NULL", "~", "1", "1e5", "0x1F", "0xf", "1.", ".inf", "é", "x" * 1025),
    ],
)
def test_other_values_are_read_by_yaml(text: str) -> None:
    assert not is_plain_text(text)
