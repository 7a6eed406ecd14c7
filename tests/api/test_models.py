"""A generation is read from any JSON: nothing that is there is lost, nothing breaks the reading."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from luma_cli.api.models import Generation, Output, read_generation
from luma_cli.errors import Exchange, UnexpectedAnswerError
from tests.support.json_documents import documents

EXCHANGE = Exchange("GET", "https://api.test/v1/generations/gen_1", 200)
FIELDS = (
    *("id", "type", "state", "model", "created_at", "output", "failure_reason", "failure_code"),
    *("url", "layer", "label"),
)
odd_values = st.recursive(
    st.one_of(
        documents,
        st.text(alphabet=st.characters()),  # with lone surrogates
        st.integers(min_value=10**400, max_value=10**420),
        st.just(float("1e400")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)
    ),
    max_leaves=15,
)


def read(text: str) -> Generation:
    return read_generation(text, EXCHANGE)


@given(odd_values)
@example({"id": "a", "state": "b", "output": [{"url": "u", "layer": {"label": "\ud800"}}]})
def test_no_json_breaks_the_reading(document: Any) -> None:
    try:
        generation = read(json.dumps(document))
    except UnexpectedAnswerError:
        usable = isinstance(document, dict) and all(
            (isinstance(document.get(key), str) and document[key])
            or (isinstance(document.get(key), int) and not isinstance(document[key], bool))
            for key in ("id", "state")
        )
        assert not usable
        return
    assert generation.id == str(document["id"])
    assert len(generation.links) == len(generation.labels)
    for text in (*generation[2:5], *generation.labels, *generation[6:]):
        (text or "").encode()  # it can be written down


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    with pytest.raises(UnexpectedAnswerError, match="not a generation"):
        read(text)


@given(odd_values)
def test_unrelated_fields_of_any_type_are_ignored(value: Any) -> None:
    document = {
        "id": "gen_1",
        "state": "completed",
        "type": value,
        "model": value,
        "created_at": value,
        "output": [value, {"type": value, "url": "https://u", "layer": value}],
        "failure_code": value,
        "failure_reason": value,
        "new": value,
    }

    generation = read(json.dumps(document))

    assert (generation.id, generation.state) == ("gen_1", "completed")
    assert generation.links[-1] == "https://u"


@pytest.mark.parametrize(
    "odd",
    ["9" * 4300, "9" * 5000, "-1e400", "[" * 1000 + "]" * 1000, '{"a":' * 5000 + "1" + "}" * 5000],
)
@pytest.mark.parametrize("key", ["new", "model", "failure_reason", "created_at"])
def test_neither_digits_nor_levels_hide_the_id(odd: str, key: str) -> None:
    text = (
        f'{{"{key}": {odd}, "id": "gen_1", "state": "completed",'
        f' "output": [{odd}, {{"layer": {odd}, "url": "https://u"}}]}}'
    )

    generation = read(text)

    assert (generation.id, generation.state) == ("gen_1", "completed")
    assert generation.outputs == (Output("https://u"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('\ufeff{"id": "a", "state": "s"}', Generation("a", "s")),
        ('{"id": 12345678901234567890, "state": "s"}', Generation("12345678901234567890", "s")),
        (
            '{"id": "a", "state": "s", "output": {"url": "u"}}',
            Generation("a", "s", outputs=(Output("u"),)),
        ),
        (
            '{"id": "a", "state": "s", "output": [null, {}, {"url": null}, {"url": ""}, "u"]}',
            Generation("a", "s"),
        ),
        ('{"id": "b", "id": "a", "state": "s"}', Generation("a", "s")),
    ],
)
def test_unusual_shapes_are_understood(text: str, expected: Generation) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "it has no `id`"),
        ('{"id": "gen_1"}', "it has no `state`"),
        ('{"id": null, "state": "queued"}', "it has no `id`"),
        ('{"id": "gen_1", "sta', "it is not a JSON object"),
        ("[1]", "it is not a JSON object"),
    ],
)
def test_what_is_no_generation_is_said(text: str, why: str) -> None:
    with pytest.raises(UnexpectedAnswerError) as raised:
        read(text)
    assert str(raised.value) == f"the server's answer is not a generation: {why}"
