"""Random JSON documents, and what it means that two are the same."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

documents = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=12,
)


def exactly(text: str) -> Any:
    """Parse JSON so that equal means equal order of keys and equal spelling of numbers."""
    return json.loads(text, object_pairs_hook=list, parse_float=str, parse_int=str)
