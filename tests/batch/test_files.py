"""Files that rows name: from the folder of the input, none outside it, each read once."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from luma_cli.body.local_file import LocalFile
from tests.batch.planning import Planned, plan

GIF = b"GIF89a" + b"\0" * 20


@pytest.fixture(autouse=True)
def pictures() -> None:
    for path in ("data/pics/a.gif", "data/b.gif", "outside.gif"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(GIF)


def references(planned: Planned) -> list[Any]:
    return [body["image_ref"][0]["data"] for body in planned.bodies]


def test_paths_count_from_the_folder_of_the_input() -> None:
    planned = plan("prompt,ref\nx,pics/a.gif\ny,b.gif\n", "data/r.csv")

    assert planned.errors == []
    assert [file.path for file in references(planned)] == [
        Path("data/pics/a.gif"),
        Path("data/b.gif"),
    ]


def test_rows_that_name_one_file_share_it() -> None:
    first, second = references(plan("prompt,ref\nx,b.gif\ny,b.gif\n", "data/r.csv"))

    assert isinstance(first, LocalFile)
    assert first is second


def test_a_path_of_a_flag_counts_from_the_working_directory() -> None:
    planned = plan("prompt\nx\n", "data/r.csv", [("--ref", "outside.gif")])

    assert [file.path for file in references(planned)] == [Path("outside.gif")]


@pytest.mark.parametrize(
    "text", ["../outside.gif", "pics/../../outside.gif", "link.gif", "ABSOLUTE"]
)
def test_a_path_that_leaves_the_folder_is_refused(text: str) -> None:
    Path("data/link.gif").symlink_to(Path("outside.gif").absolute())
    text = text.replace("ABSOLUTE", str(Path("outside.gif").absolute()))
    content = f"prompt,ref\nx,{text}\n"

    refused = plan(content, "data/r.csv")

    assert refused.errors == [f"data/r.csv:2:3: ref: `{text}` is outside the folder `data`"]
    assert len(references(plan(content, "data/r.csv", allow_outside=True))) == 1


def test_a_file_that_a_flag_names_is_still_outside_for_rows() -> None:
    planned = plan("prompt,ref\nx,../outside.gif\n", "data/r.csv", [("--source", "outside.gif")])

    assert len(planned.errors) == 1


def test_a_cell_in_a_path_of_a_flag_stays_in_the_folder_that_was_typed() -> None:
    flags = [("--ref", "data/pics/{{sku}}.gif")]

    planned = plan("prompt,sku\nx,a\ny,../b\n", "r.csv", flags)

    assert [file.path for file in references(planned)] == [Path("data/pics/a.gif")]
    assert planned.errors == ["r.csv:3:1: `data/pics/../b.gif` is outside the folder `data/pics`"]


def test_a_path_that_is_all_cell_is_data() -> None:
    planned = plan("prompt,photo\nx,b.gif\n", "data/r.csv", [("--ref", "{{photo}}")])

    assert [file.path for file in references(planned)] == [Path("data/b.gif")]


def test_at_in_data_is_text_unless_files_are_embedded() -> None:
    Path("data/words.txt").write_text("a fox")
    content = "prompt,user_id\n@words.txt,@nobody\n"

    assert plan(content, "data/r.csv").bodies == [{"prompt": "@words.txt", "user_id": "@nobody"}]
    assert plan(content, "data/r.csv", embed_files=True).bodies == [
        {"prompt": "a fox", "user_id": "@nobody"}
    ]


def test_an_embedded_file_must_not_be_outside_either() -> None:
    Path("secret.txt").write_text("secret")

    planned = plan("prompt\n@../secret.txt\n", "data/r.csv", embed_files=True)

    assert planned.errors == ["data/r.csv:2:1: `../secret.txt` is outside the folder `data`"]


def test_a_prompt_file_is_read_from_the_folder() -> None:
    Path("data/words.txt").write_text("a fox\n")

    planned = plan("id,prompt_file\n1,words.txt\n2,../r.txt\n", "data/r.csv")

    assert planned.bodies == [{"prompt": "a fox"}]
    assert planned.errors == [
        "data/r.csv:3:3: prompt_file: `../r.txt` is outside the folder `data`"
    ]


def test_an_animated_picture_is_refused_with_a_command() -> None:
    frame = b"\x2c" + b"\0" * 8 + b"\0" + b"\x02\x01\0\0"
    Path("data/moving.gif").write_bytes(b"GIF89a\1\0\1\0\0\0\0" + frame * 2 + b";")

    planned = plan("prompt,ref\nx,moving.gif\n", "data/r.csv")

    assert planned.errors == [
        "data/r.csv:2:3: image_ref[0]: `data/moving.gif` is an animated GIF; the API accepts still"
        " ones"
    ]


def test_rows_from_a_pipe_name_files_of_the_working_directory() -> None:
    os.mkfifo("pipe")
    writer = Thread(target=Path("pipe").write_text, args=['{"prompt": "x", "ref": "outside.gif"}'])
    writer.start()

    planned = plan(None, "pipe")

    writer.join()
    assert [file.path for file in references(planned)] == [Path("outside.gif")]
