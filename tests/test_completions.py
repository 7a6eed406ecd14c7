"""Completion in real shells: a line, Tab, and what it becomes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

import luma_cli
from luma_cli.cli.root import root_command
from luma_cli.docgen.shells import FILES
from luma_cli.docgen.shells.tables import value_of
from luma_cli.docgen.tree import Command, commands
from luma_cli.flags import Argument, Completion, Flag
from tests.support import shells
from tests.support.installed import PROGRAMS
from tests.support.shells import Terminal

SCRIPTS = Path(luma_cli.__file__).parents[1] / "completions"
COMMANDS = commands(root_command)
PWSH = shutil.which("pwsh") or ""
HELPERS = Path("/usr/share/bash-completion/bash_completion")
CONFIG = '[profiles.work]\nformat = "json"\n[profiles."at-home"]\n'
RECENT = "7b0c4c1e-2f55\timage: a red fox\n8c0c4c1e-6e42\tvideo: it's $HOME\n"

# What is typed, and the words that it becomes.
SURE = [
    ("gen", "generations"),
    ("generations cr", "generations create"),
    ("cos", "cost"),
    ("--format json auth logi", "--format json auth login"),
    ("--format=json auth logi", "--format=json auth login"),
    ("--quiet files up", "--quiet files upload"),
    ("generations create --prompt-f", "generations create --prompt-file"),
    ("generations create --prompt files --mod", "generations create --prompt files --model"),
    ("generations create --source.u", "generations create --source.url"),
    ("generations get x --transform-", "generations get x --transform-error"),
    ("generations create --model ray", "generations create --model ray-3.2"),
    ("generations create --model=ray", "generations create --model=ray-3.2"),
    ("generations create --type lay", "generations create --type layering"),
    ("generations create --aspect-ratio 21:", "generations create --aspect-ratio 21:9"),
    ("generations create --output-format j", "generations create --output-format jpeg"),
    ("generations create --resolution 10", "generations create --resolution 1080p"),
    ("generations create --strength flex_3", "generations create --strength flex_3"),
    ("generations create --video.hdr t", "generations create --video.hdr true"),
    ("generations list --state unk", "generations list --state unknown"),
    ("files list --state pen", "files list --state pending"),
    ("--format pre", "--format pretty"),
    ("generations get x --format pre", "generations get x --format pretty"),
    ("generations create -o pic", "generations create -o picture.png"),
    ("generations create -d fol", "generations create -d folder"),
    ("generations bat", "generations batch"),
    ("generations batch pic", "generations batch picture.png"),
    ("generations batch x.txt --from ya", "generations batch x.txt --from yaml"),
    ("generations batch --on-change re", "generations batch --on-change rerun"),
    ("generations batch --output-dir fol", "generations batch --output-dir folder"),
    ("generations batch --report pic", "generations batch --report picture.png"),
    ("files upload pic", "files upload picture.png"),
    ("files upload other pic", "files upload other picture.png"),
    ("generations create --ref pic", "generations create --ref picture.png"),
    ("generations create --ref fi", "generations create --ref file:"),
    ("generations create --ref gen:7", "generations create --ref gen:7b0c4c1e-2f55"),
    ("generations create --ref gen:@", "generations create --ref gen:@last"),
    ("generations create --prompt=@pic", "generations create --prompt=@picture.png"),
    ("generations create --ref=gen:7", "generations create --ref=gen:7b0c4c1e-2f55"),
    ("cost --keyframe 24=pic", "cost --keyframe 24=picture.png"),
    ("generations create --prompt @pic", "generations create --prompt @picture.png"),
    ("cost --prompt @file://pic", "cost --prompt @file://picture.png"),
    ("cost --source.data @data://pic", "cost --source.data @data://picture.png"),
    ("generations get 8", "generations get 8c0c4c1e-6e42"),
    ("generations wait 7b0c4c1e-2f55 8", "generations wait 7b0c4c1e-2f55 8c0c4c1e-6e42"),
    ("generations resume @", "generations resume @last"),
    ("config get base", "config get base_url"),
    ("config set format y", "config set format yaml"),
    ("config set quiet t", "config set quiet true"),
    ("--profile w", "--profile work"),
    ("completion zs", "completion zsh"),
    ("sandbox exec -- sha256s", "sandbox exec -- sha256sum"),
    # where nothing is known nothing is offered
    ("files get pic", "files get pic"),
    ("generations create --prompt pic", "generations create --prompt pic"),
    ("generations create --max-cost pic", "generations create --max-cost pic"),
    ("generations create --nothing-like", "generations create --nothing-like"),
]
# What is typed, some of what is listed, and some of what is not.
LISTED = [
    ("", "generations files auth config sandbox cost completion", "@completion"),
    ("generations ", "batch create get wait download list show resume", "upload"),
    ("generations create --model ", "uni-1 uni-1-max ray-3.2", "picture"),
    ("generations create --form", "--format --format-error", "--prompt"),
    ("generations get ", "@last 7b0c4c1e-2f55 8c0c4c1e-6e42", "picture"),
    ("generations create --ref ", "gen: file: https:// picture.png", "@completion"),
    ("--profile ", "default work at-home", "picture"),
]

Open = Callable[[dict[str, str]], AbstractContextManager[Terminal]]
OPEN: dict[str, Open] = {
    "bash": lambda env: shells.bash(env, SCRIPTS / FILES["bash"], with_helpers=False),
    "bash-completion": lambda env: shells.bash(env, SCRIPTS / FILES["bash"], with_helpers=True),
    "zsh": lambda env: shells.zsh(env, SCRIPTS),
    "fish": lambda env: shells.fish(env, SCRIPTS),
}


def need(name: str) -> None:
    if shutil.which("bash" if name == "bash-completion" else name) is None:
        pytest.skip(f"no {name} here")
    if name == "bash-completion" and not HELPERS.exists():
        pytest.skip("no bash-completion here")


def environment(folder: Path) -> dict[str, str]:
    """Make a home, and go to a folder with a few files."""
    (folder / "state").mkdir()
    (folder / "state" / "recent.txt").write_text(RECENT)
    (folder / "config.toml").write_text(CONFIG)
    work = folder / "work"
    (work / "folder").mkdir(parents=True)
    (work / "picture.png").touch()
    os.chdir(work)
    return {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LUMA_STATE_DIR": str(folder / "state"),
        "LUMA_CONFIG_FILE": str(folder / "config.toml"),
    }


@pytest.fixture(scope="module", params=OPEN)
def terminal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal]:
    """A shell that knows our script; it lives through all tests."""
    need(request.param)
    before = Path.cwd()
    env = environment(tmp_path_factory.mktemp(request.param))
    try:
        with OPEN[request.param](env) as opened:
            yield opened
    finally:
        os.chdir(before)


@pytest.mark.parametrize(("line", "words"), SURE)
def test_completion_completes_a_line(terminal: Terminal, line: str, words: str) -> None:
    made = terminal.complete(f"luma {line}").words

    assert [word.rstrip("/") for word in made] == words.split()


@pytest.mark.parametrize(("line", "offered", "not_offered"), LISTED)
def test_completion_lists_candidates(
    terminal: Terminal, line: str, offered: str, not_offered: str
) -> None:
    listed = terminal.complete(f"luma {line}").listed

    assert [word for word in offered.split() if word not in listed] == []
    assert not_offered not in listed


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_completion_shows_prompts_beside_ids(name: str, tmp_path: Path) -> None:
    need(name)
    with OPEN[name](environment(tmp_path)) as opened:
        listed = opened.complete("luma generations get ").listed

    assert "image: a red fox" in listed
    assert "video: it's $HOME" in listed


@pytest.mark.parametrize("name", OPEN)
def test_completion_works_without_a_history(name: str, tmp_path: Path) -> None:
    need(name)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with OPEN[name](env) as opened:
        assert opened.complete("luma generations get @").words[-1] == "@last"
        assert opened.complete("luma --profile d").words[-1] == "default"


EVIL = "$(touch pwned) `touch pwned` 'a' \"b\" [c] {d,e} f:g ; touch pwned & | ~ * ? \\ ! # %s ü 狐"


@pytest.mark.parametrize("name", OPEN)
def test_completion_never_executes_a_candidate(name: str, tmp_path: Path) -> None:
    need(name)
    env = environment(tmp_path)
    (tmp_path / "state" / "recent.txt").write_text(f"7b0c4c1e\timage: {EVIL}\n8c0c4c1e\t{EVIL}\n")
    (tmp_path / "config.toml").write_text(
        '[profiles."$(touch pwned)"]\n[profiles."`touch pwned`"]\n[profiles.work]\n'
    )
    Path("$(touch pwned).png").touch()
    with OPEN[name](env) as opened:
        for line in ("get ", "get 7", "create --ref gen:", "create --ref ", "get x --profile "):
            opened.complete(f"luma generations {line}")
        profile = opened.complete("luma --profile wo").words

    assert profile == ["--profile", "work"]
    assert not Path("pwned").exists()


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("file", ["two words.png", "it's.png", "$HOME.png", "{a,b}.png", "ü.png"])
def test_completion_quotes_unusual_file_names(name: str, file: str, tmp_path: Path) -> None:
    need(name)
    env = environment(tmp_path)
    (Path("odd") / file).parent.mkdir()
    (Path("odd") / file).touch()
    with OPEN[name](env) as opened:
        plain = opened.complete("luma files upload odd/")
        embedded = opened.complete("luma cost --prompt @file://odd/")

    assert (plain.words[-1], embedded.words[-1]) == (f"odd/{file}", f"@file://odd/{file}")


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("--ref ~/work/odd\\ d/p", "[HOME]/work/odd d/pic.png"),
        ("--ref $HOME/work/p", "[HOME]/work/picture.png"),
        ('--ref "odd d/p', "odd d/pic.png"),
        ("--ref odd\\ d/p", "odd d/pic.png"),
        ("--prompt @odd\\ d/p", "@odd d/pic.png"),
        ("--keyframe 24=odd\\ d/p", "24=odd d/pic.png"),
        ("--keyframe 24=gen:7", "24=gen:7b0c4c1e-2f55"),
        ("--ref fox", "fox"),
    ],
)
def test_completion_keeps_typed_quoting(name: str, typed: str, word: str, tmp_path: Path) -> None:
    need(name)
    env = environment(tmp_path)
    Path("odd d").mkdir()
    Path("odd d/pic.png").touch()
    with OPEN[name](env) as opened:
        words = opened.complete(f"luma generations create {typed}").words

    assert words[-1] == word.replace("[HOME]", str(tmp_path))


@pytest.mark.parametrize("name", OPEN)
def test_an_id_that_is_none_is_not_offered(name: str, tmp_path: Path) -> None:
    need(name)
    env = environment(tmp_path)
    (tmp_path / "state" / "recent.txt").write_text("x$(touch${IFS}pwned)\timage: x\n")
    with OPEN[name](env) as opened:
        opened.complete("luma generations get x")

    assert not Path("pwned").exists()


@pytest.mark.parametrize("name", OPEN)
def test_completion_ignores_a_folder_in_place_of_a_file(name: str, tmp_path: Path) -> None:
    need(name)
    env = environment(tmp_path)
    folder = str(tmp_path / "work")
    (tmp_path / "work" / "recent.txt").mkdir()
    with OPEN[name](env | {"LUMA_CONFIG_FILE": folder, "LUMA_STATE_DIR": folder}) as opened:
        assert "rror" not in opened.complete("luma --profile de").listed
        assert "rror" not in opened.complete("luma generations get @la").listed


@pytest.mark.parametrize("name", OPEN)
def test_a_tab_starts_no_python(name: str, tmp_path: Path) -> None:
    need(name)
    traced = ["strace", "-f", "--seccomp-bpf", "-e", "trace=execve", "-o", str(tmp_path / "trace")]
    if shutil.which("strace") is None or subprocess.run([*traced, "true"], check=False).returncode:
        pytest.skip("nothing can be traced here")
    env = environment(tmp_path)
    with shells.traced_by(traced), OPEN[name](env) as opened:
        for line in ("gen", "generations create --model ", "generations get ", "--profile w"):
            opened.complete(f"luma {line}")

    started = re.findall(r'execve\("([^"]+)"', (tmp_path / "trace").read_text())
    assert Path(started[0]).name in ("bash", "zsh", "fish")
    assert [path for path in started if "python" in path or "luma" in path] == []


OFFERED = {
    "PATH": Completion.FILES,
    "PATH...": Completion.FILES,
    "FILE": Completion.FILES,
    "DIR": Completion.FOLDERS,
    "TEXT": Completion.TEXT,
    "YAML": Completion.TEXT,
    "REF": Completion.REFERENCE,
    "INDEX=REF": Completion.KEYFRAME,
    "ID": Completion.GENERATION,
    "[ID]": Completion.GENERATION,
    "[ID]...": Completion.GENERATION,
    "PROFILE": Completion.PROFILE,
    "COMMAND [ARG]...": Completion.PROGRAM,
}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.path))
def test_what_is_offered_is_what_the_help_calls_the_value(command: Command) -> None:
    with_values: list[Flag | Argument] = [
        *(flag for flag in command.options if not flag.switch),
        *command.arguments,
    ]
    for declared in with_values:
        completion = (
            Completion.WORDS
            if declared.values
            else OFFERED.get(declared.metavar, Completion.NOTHING)
        )
        assert value_of(declared).completion is completion


@pytest.mark.skipif(not PWSH, reason="no PowerShell here")
def test_powershell_can_read_its_script() -> None:
    parse = (
        "$errors = $null; [void][System.Management.Automation.Language.Parser]::ParseFile("
        f"'{SCRIPTS / FILES['pwsh']}', [ref]$null, [ref]$errors); $errors; exit $errors.Count"
    )
    done = subprocess.run(
        [PWSH, "-NoProfile", "-Command", parse], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
