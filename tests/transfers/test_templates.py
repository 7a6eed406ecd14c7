"""Names by a template: safe on any system, never the same for two outputs."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.errors import UsageError
from luma_cli.transfers.templates import TOKENS, check_template, name_of
from tests.support.installed import shell

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
def test_a_template_makes_safe_names(template: str, prompt: str, count: int) -> None:
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


@pytest.mark.parametrize(
    ("template", "extension", "count", "name"),
    [
        ("fox.png", "png", 1, "fox.png"),
        ("FOX.PNG", "png", 1, "FOX.PNG"),
        ("fox.jpeg", "jpg", 1, "fox.jpeg"),
        ("fox.jpg", "jpg", 1, "fox.jpg"),
        ("fox.m4v", "mp4", 1, "fox.m4v"),
        ("fox.v2", "png", 1, "fox.v2.png"),
        ("fox.jpg", "png", 1, "fox.jpg.png"),
        ("fox.png.{ext}", "png", 1, "fox.png"),
        (".png", "png", 1, "png.png"),
        ("fox..png", "png", 1, "fox.png"),
        ("CON.png", "png", 1, "_CON.png"),
        ("fox.png", "png", 2, "fox-1.png"),
        ("fox.mp4", "exr", 2, "fox-1.exr"),
        ("fox.v2", "png", 2, "fox.v2-1.png"),
        ("{index}.png", "png", 2, "1.png"),
        ("{prompt}.png", "png", 1, "a-red-fox,-in-the-snow.png"),
        ("x" * 300 + ".png", "png", 1, "x" * 251 + ".png"),
    ],
)
def test_an_extension_that_fits_the_content_is_not_added_twice(
    template: str, extension: str, count: int, name: str
) -> None:
    assert name_of(template, FACTS | {"ext": extension}, count) == name


@pytest.mark.parametrize(
    ("template", "name"),
    [
        *((name, f"_{name}.png") for name in ("nul", "COM1", "LPT\u00b9", "CONIN$", "aux.tar")),
        ("con .x", "_con .x.png"),
        ("fox. . .", "fox.png"),
        ("a\u2028b\u200fc\u202ed\u061ce\u2066f\ufeffg\u200bh", "a_b_c_d_e_f_g_h.png"),
        ("\U0001f468\u200d\U0001f467", "\U0001f468\u200d\U0001f467.png"),
        ("\U0001f98a" * 100, "\U0001f98a" * 62 + ".png"),
        ("e\u0301" * 200, "\u00e9" * 125 + ".png"),
        ("a\udce9b\ud800c", "a_b_c.png"),
        ("\ufffe\uffff", "__.png"),
    ],
)
def test_marks_reserved_names_emoji_and_halves_of_characters(template: str, name: str) -> None:
    assert name_of(template, FACTS, 1) == name


@pytest.mark.parametrize("encoding", ["iso8859-1", "ascii", "utf-8", "cp1252", "euc_jp", "gb18030"])
@given(text=st.text(st.characters(exclude_characters="{}/\\")), count=st.integers(1, 2))
def test_a_name_can_be_spelled_in_any_locale(encoding: str, text: str, count: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "getfilesystemencoding", lambda: encoding)
        names = {
            name_of(text, FACTS | {"prompt": text, "index": str(index)}, count)
            for index in range(count)
        }

    assert len(names) == count
    for name in names:
        assert len(name.encode(encoding)) <= 255
        assert unicodedata.is_normalized("NFC", name)
        assert not re.search(r'[\x00-\x1f/\\<>:"|?*\u2028\u2029\u202a-\u202e]|^\.|[ .]$', name)


@pytest.mark.parametrize("locale", ["C", "POSIX", "xx_XX.ISO-8859-1", "C.UTF-8"], ids=str)
@pytest.mark.parametrize("utf8_mode", ["0", "1"])
def test_a_real_process_saves_under_any_name_in_any_locale(
    sandbox: dict[str, str], tmp_path: Path, locale: str, utf8_mode: str
) -> None:
    if "ISO" in locale:
        make = f"localedef -i en_US -f ISO-8859-1 '{tmp_path}/{locale}' 2>/dev/null"
        if shell(make, sandbox).returncode not in (0, 1) or not (tmp_path / locale).exists():
            pytest.skip("no sources of locales here")
    environ = sandbox | {
        "LC_ALL": locale,
        "LOCPATH": str(tmp_path),
        "PYTHONUTF8": utf8_mode,
        "PYTHONCOERCECLOCALE": "0",
    }
    done = shell(
        "luma-agents-cli generations create -q --prompt '\u72d0 caf\u00e9 \U0001f98a' -d out"
        " --name '{prompt}\u72d0.png' --poll-interval 100ms --transform files.0.path -r",
        environ,
    )

    assert (done.returncode, done.stderr) == (0, "")
    (saved,) = Path("out").iterdir()
    assert saved.suffix == ".png"
    if utf8_mode == "1" or locale == "C.UTF-8":
        assert saved.name == "\u72d0-caf\u00e9-\U0001f98a\u72d0.png"
