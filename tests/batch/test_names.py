"""What outputs are called, and which names collide before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from luma_cli.batch.flags import NAME
from luma_cli.errors import UsageError
from tests.batch.planning import Planned, plan

ROW = "id,prompt,Shelf No\n../a b,x,{id}/7\n"


def names(planned: Planned) -> list[str | None]:
    return [job.target.name for job in planned.jobs]


def test_the_number_of_the_row_has_leading_zeros() -> None:
    planned = plan("prompt\n" + "".join(f"fox {n}\n" for n in range(12)))

    assert names(planned)[0] == "01-{prompt}-{short_id}"
    assert names(planned)[-1] == "12-{prompt}-{short_id}"
    assert {job.target.folder for job in planned.jobs} == {Path("out")}
    assert NAME.default == "{n}-{prompt}-{short_id}"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{key}", "a-b"),
        ("{col.Shelf No}", "(id)-7"),
        ("{n}-{id}", "1-{id}"),
        ("{col.style}", "manga"),
    ],
)
def test_tokens_of_the_row_are_safe_words(template: str, shown: str) -> None:
    planned = plan(ROW, template=template, override=("style=manga",), ignore_unknown_columns=True)

    assert planned.problems == []
    assert names(planned) == [shown]


def test_an_unknown_token_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"`--name`: unknown token `\{col\.sku\}`"):
        plan("prompt\nx\n", template="{col.sku}")


def test_a_column_that_only_a_name_uses_is_no_unknown_column() -> None:
    assert plan("prompt,sku\nx,7\n", template="{col.sku}").problems == []


def test_names_that_differ_in_case_and_form_only_collide() -> None:
    planned = plan("prompt,sku\nx,Größe\ny,GRO\u0308SSE\nz,other\n", template="{col.sku}")

    assert planned.errors == [
        "shots.csv:3:1: the output `GRÖSSE.png` is already that of shots.csv:2:1"
    ]
    assert names(planned) == ["Größe", "other"]


@pytest.mark.parametrize("template", ["{short_id}", "{key}", "{n}-{prompt}"])
def test_names_that_differ_do_not_collide(template: str) -> None:
    assert plan("prompt\nx\nx\n", template=template).errors == []


def test_candidates_need_different_names() -> None:
    planned = plan("id,prompt\na,x\n", template="{prompt}", candidates=2)

    assert len(planned.jobs) == 1
    assert planned.problems[-1].hint == (
        "`{n}`, `{key}` and `{short_id}` in `--name` differ from job to job"
    )


def test_an_output_is_a_path_under_the_folder() -> None:
    planned = plan("sku,prompt,output\n7,x,shoes/{{sku}}.png\n")

    assert [job.target.output for job in planned.jobs] == [Path("out/shoes/7.png")]


@pytest.mark.parametrize(
    "output", ["/x.png", "../x.png", "a/../../x.png", "..", "C:x.png", "a\\..\\x.png"]
)
def test_an_output_cannot_leave_the_folder(output: str) -> None:
    planned = plan(f"prompt,output\nx,{output}\n")

    assert planned.errors == [
        f"shots.csv:2:3: output: `{output}` is no path under the folder of the outputs"
    ]


def test_an_output_cannot_leave_the_folder_by_a_link() -> None:
    Path("out").mkdir()
    Path("out/root").symlink_to("/")

    planned = plan("prompt,output\nx,root/x.png\n")

    assert planned.errors == [
        "shots.csv:2:3: output: `root/x.png` leads out of `out` by a symbolic link"
    ]
