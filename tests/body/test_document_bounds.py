"""Documents beyond reason: they are told at once, and what is merely unusual is read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from luma_cli.body.documents import MOST_YAML_CHARACTERS, parse_document
from luma_cli.body.input import Stdin, parse_input, read_input
from luma_cli.body.yaml_loader import MOST_VALUES
from luma_cli.errors import LumaError, UsageError
from luma_cli.jsontext.parts import MOST_LEVELS
from tests.support.fake_api import FakeApi, generation
from tests.support.json_documents import documents
from tests.support.program import Program


def laughs(lists: int) -> str:
    """Return the document that doubles what it says nine times in each line."""
    lines = ['a0: &a0 "lol"']
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, lists + 1)]
    return "\n".join(lines)


BOMBS = {
    "billion laughs": laughs(9),
    "laughs in merged mappings": "a0: &a0 {k: v}\n"
    + "\n".join(f"a{n}: &a{n} {{l: *a{n - 1}, r: *a{n - 1}}}" for n in range(1, 40)),
    "merge keys": "a0: &a0 {k: v}\n"
    + "\n".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], x: *a{n - 1}}}" for n in range(1, 40)),
    "a long text many times": f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 5000)}]",
    "aliases that only get deeper": "a0: &a0 [x]\n"
    + "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 5000)),
    "an alias within itself": "&a [*a]",
    "an alias as its own value": "a: &a {b: {c: *a}}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_yaml_alias_bomb_is_refused_at_once(luma: Program, name: str) -> None:
    begun = time.process_time()

    result = luma("generations", "create", "--prompt", "x", stdin=BOMBS[name])

    assert time.process_time() - begun < 10
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: the document on stdin is not valid YAML or JSON at ")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &x {url: u}\nb: [*x, *x]", {"a": {"url": "u"}, "b": [{"url": "u"}] * 2}),
        ("a: &x {k: 1}\nb: {<<: *x, l: 2}", {"a": {"k": 1}, "b": {"k": 1, "l": 2}}),
        (laughs(4), None),
        (f"a: &x {'y' * 1_000_000}\nb: *x\nc: *x", None),
    ],
)
def test_yaml_aliases_that_are_no_bomb_still_work(text: str, value: Any) -> None:
    read = parse_document(text, "it")
    assert read == value or (value is None and len(json.dumps(read)) > 10_000)


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 900, 3_000, 100_000])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [("[", "]"), ('{"a":', "}"), ("{a: ", "}"), ("[x, [", "]]"), ("[", ""), ("? ", ""), ("- ", "")],
)
def test_a_deep_document_is_refused_at_once(levels: int, opening: str, closing: str) -> None:
    begun = time.process_time()

    with pytest.raises(UsageError, match="nests more than 128 levels deep"):
        parse_document(opening * levels + "1" + closing * levels, "it")

    assert time.process_time() - begun < 10


def test_a_document_as_deep_as_allowed_is_sent(luma: Program, api: FakeApi) -> None:
    value = "[" * (MOST_LEVELS - 1) + "]" * (MOST_LEVELS - 1)
    api.on("POST", "/generations", generation(), generation())
    for stdin in (f'{{"prompt": "x", "deep": {value}}}', f"prompt: x\ndeep: {value}"):
        assert luma("generations", "create", stdin=stdin).exit_code == 0
    assert [json.dumps(sent.json["deep"]) for sent in api.sent] == [value] * 2


def test_a_dotted_key_of_100_000_levels_is_refused(luma: Program) -> None:
    result = luma(
        "generations", "create", "--prompt", "x", "--param", ".".join("a" * 50_000) + "=1"
    )

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: `--param`: ")
    assert len(result.stderr) < 500


@pytest.mark.parametrize("spelled", ["9" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000])
@pytest.mark.parametrize("around", ["{}", '{{"seed": {}}}', "seed: {}", "[1, {},]"])
def test_a_number_of_5000_digits_is_a_clear_error(spelled: str, around: str) -> None:
    with pytest.raises(UsageError, match=r"a number of 5,00\d digits is too long"):
        parse_document(around.format(spelled), "it")


def test_a_document_too_large_for_yaml_is_an_error_and_the_same_json_is_read() -> None:
    text = "x" * MOST_YAML_CHARACTERS
    assert parse_document(json.dumps({"data": text}), "it") == {"data": text}
    with pytest.raises(UsageError, match="it is not valid JSON, and too large for YAML"):
        parse_document(f"data: {text}", "it")
    with pytest.raises(UsageError, match="more than 250,000 values; write it as JSON"):
        parse_document(f"[{'1,' * MOST_VALUES}1,]", "it")


SHAPES: dict[str, Callable[[int], str]] = {
    "colons in a flow value": lambda size: "{a: x, k: " + "b: " * size + "}",
    "words": lambda size: "a: " + "word " * size,
    "lines": lambda size: "a: word" + "\n  word" * size,
    "escapes": lambda size: '{a: "' + "\\u00e9 " * size + '",}',
    "a literal block": lambda size: "a: |\n" + "  line\n" * size,
    "tag directives": lambda size: "".join(f"%TAG !a{n}! x:\n" for n in range(size)) + "---\na: b",
    "keys": lambda size: "".join(f"k{n}: v\n" for n in range(size)),
    "aliases": lambda size: "a: &a x\nb: [" + "*a, " * size + "]",
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_document_of_four_times_the_size_takes_about_four_times_as_long(name: str) -> None:
    def seconds(size: int) -> float:
        text, times = SHAPES[name](size), []
        for _ in range(2):
            begun = time.thread_time()
            parse_document(text, "it")
            times.append(time.thread_time() - begun)
        return min(times)

    assert seconds(16_000) < 0.1 + 9 * seconds(4_000)


def test_200_000_colons_in_a_flow_value_are_read_in_seconds() -> None:
    begun = time.thread_time()

    value = parse_document("{a: x, k: " + "b: " * 200_000 + "}", "it")

    assert time.thread_time() - begun < 10
    assert value == {"a": "x", "k": "b: " * 200_000}


def test_input_from_an_endless_file_ends(luma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luma_cli.body.input.MOST_BYTES", 100_000)

    result = luma("generations", "create", "--input", "/dev/zero")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: `/dev/zero` exceeds 100,000 bytes\n")


def is_request_or_error(text: str) -> None:
    try:
        value = parse_input(text, "stdin")
    except LumaError:
        return
    assert isinstance(value, dict)
    json.dumps(value, allow_nan=False)


@given(st.text(st.characters()))
def test_any_text_is_a_request_or_an_error(text: str) -> None:
    is_request_or_error(text)


@given(documents)
def test_any_json_is_a_request_or_an_error(document: Any) -> None:
    is_request_or_error(json.dumps(document))
    is_request_or_error(json.dumps({"a": document}))


YAML_PIECES = [
    *(
        "a",
        "b: ",
        "- ",
        "\n",
        "  ",
        "? ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&x ",
        "*x",
        "<<: ",
        "!!int ",
    ),
    *(
        "!!float ",
        "!!str ",
        "!!null ",
        "!!seq ",
        "!!map ",
        "!!bool ",
        "!!binary ",
        "!foo ",
        '"',
        "'",
    ),
    *(
        "|",
        ">",
        "#",
        "%YAML 9.9\n",
        "%TAG ! !!\n",
        "---",
        "...",
        "\\",
        '"\\U00110000"',
        '"\\ud800"',
    ),
    *(
        '"\\UFFFFFFFF"',
        "1e999",
        ".inf",
        "-.nan",
        "0x",
        "0o9",
        "1:2:3",
        "=",
        "\ud800",
        "\x85",
        "\u2028",
    ),
    *("\ufeff", "\x00", "\t", "\r", "@", "`", "9" * 5000, "!!int 'x'", "!!float ''", "~", "true: "),
]


@given(st.lists(st.sampled_from(YAML_PIECES), max_size=14).map("".join))
@example('"\\U00110000"')
@example('a: "\\UFFFFFFFF"')
@example("!!int ''")
@example("!!float {a: 1}")
@example("? [a]\n: b")
@example("? {a: b}\n: c")
@example("<<: 1")
@example("<<: [1]")
@example("{<<: {1: x}}")
def test_any_yaml_is_a_request_or_an_error(text: str) -> None:
    is_request_or_error(text)
    is_request_or_error(f"a: {text}")


@given(st.binary(max_size=60))
@example(b"\xff\xfep\x00")
@example(b"\xfe\xff\x00p")
@example(b"\xff\xfe\x00\x00p\x00\x00\x00")
@example(b"\xef\xbb\xbfprompt: x")
@example(b"\xed\xa0\x80")
@example(b"prompt: \x00")
def test_any_bytes_in_a_file_are_a_request_or_an_error(data: bytes) -> None:
    Path("request").write_bytes(data)
    try:
        value = read_input("request", Stdin(str))
    except LumaError:
        return
    assert isinstance(value, dict)
