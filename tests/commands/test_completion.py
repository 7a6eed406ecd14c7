"""`completion`: the script printed, or put where the shell looks for it."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

import luma_cli
from luma_cli.docgen.shells import FILES, SHELLS
from tests.support.program import Program, Result

SHIPPED = Path(luma_cli.__file__).parents[1] / "completions"


@pytest.mark.parametrize("shell", SHELLS)
def test_it_is_printed(bare_luma: Program, shell: str) -> None:
    expected = Result(0, (SHIPPED / FILES[shell]).read_text(), "")

    assert bare_luma("completion", shell) == expected
    bare_luma.environ["SHELL"] = f"/bin/{shell}"
    assert bare_luma("completion") == expected


@pytest.mark.parametrize(
    ("shell", "folder", "names", "how"),
    [
        (
            "bash",
            ".local/share/bash-completion/completions",
            ["luma-agents-cli.bash", "luma.bash"],
            "note: new shells load it by themselves where the package bash-completion is"
            " installed; elsewhere add `. [FOLDER]/luma-agents-cli.bash` to ~/.bashrc\n",
        ),
        (
            "zsh",
            ".local/share/zsh/site-functions",
            ["_luma-agents-cli"],
            "note: add `fpath=([FOLDER] $fpath)` to ~/.zshrc, before `compinit`\n",
        ),
        (
            "fish",
            ".config/fish/completions",
            ["luma-agents-cli.fish", "luma.fish"],
            "note: new shells load it by themselves\n",
        ),
        (
            "pwsh",
            ".local/share/luma-agents-cli",
            ["luma-agents-cli.ps1"],
            "note: add `. '[FOLDER]/luma-agents-cli.ps1'` to the file that $PROFILE names\n",
        ),
    ],
)
def test_it_is_installed_and_says_how_to_undo_that(
    bare_luma: Program, shell: str, folder: str, names: list[str], how: str
) -> None:
    place = Path.home() / folder
    paths = [str(place / name) for name in names]
    quoted = [f"'{path}'" if shell == "pwsh" else path for path in paths]

    result = bare_luma("completion", shell, "--install")

    assert result == Result(
        0,
        "".join(f"{path}\n" for path in paths),
        how.replace("[FOLDER]", str(place)) + f"note: undo it with `rm {' '.join(quoted)}`\n",
    )
    assert sorted(file.name for file in place.iterdir()) == sorted(names)
    for path in paths:
        assert Path(path).read_text() == (SHIPPED / Path(path).name).read_text()


def test_the_usual_folders_may_be_elsewhere(bare_luma: Program, tmp_path: Path) -> None:
    bare_luma.environ |= {"XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_DATA_HOME": ""}

    assert bare_luma("completion", "fish", "--install").exit_code == 0

    assert (tmp_path / "c" / "fish" / "completions" / "luma.fish").exists()


@pytest.mark.parametrize(
    ("argv", "environ", "message"),
    [
        (["tcsh"], {}, "there is no completion script for `tcsh`"),
        ([], {"SHELL": "/bin/tcsh"}, "there is no completion script for `tcsh`"),
    ],
)
def test_another_shell(
    bare_luma: Program, argv: list[str], environ: dict[str, str], message: str
) -> None:
    bare_luma.environ |= environ

    assert bare_luma("completion", *argv) == Result(
        2, "", f"error: {message}\nhint: use one of bash, zsh, fish, pwsh\n"
    )


def test_without_a_shell_there_is_nothing_to_guess_by(bare_luma: Program) -> None:
    assert bare_luma("completion") == Result(
        2, "", "error: no shell is named\nhint: name one of bash, zsh, fish, pwsh\n"
    )


def test_what_is_to_be_typed_is_quoted(bare_luma: Program, tmp_path: Path) -> None:
    bare_luma.environ["XDG_DATA_HOME"] = str(tmp_path / "x y's")

    notes = bare_luma("completion", "zsh", "--install").stderr

    folder = shlex.quote(str(tmp_path / "x y's" / "zsh" / "site-functions"))
    script = shlex.quote(str(tmp_path / "x y's" / "zsh" / "site-functions" / "_luma-agents-cli"))
    assert notes == (
        f"note: add `fpath=({folder} $fpath)` to ~/.zshrc, before `compinit`\n"
        f"note: undo it with `rm {script}`\n"
    )


def test_a_folder_that_cannot_be_made(bare_luma: Program, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bare_luma.environ["XDG_CONFIG_HOME"] = str(tmp_path / "file")

    result = bare_luma("completion", "fish", "--install")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"error: cannot write to `{tmp_path / 'file'}/fish/")
