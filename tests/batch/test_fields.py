"""Columns and keys set the fields that flags of `create` set, by the same road."""

from __future__ import annotations

from typing import Any

import pytest

from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.body.build import build_body
from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.errors import UsageError
from tests.batch.planning import plan
from tests.support.flags import occurrences

URL, OTHER_URL = "https://pics.test/a.png", "https://pics.test/b.png"
TEXTS = {
    Kind.TEXT: "null",
    Kind.NULLABLE_TEXT: "null",
    Kind.SWITCH: "true",
    Kind.NULLABLE_SWITCH: "false",
    Kind.REFERENCE: URL,
    Kind.REFERENCE_ELEMENT: URL,
    Kind.KEYFRAME: f"24={URL}",
    Kind.ELEMENT: f"{{url: '{URL}'}}",
    Kind.ELEMENT_FIELD: "x",
    Kind.DOCUMENT: "[0, 24]",
}
MAPPINGS = {
    "--layering": "{resolution: 2k}",
    "--video": "{duration: 5s, loop: true}",
    "--video.edit": "{strength: flex_1}",
    "--video.source-position": "{x_norm: 0.5}",
}
LIKE_FLAGS = [
    each for each in GENERATION_FLAGS if each.kind not in (Kind.PARAMETER, Kind.TEXT_FILE)
]


def text_for(declared: BodyFlag) -> str:
    if declared.kind is Kind.MAPPING:
        return MAPPINGS.get(declared.flag.name, f"{{url: '{URL}'}}")
    return TEXTS[declared.kind]


@pytest.mark.parametrize("declared", LIKE_FLAGS, ids=lambda declared: declared.flag.name)
def test_a_column_named_as_a_flag_sets_what_the_flag_sets(declared: BodyFlag) -> None:
    text, column = text_for(declared), declared.flag.name.removeprefix("--")
    quoted = text.replace('"', '""')
    content = f'"{column}","body.prompt"\n"{quoted}",x\n'

    planned = plan(content, check=False)

    expected = build_body(occurrences([(declared.flag.name, text), ("--param", "prompt=x")]), str)
    assert planned.errors == []
    assert planned.bodies == [expected]
    assert plan(content.replace("-", "_", column.count("-")), check=False).bodies == [expected]


@pytest.mark.parametrize(
    ("columns", "row", "body"),
    [
        ("video.duration", "10s", {"video": {"duration": "10s"}}),
        ("video.edit.strength", "flex_2", {"video": {"edit": {"strength": "flex_2"}}}),
        (
            "video.edit.controls.depth.blur",
            "0.5",
            {"video": {"edit": {"controls": {"depth": {"blur": 0.5}}}}},
        ),
        (
            "ref.2,ref.1",
            f"{URL},gen:{'a' * 36}",
            {"image_ref": [{"generation_id": "a" * 36}, {"url": URL}]},
        ),
        ("ref", f"{URL} | {OTHER_URL}", {"image_ref": [{"url": URL}, {"url": OTHER_URL}]}),
        ("image_ref", URL, {"image_ref": [{"url": URL}]}),
        ("body.new_field", "{a: [1]}", {"new_field": {"a": [1]}}),
        ("body.video.new", "7", {"video": {"new": 7}}),
    ],
)
def test_columns_are_paths_lists_and_any_field(columns: str, row: str, body: Any) -> None:
    planned = plan(f"prompt,{columns}\nx,{row}\n", check=False)

    assert planned.bodies == [{"prompt": "x", **body}]


@pytest.mark.parametrize(
    ("row", "body"),
    [
        ('"web_search": true', {"web_search": True}),
        ('"ref": ["URL", {"file_id": "f"}]', {"image_ref": [{"url": URL}, {"file_id": "f"}]}),
        ('"ref": "URL | file:f"', {"image_ref": [{"url": URL}, {"file_id": "f"}]}),
        ('"source": {"file_id": "f"}', {"source": {"file_id": "f"}}),
        (
            '"video": {"start_frame": "URL", "duration": "10s"}, "resolution": "720p"',
            {"video": {"start_frame": {"url": URL}, "duration": "10s", "resolution": "720p"}},
        ),
        (
            '"keyframe": ["0=URL"]',
            {"video": {"keyframe_indexes": [0], "keyframes": [{"url": URL}]}},
        ),
        ('"body.n": 1.5', {"n": 1.5}),
        ('"aspect_ratio": null', {"aspect_ratio": None}),
    ],
)
def test_keys_of_json_have_values_of_any_type(row: str, body: Any) -> None:
    planned = plan(f'{{"prompt": "x", {row.replace("URL", URL)}}}', "r.jsonl", check=False)

    assert planned.errors == []
    assert planned.bodies == [{"prompt": "x", **body}]


def test_a_number_for_a_text_is_left_to_the_rules() -> None:
    planned = plan('{"prompt": "x", "type": "video", "model": "ray-3.2", "duration": 5}', "r.jsonl")

    assert planned.errors == ["r.jsonl:1:66: video.duration: must be a string"]


def test_a_row_overrides_defaults_which_override_flags() -> None:
    content = (
        "defaults: {style: manga, video: {loop: true, duration: 5s}, ref: [file:d]}\n"
        "jobs:\n"
        "- {prompt: x, video: {duration: 10s}}\n"
        "- {prompt: y, style: auto, ref: file:r}\n"
    )
    flags = [("--model", "ray-3.2"), ("--style", "auto"), ("--resolution", "360p"), ("--ref", URL)]

    planned = plan(content, "r.yaml", flags, check=False)

    video = {"resolution": "360p", "loop": True}
    assert planned.bodies == [
        {
            "model": "ray-3.2",
            "style": "manga",
            "prompt": "x",
            "image_ref": [{"file_id": "d"}],
            "video": {**video, "duration": "10s"},
        },
        {
            "model": "ray-3.2",
            "style": "auto",
            "prompt": "y",
            "image_ref": [{"file_id": "r"}],
            "video": {**video, "duration": "5s"},
        },
    ]


def test_override_beats_the_row_and_may_use_it() -> None:
    planned = plan(
        "prompt,style,tag\nfox,manga,a\n",
        override=("style=auto", "prompt={{prompt}}, studio light", "tag=b"),
    )

    assert planned.bodies == [{"prompt": "fox, studio light", "style": "auto"}]
    assert planned.jobs[0].tag == "b"


def test_a_reference_replaces_another_one_whole() -> None:
    planned = plan(
        "prompt,source\nx,gen:" + "a" * 36 + "\ny,\n",
        flags=[("--source", URL), ("--type", "image_edit")],
    )

    assert [body["source"] for body in planned.bodies] == [
        {"generation_id": "a" * 36},
        {"url": URL},
    ]


def test_the_media_type_of_one_row_is_not_that_of_the_next() -> None:
    planned = plan(
        "prompt,type\nx,video_edit\ny,image_edit\n",
        flags=[("--source", "https://pics.test/a.mp4")],
        check=False,
    )

    assert [body["source"].get("media_type") for body in planned.bodies] == ["video/mp4", None]


@pytest.mark.parametrize("text", ["17:4", "uni-9"])
def test_an_unknown_value_is_a_warning_as_the_api_may_be_newer(text: str) -> None:
    column = "model" if text == "uni-9" else "aspect_ratio"
    planned = plan(f"prompt,{column}\nx,{text}\n")

    assert len(planned.jobs) == 1
    assert planned.errors == []
    assert str(planned.problems[0]).startswith(f"shots.csv:2:3: {column}: {text} is not one of ")


def test_no_check_submits_what_the_rules_refuse() -> None:
    content = "prompt,aspect_ratio\nx,4:3\n"

    assert plan(content).jobs == []
    assert len(plan(content, check=False).jobs) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"override": ("style",)}, "`--override style` is not KEY=VALUE"),
        ({"override": ("id=1",)}, "`--override` cannot set `id`"),
        ({"vary": ("style=auto,",)}, "`--vary style=auto,` has an empty value"),
        ({"vary": ("style=auto,auto",)}, "`--vary style=auto,auto` has a value twice"),
        ({"vary": ("style=a", "style=b")}, "`--vary style` is repeated"),
        (
            {"vary": ("style=auto,manga",), "override": ("style=auto",)},
            "`--override style` cannot be combined with `--vary` of the same key",
        ),
    ],
)
def test_flags_of_rows_are_checked_first(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        plan("prompt\nx\n", **options)

    assert raised.value.message == message


def test_a_problem_of_a_flag_is_reported_once_for_all_rows() -> None:
    planned = plan("prompt\nx\ny\n", override=("ref=nope.png",))

    assert planned.errors == [
        "--override ref: ref: cannot read `nope.png`: no such file or directory"
    ]


def test_what_a_flag_gives_to_all_rows_is_reported_once() -> None:
    planned = plan("prompt\nx\ny\n", flags=[("--model", "uni-9"), ("--aspect-ratio", "1:1")])

    assert list(map(str, planned.problems)) == [
        "--model: model: uni-9 is not one of uni-1, uni-1-max, ray-3.2"
    ]
    assert len(planned.jobs) == 2


def test_what_the_defaults_give_to_all_rows_is_reported_once() -> None:
    content = "defaults: {ref: nope.png}\njobs:\n- prompt: x\n- prompt: y\n"

    assert plan(content, "r.yaml").errors == [
        "r.yaml:1:17: ref: cannot read `nope.png`: no such file or directory"
    ]


@pytest.mark.parametrize("column", ["body.", "body..a", "body." + "a." * 200 + "a"])
def test_what_is_no_path_of_a_field_is_an_unknown_column(column: str) -> None:
    planned = plan(f"prompt,{column}\nx,1\n")

    assert planned.errors == [f"shots.csv:1:8: unknown column `{column}`"]
