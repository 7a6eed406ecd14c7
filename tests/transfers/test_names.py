"""Names of downloaded files: they tell the kind, and cannot leave the folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.transfers.names import default_name
from luma_cli.transfers.target import Target

URL = "https://storage.test/a/output.png?X-Amz-Signature=s.exe"


@pytest.mark.parametrize(
    ("content_type", "url", "extension"),
    [
        ("image/png", URL, "png"),
        ("image/jpeg", URL, "jpg"),
        ("IMAGE/WEBP; charset=x", URL, "webp"),
        ("image/x-exr", URL, "exr"),
        ("video/mp4", URL, "mp4"),
        ("application/zip", URL, "zip"),
        ("application/octet-stream", URL, "png"),
        ("", URL, "png"),
        ("text/html", "https://storage.test/a.MOV", "mov"),
        ("", "https://storage.test/a%2Eexr", "exr"),
        ("", "https://storage.test/a", "bin"),
        ("", "https://storage.test/a.b/c", "bin"),
        ("", "https://storage.test/a.%2e%2e%2fx", "bin"),
        ("", "https://storage.test/a.toolong", "bin"),
        ("", "https://storage.test/a.", "bin"),
        ("", "", "bin"),
    ],
)
def test_the_content_type_tells_the_extension_and_else_the_url(
    content_type: str, url: str, extension: str
) -> None:
    assert default_name("gen_1", 0, 1, content_type, url) == f"gen_1.{extension}"


@pytest.mark.parametrize(
    ("generation_id", "index", "count", "name"),
    [
        ("gen_1", 0, 1, "gen_1.png"),
        ("gen_1", 0, 2, "gen_1-0.png"),
        ("gen_1", 11, 12, "gen_1-11.png"),
        ("../../etc/passwd", 0, 1, "_.._etc_passwd.png"),
        (".hidden", 0, 1, "hidden.png"),
        ("..", 0, 1, "generation.png"),
        ("", 1, 2, "generation-1.png"),
        ("a b\n\u202ec", 0, 1, "a_b__c.png"),
        ("x" * 300, 0, 1, "x" * 100 + ".png"),
    ],
)
def test_the_id_is_the_name(generation_id: str, index: int, count: int, name: str) -> None:
    assert default_name(generation_id, index, count, "image/png", url=URL) == name


@given(
    generation_id=st.text(),
    index=st.integers(0, 999),
    count=st.integers(1, 1000),
    content_type=st.text(),
    path=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_a_file_name_cannot_leave_its_folder(
    generation_id: str, index: int, count: int, content_type: str, path: str
) -> None:
    name = default_name(generation_id, index, count, content_type, f"https://storage.test/a.{path}")

    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*\.[a-z0-9]{1,5}", name)
    assert len(name) <= 120


@pytest.mark.parametrize(
    ("target", "count", "path"),
    [
        (Target(), 1, "gen_1.png"),
        (Target(folder=Path("out/deep")), 2, "out/deep/gen_1-1.png"),
        (Target(output=Path("out/fox.jpg")), 1, "out/fox.jpg"),
        (Target(output=Path("out/fox.jpg")), 2, "out/fox-1.png"),
        (Target(output=Path("fox")), 2, "fox-1.png"),
    ],
)
def test_where_an_output_goes(target: Target, count: int, path: str) -> None:
    assert target.path("gen_1", 1, count, "image/png", url=URL) == Path(path)
