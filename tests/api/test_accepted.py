"""The id in the answer to a submission, however odd the answer: found, and never an exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from luma_cli.api.accepted import find_id

ID = "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42"
WHOLE = f'{{"id": "{ID}", "state": "queued", "output": []}}'

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts | st.just("id"), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(WHOLE.encode(), id="as it should be"),
        pytest.param(b"\xef\xbb\xbf" + WHOLE.encode(), id="byte order mark"),
        pytest.param(b"\r\n \t" + WHOLE.encode(), id="blanks before it"),
        pytest.param(WHOLE.encode() + b"\0\0<!-- proxy -->", id="trailing bytes"),
        pytest.param(WHOLE.encode() * 2, id="twice"),
        pytest.param(WHOLE[:60].encode(), id="cut behind the id"),
        pytest.param(WHOLE.encode("utf-16"), id="UTF-16 with a mark"),
        pytest.param(WHOLE.encode("utf-16-le"), id="UTF-16 little end first"),
        pytest.param(WHOLE.encode("utf-16-be"), id="UTF-16 big end first"),
        pytest.param(f"[{WHOLE}]".encode(), id="inside a list"),
        pytest.param(b"\xff\xfe\xfa" + WHOLE.encode(), id="bytes that are no text before it"),
        pytest.param(WHOLE.replace("{", '{"source": {"id": "x"}, ').encode(), id="an id within"),
        pytest.param(WHOLE.replace("{", '{"n": ' + "9" * 5000 + ", ").encode(), id="huge number"),
        pytest.param(
            WHOLE.replace("{", '{"n": ' + "[" * 5000 + "]" * 5000 + ", ").encode(), id="deep"
        ),
        pytest.param(WHOLE.replace("-2f", "\\u002d2f").encode(), id="an escape in the id"),
        pytest.param(f"<p>welcome</p><script>({WHOLE})</script>".encode(), id="inside a page"),
        pytest.param(f'"quoted": "id": "{ID}"'.encode(), id="no object at all"),
    ],
)
def test_an_id_is_found_in_what_came(content: bytes) -> None:
    assert find_id(content) == ID


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('{"id": 12345}', "12345"),
        ('{"id": -7, "state": 1}', "-7"),
        ('{"id": null}', None),
        ('{"id": true}', None),
        ('{"id": ""}', None),
        ('{"id": ["x"]}', None),
        ('{"id": {"id": "inner"}}', None),
        ('{"state": "id"}', None),
        ('{"a": "id", "b": "c"}', None),
        ('{"id": "cut off in the mid', None),
        ('{"id": 1.5e3}', None),
        ("", None),
        ("null", None),
        ("[]", None),
        ('{"id": "\\ud800"}', "\\ud800"),
        ('{"id": "a\tb"}', "a\tb"),
    ],
)
def test_only_an_id_is_taken_for_one(content: str, found: str | None) -> None:
    assert find_id(content.encode()) == found


@given(st.dictionaries(texts, values), st.dictionaries(texts, values), st.integers(0, 10_000))
def test_an_id_is_found_whatever_stands_round_it_and_wherever_it_is_cut(
    before: dict[str, Any], after: dict[str, Any], cut: int
) -> None:
    before.pop("id", None), after.pop("id", None)
    text = json.dumps({**before, "id": ID, **{key: after[key] for key in after if key != "id"}})
    at_least = text.index(f'"id": "{ID}"') + len(f'"id": "{ID}"')

    assert find_id(text[: max(at_least, cut)].encode()) == ID


@settings(deadline=None)
@given(st.binary() | values.map(lambda value: json.dumps(value).encode()))
@example(b'{"' * 100_000)
@example(b'{"a": "' + b"\\" * 100_001)
@example(b"\0")
def test_no_bytes_make_it_fail(content: bytes) -> None:
    found = find_id(content)
    assert found is None or found.encode()
