"""A lock beside a file: one at a time, bounded, private, and gone afterwards."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from luma_cli.errors import ConfigFileError
from luma_cli.file_lock import _lock_by_fcntl, _lock_by_portalocker, locked
from luma_cli.settings.file import load, set_value, unset_value
from tests.support.installed import LUMA

KEYS = ["format", "base_url", "quiet", "verbose", "max_retries", "upload", "transform", "debug"]
VALUES = ["json", "https://a.test", "true", "true", "3", "never", "id", "false"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "config.toml"


def start(path: Path, *words: str) -> subprocess.Popen[bytes]:
    environ = {"LUMA_CONFIG_FILE": str(path), "HOME": str(path.parent.parent), "LANG": "C.UTF-8"}
    return subprocess.Popen([LUMA, *words], env=environ, stdin=subprocess.PIPE)


def test_eight_processes_that_change_the_config_at_once_lose_nothing(path: Path) -> None:
    started = [
        start(path, "config", "set", key, value) for key, value in zip(KEYS, VALUES, strict=True)
    ]
    started.append(start(path, "auth", "login", "--with-token", "--profile", "work"))
    for process in started:
        process.communicate(b"luma-api-abcdefgh\n", timeout=60)

    assert [process.returncode for process in started] == [0] * 9
    document = load(path)
    assert document.pop("profiles") == {"work": {"token": "luma-api-abcdefgh"}}
    assert sorted(document) == sorted(KEYS)
    assert list(path.parent.iterdir()) == [path]


def test_many_changes_in_threads_of_a_process_lose_nothing(path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: set_value(path, f"p{n}", "format", "json"), range(24)))

    assert len(load(path)["profiles"]) == 24
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_lock_is_private_and_gone_afterwards(path: Path) -> None:
    path.parent.mkdir()
    lock = path.parent / ".config.toml.lock"

    with locked(path):
        assert stat.S_IMODE(lock.stat().st_mode) == 0o600

    assert list(path.parent.iterdir()) == []


def test_a_lock_that_is_never_released_is_reported(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    path.write_text('format = "json"\n')
    monkeypatch.setattr("luma_cli.settings.file.LONGEST_WAIT_SECONDS", 0.05)
    with (
        locked(path),
        pytest.raises(ConfigFileError, match="another process is changing it") as refusal,
    ):
        set_value(path, None, "format", "raw")

    assert refusal.value.hint == f"retry; if nothing runs, remove `{path.parent}/.config.toml.lock`"
    assert path.read_text() == 'format = "json"\n'
    assert list(path.parent.iterdir()) == [path]


def test_the_lock_of_a_killed_process_is_free(path: Path) -> None:
    path.parent.mkdir()
    holder = (
        "import sys, time; from pathlib import Path; from luma_cli.file_lock import locked\n"
        "with locked(Path(sys.argv[1])): print(flush=True); time.sleep(60)"
    )
    killed = subprocess.Popen([sys.executable, "-c", holder, path], stdout=subprocess.PIPE)
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.kill()
    killed.communicate()

    set_value(path, None, "format", "raw")

    assert list(path.parent.iterdir()) == [path]


def test_a_link_in_the_place_of_the_lock_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    (path.parent / ".config.toml.lock").symlink_to(tmp_path / "victim")

    with pytest.raises(ConfigFileError, match="cannot write the config file"):
        set_value(path, None, "format", "raw")

    assert not (tmp_path / "victim").exists()


@pytest.mark.parametrize(
    "lock",
    [lambda fd: _lock_by_fcntl(fd, shared=False), _lock_by_portalocker],
    ids=["fcntl", "portalocker"],
)
def test_a_lock_that_another_has_is_a_blocking_error(
    lock: Callable[[int], None], tmp_path: Path
) -> None:
    with (tmp_path / "lock").open("w") as ours, (tmp_path / "lock").open("w") as theirs:
        lock(ours.fileno())
        with pytest.raises(BlockingIOError):
            lock(theirs.fileno())
        ours.close()
        lock(theirs.fileno())


def test_a_file_that_cannot_be_locked_is_an_error_of_the_system() -> None:
    closed = os.open(os.devnull, os.O_RDONLY)
    os.close(closed)
    with pytest.raises(OSError, match="Bad file descriptor") as failure:
        _lock_by_portalocker(closed)
    assert not isinstance(failure.value, BlockingIOError)


def test_portalocker_is_imported_on_windows_only(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from luma_cli.file_lock import locked\n"
        "with locked(Path(sys.argv[1])): print('portalocker' in sys.modules)"
    )
    path.parent.mkdir()
    said = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"{sys.platform == 'win32'}\n"


def test_nothing_is_made_to_remove_what_is_not_there(path: Path) -> None:
    assert not unset_value(path, None, "format")
    assert not path.parent.exists()
