"""Names by a template: safe on any system, never the same for two outputs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.errors import UsageError
from luma_cli.transfers.templates import TOKENS, check_template, name_of

FACTS = {
    "id": "7b0c4c1e-2f55",
    "short_id": "7b0c4c1e",
    "index": "1",
    "ext": "png",
    "prompt": "a red fox,\nin/the snow",
    "date": "2026-11-23",
    "tag": "",
}


@pytest.mark.parametrize(
    ("template", "count", "name"),
    [
        ("{date}-{prompt}.{ext}", 1, "2026-11-23-a-red-fox,-in-the-snow.png"),
        ("{short_id}", 1, "7b0c4c1e.png"),
        ("{id}.{ext}", 2, "7b0c4c1e-2f55-1.png"),
        ("{index}_{id}", 2, "1_7b0c4c1e-2f55.png"),
        ("fox.jpg", 1, "fox.jpg.png"),
        ("{tag}", 1, "generation.png"),
        ("...{prompt}", 1, "a-red-fox,-in-the-snow.png"),
        ("{ext}", 2, "png-1.png"),
        ("{index}" + "x" * 300, 2, "1" + "x" * 248 + "-1.png"),
        ("CON", 1, "_CON.png"),
        ("a:b|c", 1, "a_b_c.png"),
        ("e\u0301", 1, "\u00e9.png"),
    ],
)
def test_a_template_makes_a_name(template: str, count: int, name: str) -> None:
    assert name_of(template, FACTS, count) == name


@pytest.mark.parametrize("template", ["{nope}", "a/b", "..", "", " ", "{}", "a\\b"])
def test_what_is_no_template(template: str) -> None:
    with pytest.raises(UsageError, match="`--name`"):
        check_template(template)


@given(
    template=st.lists(
        st.one_of(
            st.sampled_from([f"{{{token}}}" for token in TOKENS]),
            st.text(st.characters(codec="utf-8", exclude_characters="{}/\\"), max_size=5),
        ),
        min_size=1,
    ).map("".join),
    prompt=st.text(max_size=400),
    count=st.integers(1, 3),
)
def test_a_name_does_no_harm(template: str, prompt: str, count: int) -> None:
    try:
        check_template(template)
    except UsageError:
        return
    names = {
        name_of(template, FACTS | {"prompt": prompt, "index": str(index)}, count)
        for index in range(count)
    }

    assert len(names) == count
    for name in names:
        assert name.endswith(".png")
        assert len(name.encode()) <= 255
        assert not re.search(r'[\x00-\x1f/\\<>:"|?*]|^\.|[ .]$', name)
