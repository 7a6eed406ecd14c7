"""`{{column}}` in texts is replaced by cells, which are data and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from luma_cli.batch.variables import filled
from tests.batch.planning import plan


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a {{x}} b", "a 1 b"),
        ("{{ x }}{{x}}", "11"),
        (r"\{{x}} {{x}}", "{{x}} 1"),
        ("{x} }} {", "{x} }} {"),
        ("{{long name}}", "{{x}}"),
    ],
)
def test_a_variable_is_replaced_once(text: str, shown: str) -> None:
    cells = {"x": "1", "long name": "{{x}}"}

    assert filled(text, cells.get) == shown
    assert filled({"a": [text]}, cells.get) == {"a": [shown]}


def test_texts_of_flags_cells_and_defaults_have_variables() -> None:
    content = (
        "defaults: {style: '{{s}}', tag: 'of {{name}}'}\n"
        "jobs:\n- {name: cup, s: manga, user_id: 'u-{{name}}', count: 1}\n"
    )

    planned = plan(content, "r.yaml", [("--prompt", "{{name}}, {{s}}")], check=False)

    assert planned.bodies == [{"prompt": "cup, manga", "style": "manga", "user_id": "u-cup"}]
    assert planned.jobs[0].tag == "of cup"


def test_a_variable_may_be_varied() -> None:
    planned = plan(
        "sku\n7\n", flags=[("--prompt", "{{sku}} on {{table}}")], vary=("table=oak,ash",)
    )

    assert [body["prompt"] for body in planned.bodies] == ["7 on oak", "7 on ash"]


def test_numbers_and_nothing_are_texts_too() -> None:
    planned = plan(
        '{"n": 1.5, "b": true, "u": null, "o": ["ü"]}',
        "r.jsonl",
        [("--prompt", "{{n}} {{b}}{{u}} {{o}}")],
    )

    assert planned.bodies == [{"prompt": '1.5 true ["ü"]'}]


@pytest.mark.parametrize("flag", ["--prompt", "--user-id"])
def test_a_cell_in_a_text_of_a_flag_names_no_file(flag: str) -> None:
    Path("secret.txt").write_text("secret")
    typed = [(flag, "{{text}}"), ("--param", "prompt='{{text}}'"), ("--video", "{a: '{{text}}'}")]

    planned = plan("text\n@secret.txt\n", flags=typed, check=False)

    assert "secret.txt" in str(planned.bodies)
    assert "'secret'" not in str(planned.bodies)


def test_a_typed_path_with_a_variable_embeds_a_file_of_its_folder() -> None:
    Path("texts").mkdir()
    Path("texts/7.txt").write_text("seven")
    Path("secret.txt").write_text("secret")

    planned = plan("sku\n7\n../secret\n", flags=[("--prompt", "@texts/{{sku}}.txt")])

    assert planned.bodies == [{"prompt": "seven"}]
    assert planned.errors == ["shots.csv:3:1: `texts/../secret.txt` is outside the folder `texts`"]
