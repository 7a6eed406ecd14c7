"""The model case: products of a spreadsheet, candidates in several ratios, named after numbers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.batch.planning import plan

PRODUCTS = "Nummer;Name;Hintergrund\r\n" + "".join(
    f"A-{number};Tasse {number};Eichentisch, hell\r\n" for number in range(1, 41)
)


def test_forty_products_in_two_ratios_with_three_candidates_are_240_jobs() -> None:
    planned = plan(
        PRODUCTS.encode("utf-8-sig"),
        "products.csv",
        [("--prompt", "{{Name}} auf {{Hintergrund}}"), ("--model", "uni-1-max")],
        template="{col.Nummer}-{col.aspect_ratio}-{short_id}",
        vary=("aspect_ratio=1:1,16:9",),
        candidates=3,
    )

    assert planned.problems == []
    assert len(planned.jobs) == len(set(planned.keys)) == 240
    assert sum(job.price.dollars or 0 for job in planned.jobs) == Decimal("24.0000")
    last = planned.jobs[-1]
    assert last.row == 40
    assert last.request.body == {
        "prompt": "Tasse 40 auf Eichentisch, hell",
        "model": "uni-1-max",
        "aspect_ratio": "16:9",
    }
    assert (last.target.folder, last.target.name) == (Path("out"), "A-40-16-9-{short_id}")
    assert last.cells == {
        "Nummer": "A-40",
        "Name": "Tasse 40",
        "Hintergrund": "Eichentisch, hell",
    }
    assert str(last.place) == "products.csv:41:1"


def test_candidates_and_combinations_of_a_row_share_what_is_equal() -> None:
    first, second = plan("prompt\nx\n", candidates=2).jobs

    assert first.request is second.request
    assert first.digest == second.digest


def test_jobs_are_yielded_while_rows_are_read() -> None:
    planned = plan('{"prompt": "x"}\n{"prompt": \n', "r.jsonl")

    assert len(planned.jobs) == 1
    assert planned.errors == ["r.jsonl:2:12: the line is not valid JSON: expecting value"]
