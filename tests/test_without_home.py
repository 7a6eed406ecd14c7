"""A user without a home folder, as `docker run -u 1234` makes one: real processes, no `HOME`."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.installed

# Nobody has this number, so that the system knows no home of it either.
_STRANGER = 54_321
RUN = "from luma_cli.__main__ import run; run()"
NO_ENTRY = "import pwd\ndef unknown(_): raise KeyError\npwd.getpwuid = unknown\n" + RUN
NO_JOURNAL = (
    "error: there is no place for the journal: this user has no home folder\n"
    "hint: set `LUMA_STATE_DIR` to a folder, or submit with `--no-history`\n"
)
NO_CONFIG = (
    "error: there is no place for the config file: this user has no home folder\n"
    "hint: set `LUMA_CONFIG_FILE` to the path of a file\n"
)


def becoming(user: int) -> list[str]:
    """Return the words that start a program as a user of this number."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


def may_become(user: int) -> bool:
    """Return whether a process may run as another user, and finds this interpreter then."""
    try:
        subprocess.run([*becoming(user), sys.executable, "-c", "import luma_cli"], check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@pytest.fixture(params=["no entry", "stranger"])
def luma(request: pytest.FixtureRequest, sandbox: dict[str, str], tmp_path: Path) -> Any:
    """The program of a user without a home, in a folder that everybody may write to."""
    environ = {name: value for name, value in sandbox.items() if name != "HOME"}
    program, identity = NO_ENTRY, list[str]()
    if request.param == "stranger":
        if not may_become(_STRANGER):
            pytest.skip("only root may become another user")
        program = RUN
        identity = becoming(_STRANGER)
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & stat.S_IXOTH:
                folder.chmod(0o755)
    work = tmp_path / "anywhere"
    work.mkdir()
    work.chmod(0o777)

    def run(*argv: str, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*identity, sys.executable, "-c", program, *argv],
            env=environ | more,
            cwd=work,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert not (work / "~").exists()
        return done

    return run


def test_what_needs_no_folder_works(luma: Any) -> None:
    created = luma("generations", "create", "--prompt", "x", "--no-history", "-o", "fox.png")
    assert created.returncode == 0
    assert "warning" not in created.stderr
    for argv in (
        ["--help"],
        ["cost", "--prompt", "x"],
        ["config", "list"],
        ["auth", "status"],
        ["generations", "create", "--prompt", "x", "--dry-run"],
        ["completion", "bash"],
        ["files", "list"],
    ):
        done = luma(*argv)
        assert (done.returncode, done.stderr) == (0, ""), argv


def test_there_is_no_history(luma: Any) -> None:
    assert luma("generations", "list").stderr == "note: this machine has no history yet\n"
    assert luma("generations", "resume").stderr == "note: nothing is left to do\n"
    last = luma("generations", "get", "@last")
    assert (last.returncode, last.stderr) == (
        2,
        "error: there is no `@last`: this machine has no history\n",
    )


def test_a_submission_names_the_ways_out_and_they_work(luma: Any, tmp_path: Path) -> None:
    create = ("generations", "create", "--prompt", "x")

    refused = luma(*create)

    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", NO_JOURNAL)
    assert luma(*create, "--no-history").returncode == 0
    state = str(tmp_path / "anywhere" / "state")
    assert luma(*create, LUMA_STATE_DIR=state).returncode == 0
    assert luma("generations", "get", "@last", LUMA_STATE_DIR=state).returncode == 0
    assert luma(*create, XDG_STATE_HOME=state).returncode == 0


@pytest.mark.parametrize("argv", [["config", "path"], ["config", "set", "format", "json"]])
def test_the_config_file_has_a_way_out(luma: Any, tmp_path: Path, argv: list[str]) -> None:
    done = luma(*argv)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", NO_CONFIG)

    file = str(tmp_path / "anywhere" / "config.toml")
    assert luma(*argv, LUMA_CONFIG_FILE=file).returncode == 0


def test_scripts_of_completion_have_a_way_out(luma: Any, tmp_path: Path) -> None:
    done = luma("completion", "bash", "--install")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: there is no place for completion scripts: this user has no home folder\n"
        "hint: set `XDG_DATA_HOME` to a folder\n"
    )
    folder = str(tmp_path / "anywhere" / "share")
    assert luma("completion", "bash", "--install", XDG_DATA_HOME=folder).returncode == 0


def test_a_file_in_place_of_the_home_is_an_error(luma: Any) -> None:
    done = luma("generations", "create", "--prompt", "x", HOME="/dev/null")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: cannot use the journal `/dev/null/.local/state/")
