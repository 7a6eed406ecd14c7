"""Each flag of `create` lands where the API wants it, and nothing else does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from luma_cli.body.body_flag import BodyFlag, Kind
from luma_cli.body.build import build_body
from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.errors import InputFileError, UsageError
from tests.support.flags import occurrences

URL = "https://pics.test/a.png"
# What is typed for a flag of this kind, and the value that it stands for.
EXAMPLES: dict[Kind, tuple[str, Any]] = {
    Kind.TEXT: ("null", "null"),
    Kind.NULLABLE_TEXT: ("16:9", "16:9"),
    Kind.SWITCH: ("true", True),
    Kind.REFERENCE: (URL, {"url": URL}),
    Kind.REFERENCE_ELEMENT: (URL, [{"url": URL}]),
    Kind.TEXT_FILE: ("prompt.txt", "a fox"),
    Kind.NULLABLE_SWITCH: ("true", True),
    Kind.MAPPING: ("{a: 1}", {"a": 1}),
    Kind.DOCUMENT: ("[0, 24]", [0, 24]),
    Kind.ELEMENT: ("{url: a}", [{"url": "a"}]),
}


def build(*typed: tuple[str, str], stdin: str = "") -> dict[str, Any]:
    return build_body(occurrences(typed), lambda: stdin)


def nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for step in reversed(path):
        value = {step: value}
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    "declared",
    [each for each in GENERATION_FLAGS if each.path],
    ids=lambda declared: declared.flag.name,
)
def test_each_flag_lands_at_its_path(declared: BodyFlag) -> None:
    Path("prompt.txt").write_text("a fox\n")
    if declared.kind is Kind.ELEMENT_FIELD:
        *outer, field = declared.path
        assert build((declared.flag.name, "x")) == nested(tuple(outer), [{field: "x"}])
        return
    text, value = EXAMPLES[declared.kind]

    assert build((declared.flag.name, text)) == nested(declared.path, value)
    assert declared.flag.switch == (declared.kind is Kind.SWITCH)


def test_the_flags_without_a_path_are_those_with_a_path_of_their_own() -> None:
    assert [each.flag.name for each in GENERATION_FLAGS if not each.path] == [
        "--param",
        "--keyframe",
    ]


@pytest.mark.parametrize(
    "flag",
    [
        each.flag.name
        for each in GENERATION_FLAGS
        if each.kind in (Kind.NULLABLE_TEXT, Kind.NULLABLE_SWITCH, Kind.MAPPING, Kind.DOCUMENT)
    ],
)
def test_null_is_no_text_where_the_api_takes_null(flag: str) -> None:
    (declared,) = [each for each in GENERATION_FLAGS if each.flag.name == flag]

    assert build((flag, "null")) == nested(declared.path, None)


@pytest.mark.parametrize(
    ("typed", "body"),
    [
        ([], {}),
        ([("--format", "json"), ("--output", "x")], {}),
        ([("--prompt", "a"), ("--prompt", "b")], {"prompt": "b"}),
        ([("--prompt-file", "-")], {"prompt": "from stdin"}),
        (
            [("--ref", "gen:a"), ("--source", "gen:b"), ("--ref", "file:c")],
            {
                "image_ref": [{"generation_id": "a"}, {"file_id": "c"}],
                "source": {"generation_id": "b"},
            },
        ),
        (
            [("--keyframe", "24=gen:a"), ("--keyframe", "0=null")],
            {"video": {"keyframe_indexes": [24, 0], "keyframes": [{"generation_id": "a"}, None]}},
        ),
        (
            [("--hdr", "true"), ("--strength", "subtle"), ("--duration", "5s")],
            {"video": {"hdr": True, "edit": {"strength": "subtle"}, "duration": "5s"}},
        ),
        ([("--param", "seed=7")], {"seed": 7}),
        ([("--param", "video.loop=true"), ("--hdr", "false")], {"video": {"loop": True, "hdr": 0}}),
        ([("--param", "a.b.c=[1, {d: 16:9}]")], {"a": {"b": {"c": [1, {"d": "16:9"}]}}}),
        ([("--param", "a=b=c")], {"a": "b=c"}),
        ([("--param", "a=")], {"a": None}),
        ([("--param", "video=null"), ("--loop", "true")], {"video": {"loop": True}}),
        (
            [("--param", "image_ref=[{url: u}]"), ("--ref", "gen:a")],
            {"image_ref": [{"url": "u"}, {"generation_id": "a"}]},
        ),
        ([("--param", "source={url: u}"), ("--param", "source.url=v")], {"source": {"url": "v"}}),
    ],
)
def test_flags_add_up_in_the_order_of_typing(
    typed: list[tuple[str, str]], body: dict[str, Any]
) -> None:
    assert build(*typed, stdin="from stdin") == body


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            [("--param", "source=1"), ("--param", "source.url=x")],
            "`--param source.url`: `source` is not a mapping",
        ),
        (
            [("--param", "video=fast"), ("--hdr", "true")],
            "`--hdr`: `video` is not a mapping",
        ),
        (
            [("--param", "video.edit=[]"), ("--strength", "subtle")],
            "`--strength`: `edit` is not a mapping",
        ),
        (
            [("--param", "image_ref={url: u}"), ("--ref", "gen:a")],
            "`--ref`: `image_ref` is not a list",
        ),
        ([("--param", "seed")], "`--param seed` is not KEY=VALUE"),
        ([("--param", "=1")], "`--param =1` is not KEY=VALUE"),
        ([("--param", "a..b=1")], "`--param a..b=1` is not KEY=VALUE"),
        ([("--param", "a=[1")], "the value of `a` is not valid YAML or JSON at line 1, column 3"),
        ([("--keyframe", "gen:a")], "`--keyframe gen:a` is not INDEX=REF"),
        ([("--keyframe", "-1=gen:a")], "`--keyframe -1=gen:a` is not INDEX=REF"),
        ([("--keyframe", "1=")], "`--keyframe` is empty"),
        ([("--loop", "maybe")], "`maybe` is neither true nor false"),
    ],
)
def test_flags_that_contradict_each_other_are_refused(
    typed: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(UsageError) as refusal:
        build(*typed)

    assert refusal.value.message.startswith(message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read `prompt.txt`: no such file or directory"),
        (b"caf\xe9", "`prompt.txt` is not UTF-8 text: byte 0xe9 at offset 3"),
        ("a fox".encode("utf-16"), "`prompt.txt` is UTF-16 text, and UTF-8 is needed"),
        ("a fox".encode("utf-32"), "`prompt.txt` is UTF-32 text, and UTF-8 is needed"),
        ("a fox".encode("utf-16-le"), "`prompt.txt` has NUL bytes"),
        (b"", "`prompt.txt` is empty"),
        (b"\xef\xbb\xbf\n", "`prompt.txt` is empty"),
    ],
)
def test_a_prompt_that_cannot_be_read_is_refused(content: bytes | None, message: str) -> None:
    if content is not None:
        Path("prompt.txt").write_bytes(content)

    with pytest.raises(InputFileError) as refusal:
        build(("--prompt-file", "prompt.txt"))

    assert refusal.value.message == message
    assert content is not None or refusal.value.hint == "check the path and its permissions"


@pytest.mark.parametrize(
    ("typed", "source"),
    [
        ([("--source", "https://a.test/x.MP4?sig=1.png")], {"media_type": "video/mp4"}),
        ([("--source", "https://a.test/x.mov#t=1")], {"media_type": "video/quicktime"}),
        ([("--source", "https://a.test/x.webm")], {"media_type": "video/webm"}),
        ([("--source", "https://a.test/x")], {}),
        ([("--source", "https://a.test/x.png")], {}),
        ([("--source", "{url: x.mp4, media_type: video/other}")], {"media_type": "video/other"}),
    ],
)
@pytest.mark.parametrize("kind", ["video_edit", "video_reframe"])
def test_the_server_is_told_the_type_of_a_video_it_has_to_fetch(
    typed: list[tuple[str, str]], source: dict[str, str], kind: str
) -> None:
    sent = build(*typed, ("--type", kind))["source"]

    assert {key: value for key, value in sent.items() if key != "url"} == source
    assert "media_type" not in build(("--source", "https://a.test/x.mp4"))["source"]


@pytest.mark.parametrize("names", [("--prompt", "--prompt-file"), ("--prompt-file", "--prompt")])
def test_a_prompt_comes_from_one_place(names: tuple[str, str]) -> None:
    first, second = names
    with pytest.raises(UsageError) as mistake:
        build((first, "-"), (second, "-"))
    assert mistake.value.message == "`--prompt` cannot be combined with `--prompt-file`"
