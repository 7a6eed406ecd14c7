"""The config file on disk: private, kept as written, and said to be wrong where it is."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luma_cli.errors import ConfigFileError, LumaError, UsageError
from luma_cli.settings.declarations import CONFIG_KEYS, SETTINGS, Setting, shown_value
from luma_cli.settings.file import load, set_value, unknown_keys, unset_value
from luma_cli.settings.resolve import resolve
from tests.support.fake_api import FakeApi
from tests.support.program import PLAIN_KEY, Program, Result

posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
# A surrogate is no character; a file in UTF-8 cannot hold one.
texts = st.text(st.characters(exclude_categories=["Cs"]))

COMMENTED = """\
# mine
format = "json" # for jq

[profiles.work] # the other account
# a key of its own
token = "luma-api-work"
quiet = true
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "config.toml"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix_only
def test_a_new_file_and_its_folder_are_private(path: Path) -> None:
    set_value(path, None, "format", "json")

    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert list(path.parent.iterdir()) == [path]


@posix_only
def test_a_change_makes_a_readable_file_private(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("quiet = true\n")
    path.chmod(0o644)

    set_value(path, None, "format", "json")

    assert mode(path) == 0o600


def test_comments_survive_changes(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(COMMENTED)

    set_value(path, None, "format", "raw")
    set_value(path, "work", "token", "luma-api-new")
    assert unset_value(path, "work", "quiet")

    assert path.read_text() == COMMENTED.replace('"json"', '"raw"').replace(
        "luma-api-work", "luma-api-new"
    ).replace("quiet = true\n", "")


@pytest.mark.parametrize(("profile", "key"), [(None, "quiet"), ("home", "token")])
def test_an_unset_key_cannot_be_removed(path: Path, profile: str | None, key: str) -> None:
    path.parent.mkdir()
    path.write_text(COMMENTED)

    assert not unset_value(path, profile, key)
    assert path.read_text() == COMMENTED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('format = "json"\nbase_url = oops\n', "is invalid at line 2, column 12: invalid value"),
        ("quiet = true\n[profiles.work\n", "is invalid at line 2, column 15: "),
        ('format = "js', "is invalid at line 1, column 13: "),
        ("a = 1\na = 2\n", "is invalid at line 2, column 6: cannot overwrite a value"),
        ("profiles = 1\n", "is invalid: `profiles` must hold one table per profile"),
        ("[profiles]\nwork = 1\n", "is invalid: `profiles` must hold one table per profile"),
    ],
)
def test_a_syntax_error_has_its_position(bare_luma: Program, text: str, message: str) -> None:
    bare_luma.config_file.parent.mkdir()
    bare_luma.config_file.write_text(text)

    for argv in (["list"], ["set", "format", "json"], ["unset", "format"]):
        result = bare_luma("config", *argv)

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"error: the config file `[CONFIG]` {message}")
        assert bare_luma.config_file.read_text() == text


def test_a_config_file_that_is_not_text_is_an_error(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigFileError, match="is not UTF-8 text"):
        load(path)


def test_unknown_keys_only_warn(bare_luma: Program) -> None:
    bare_luma.config_file.parent.mkdir()
    bare_luma.config_file.write_text('colour = 1\nformat = "json"\n[profiles.work]\ntocken = "x"\n')

    result = bare_luma("config", "get", "format")

    assert result == Result(
        0,
        "json\n",
        "warning: unknown key `colour` in [CONFIG]\n"
        "warning: unknown key `profiles.work.tocken` in [CONFIG]\n",
    )


@posix_only
def test_others_who_can_read_the_key_in_use_are_warned_about(luma: Program, api: FakeApi) -> None:
    luma.config_file.parent.mkdir()
    luma.config_file.write_text(f'token = "{PLAIN_KEY}"\n')
    luma.config_file.chmod(0o640)

    from_environment = luma("config", "get", "token")
    del luma.environ["LUMA_AGENTS_API_KEY"]
    from_file = luma("config", "get", "token")
    luma.config_file.chmod(0o600)
    private = luma("config", "get", "token")

    assert from_environment == Result(0, "****cdef\n", "")
    assert from_file == Result(
        0, "****cdef\n", "warning: other users can read the key: run `chmod 600 [CONFIG]`\n"
    )
    assert private == Result(0, "****cdef\n", "")
    assert api.sent == []


@posix_only
def test_a_linked_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "luma.toml"
    kept.parent.mkdir()
    kept.write_text("quiet = true\n")
    path.parent.mkdir()
    path.symlink_to(kept)

    set_value(path, None, "format", "json")

    assert path.is_symlink()
    assert load(kept) == {"quiet": True, "format": "json"}


@given(profile=texts, value=texts)
def test_what_is_set_is_loaded(profile: str, value: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        set_value(path, profile, "token", value)
        set_value(path, None, "base_url", value)

        assert load(path) == {"profiles": {profile: {"token": value}}, "base_url": value}


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="root may write into any folder"
)
def test_a_failed_write_leaves_the_old_file(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("quiet = true\n")
    path.parent.chmod(0o500)
    try:
        with pytest.raises(ConfigFileError, match="cannot write the config file"):
            set_value(path, None, "format", "json")
    finally:
        path.parent.chmod(0o700)

    assert path.read_text() == "quiet = true\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_config_folder_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ConfigFileError, match="cannot write the config file"):
        set_value(tmp_path / "file" / "config.toml", None, "format", "json")

    assert (tmp_path / "file").read_text() == "in the way"


def test_unknown_keys_are_those_without_a_setting() -> None:
    document = {"format": 1, "x": 1, "profile": 1, "profiles": {"a": {"token": 1, "y": 1}}}

    assert list(unknown_keys(document)) == ["x", "profiles.a.y"]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "it is not a regular file"),
        (Path.mkdir, "it is a folder"),
        (lambda path: path.symlink_to("/dev/zero"), "it is not a regular file"),
        (lambda path: path.symlink_to(path), ""),
        (lambda path: path.write_bytes(b"#" * (1024 * 1024 + 1)), "it is larger than 1 MiB"),
        (lambda path: path.write_text(f"a = {'9' * 5000}"), "a number has too many digits"),
        (lambda path: path.write_text(f"token = 0x{'f' * 5000}"), ""),
        (lambda path: path.write_text(f"a = {'[' * 5000}"), "it is nested too deeply"),
        (lambda path: path.write_text("a" + ".a" * 5000 + " = 1"), ""),
        (lambda path: path.write_text("a = 2026-13-41"), "is invalid at line 1"),
        (lambda path: path.write_bytes(b"a = 'x\x00'"), "invalid character"),
        (lambda path: path.write_bytes(b"\xff\xfea"), "is not UTF-8 text"),
    ],
)
@pytest.mark.parametrize("command", ["list", "set quiet true", "unset quiet"])
def test_any_config_file_is_read_or_reported_and_left_unchanged(
    bare_luma: Program, make: Callable[[Path], object], reason: str, command: str
) -> None:
    bare_luma.config_file.parent.mkdir()
    make(bare_luma.config_file)

    result = bare_luma("config", *command.split())

    if reason:
        assert (result.exit_code, result.stdout) == (2, "")
        assert "the config file `" in result.stderr
        assert reason in result.stderr
        assert result.stderr.splitlines()[-1].endswith("set `LUMA_CONFIG_FILE` to use another file")
    assert result.exit_code in (0, 2)
    assert list(bare_luma.config_file.parent.iterdir()) == [bare_luma.config_file]


def test_no_config_at_all_is_asked_for_with_the_null_device(bare_luma: Program) -> None:
    bare_luma.config_file = Path(os.devnull)

    assert bare_luma("config", "get", "quiet").exit_code == 1
    assert bare_luma("config", "set", "quiet", "true").exit_code == 2
    assert Path(os.devnull).is_char_device()


def test_a_value_that_is_not_text_is_an_error(bare_luma: Program) -> None:
    result = bare_luma("config", "set", "transform", "a\udcff")

    assert (result.exit_code, result.stdout) == (2, "")
    assert not bare_luma.config_file.exists()


SCALARS = st.one_of(
    *(st.booleans(), st.integers(), st.floats(), texts, st.dates(), st.datetimes(), st.times())
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(texts, inner))
TABLES = st.dictionaries(st.sampled_from([*CONFIG_KEYS, "colour"]) | texts, VALUES)
DOCUMENTS = st.builds(
    lambda table, profiles: table | {"profiles": profiles},
    TABLES,
    st.dictionaries(st.sampled_from(["default", "work"]) | texts, TABLES),
)


@settings(deadline=None)
@given(content=st.binary() | st.text("ab=[]{}.\"'\n#-:T019_x").map(str.encode))
def test_any_bytes_are_a_document_or_a_config_file_error(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_bytes(content)
        try:
            before = load(path)
        except ConfigFileError:
            before = None
        try:
            set_value(path, None, "format", "json")
        except ConfigFileError:
            assert path.read_bytes() == content
            return
        assert before is not None
        assert {**load(path), **before}.keys() == {**before, "format": 0}.keys()
        assert load(path)["format"] == "json"


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(document=DOCUMENTS | VALUES.map(lambda value: {"profiles": value}), data=st.data())
def test_any_document_gives_settings_or_a_luma_error(
    document: dict[str, Any], data: st.DataObject
) -> None:
    import tomlkit

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        try:
            path.write_text(str(tomlkit.dumps(document)), "utf-8")
        except (ValueError, TypeError):
            return  # what TOML cannot say
        profile = data.draw(st.sampled_from(["default", "work", ""]) | texts)
        try:
            loaded = load(path)
            assert list(unknown_keys(loaded)) is not None
            resolve({}, {"LUMA_PROFILE": profile}, loaded)
        except LumaError:
            return


@given(text=st.text(), setting=st.sampled_from(SETTINGS))
def test_any_text_of_a_setting_is_a_value_or_a_usage_error(text: str, setting: Setting) -> None:
    with contextlib.suppress(UsageError):
        shown_value(setting, setting.parse(text))


def test_what_the_editing_library_would_garble_is_left_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    path.write_text(COMMENTED)
    monkeypatch.setattr("tomlkit.dumps", lambda _: 'format = "json"\n')

    with pytest.raises(ConfigFileError, match="cannot be changed without loss"):
        set_value(path, None, "format", "json")

    assert path.read_text() == COMMENTED
