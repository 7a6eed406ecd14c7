"""Generation ids in what other commands print."""

from __future__ import annotations

import pytest

from luma_cli.workflows.ids import parse_ids
from tests.batch.results import REFUSED, SAVED


def test_generation_id_is_preferred_to_id() -> None:
    text = '{"id": "row-17", "generation_id": "gen_1"}\n{"id": "gen_2"}'
    assert list(parse_ids(text)) == ["gen_1", "gen_2"]


def test_lines_of_a_batch_name_their_generation_or_none() -> None:
    lines = f"{SAVED.json_line()}\n{REFUSED.json_line()}\n"
    assert list(parse_ids(lines)) == ["gen_1", None]


@pytest.mark.parametrize("layout", ['{"generation_id": null}', "row: 3\ngeneration_id: null\n"])
def test_job_without_a_generation_is_skipped(layout: str) -> None:
    assert list(parse_ids(layout)) == [None]


def test_null_generation_id_beside_an_id_is_no_id() -> None:
    assert list(parse_ids('{"id": "mug", "generation_id": null}')) == [None]
