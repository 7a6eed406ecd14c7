"""Every line of shell that help, manual pages and documents show works as it stands."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from luma_cli.cli.root import root_command
from luma_cli.docgen.tree import commands
from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.support.documents import DOCUMENTS, ROOT, shell_blocks
from tests.support.installed import PROGRAMS, SECONDS, shell

pytestmark = pytest.mark.installed

EXAMPLES = [
    example for command in commands(root_command) for example in command.examples
]  # fmt: skip
# Documents whose blocks need those before them; they start in an empty folder.
TOURS = [ROOT / "README.md", ROOT / "docs/batch.md"]
BLOCKS = [
    pytest.param(block, id=f"{document.name}-{number}")
    for document in DOCUMENTS
    if document not in TOURS
    for number, block in enumerate(shell_blocks(document), 1)
]
GENERATION_ID, FILE_ID = (
    "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42",
    "5c1f0a52-6f0e-4d3c-8f0e-0e6f3f1d2a77",
)
# What cannot be done in a test, and what is done in its place.
STAND_INS = {
    r"^make (\w+)": r"make -C '{root}' -n \1",
    r"^pipx install '\.\[sandbox\]'": "grep -q '^sandbox = ' '{root}/pyproject.toml'",
    r"auth login( +#.*)?$": r"auth login --with-token < key.txt",
    r"--port 8000": "--port 0",
    r"sandbox exec (?!--latency)": "sandbox exec --latency 0s ",
}
# Sometimes the end is meant to be another one.
ENDS_OTHERWISE = {"POST:reset-after-read": 11}
PIPELINE = "#!/bin/sh\nexec luma generations create --prompt x -d pipeline --poll-interval 100ms\n"


class World(NamedTuple):
    """A home and a folder to copy, the variables, and ids that exist."""

    folder: Path
    env: dict[str, str]
    generation_id: str
    file_id: str

    def copied_to(self, place: Path) -> dict[str, str]:
        """Copy home and folder, and return the environment that goes with them."""
        shutil.copytree(self.folder, place)
        return self.env | {"HOME": str(place / "home"), "id": self.generation_id}

    def adapted(self, line: str) -> str:
        """Return a line with what exists here in the place of what stands for it."""
        for pattern, replacement in STAND_INS.items():
            line = re.sub(pattern, replacement.format(root=ROOT), line, flags=re.MULTILINE)
        line = line.replace(GENERATION_ID, self.generation_id).replace(FILE_ID, self.file_id)
        for words, code in ENDS_OTHERWISE.items():
            line = re.sub(
                rf"^(.*{words}.*?)( +#.*)?$", rf"\1 || test $? = {code}", line, flags=re.MULTILINE
            )
        return line


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    work = folder / "work"
    for place in ("work", "home/.zfunc"):
        (folder / place).mkdir(parents=True)
    for name in ("fox.png", "sketch.jpg"):
        Image.new("RGB", (64, 48), "#ff8800").save(work / name)
    (work / "key.txt").write_text(SANDBOX_KEY)
    (work / "requests.jsonl").write_text('{"endpoint": "create", "id": "x"}\n')
    (work / "prompts.jsonl").write_text('{"text": "a red fox"}\n{"text": "a blue fox"}\n')
    (work / "shots.csv").write_text("prompt\na red fox\na blue fox\n")
    (work / "products.csv").write_text("id,name,background\nP-1,Teapot,grey linen\n")
    (work / "pipeline.sh").write_text(PIPELINE)
    (work / "pipeline.sh").chmod(0o755)
    with SandboxServer(
        SandboxOptions(
            latency=dict.fromkeys(("image", "video", "file"), 0.0),
            requests_per_minute=0,
            jobs_at_once=0,
        )
    ) as server:
        env = {
            "PATH": f"{PROGRAMS}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            "SHELL": "/bin/bash",
            "LUMA_BASE_URL": server.base_url,
            "LUMA_AGENTS_API_KEY": SANDBOX_KEY,
        }
        prepare = (
            f"cd '{work}' && luma config set base_url {server.base_url} --quiet"
            " && luma generations create --model ray-3.2 --type video --resolution 360p --prompt x"
            " -o clip.mp4 --poll-interval 100ms >&2"
            " && luma generations create --prompt x --tag launch --format jsonl | tee ids.txt"
            " && luma files upload fox.png --format jsonl"
        )
        done = shell(prepare, env)
        assert done.returncode == 0, done.stderr
        generation, file = map(json.loads, done.stdout.splitlines())
        yield World(folder, env, generation["id"], file["id"])


def need_jq(line: str) -> None:
    if "jq " in line and shutil.which("jq") is None:
        pytest.skip("no jq here")


@pytest.mark.parametrize("example", [each for each in EXAMPLES if "sandbox serve" not in each])
def test_examples_of_help_work(world: World, tmp_path: Path, example: str) -> None:
    need_jq(example)
    env = world.copied_to(tmp_path / "world")

    done = shell(_prepared(world.adapted(example), tmp_path / "world" / "work"), env)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("block", BLOCKS)
def test_shell_blocks_of_documents_work(world: World, tmp_path: Path, block: str) -> None:
    need_jq(block)
    env = world.copied_to(tmp_path / "world")

    done = shell(_prepared(world.adapted(block), tmp_path / "world" / "work"), env)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", TOURS, ids=lambda path: path.name)
def test_a_document_works_from_top_to_bottom(world: World, tmp_path: Path, document: Path) -> None:
    blocks = shell_blocks(document)
    need_jq("".join(blocks))
    env = world.copied_to(tmp_path / "world")
    (folder := tmp_path / "empty").mkdir()
    for name in ("key.txt", "prompts.jsonl"):
        shutil.copy(tmp_path / "world" / "work" / name, folder)

    lines = f"cd '{folder}'; set -e\n{world.adapted(''.join(blocks))}"
    done = shell(lines, env, seconds=len(blocks) * SECONDS)

    assert done.returncode == 0, done.stderr
    assert (
        len(list((folder / "out").glob("*.png"))) == {"README.md": 2, "batch.md": 24}[document.name]
    )


def _prepared(lines: str, folder: Path) -> str:
    """Return a script that stops at the first line that fails; files it makes are not there yet."""
    made = [name for name in re.findall(r" -o (\w+\.\w+)", lines) if lines.count(name) == 1]
    removed = f"rm -f {' '.join(made)}; " if made else ""
    return f"cd '{folder}'; {removed}set -e\n{lines}"


@pytest.mark.parametrize("example", [each for each in EXAMPLES if "sandbox serve" in each])
def test_the_sandbox_serves_until_it_is_interrupted(
    world: World, tmp_path: Path, example: str
) -> None:
    env = world.copied_to(tmp_path / "world")
    line = f"cd '{tmp_path}' && exec {world.adapted(example)}"
    with subprocess.Popen(["/bin/sh", "-c", line], env=env, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        said = server.stdout.readline() + server.stdout.readline()
        server.send_signal(signal.SIGINT)
        code = server.wait(SECONDS)

    assert (b"LUMA_BASE_URL=" in said, code) == (True, 0)


def test_there_are_examples_to_run() -> None:
    assert len(EXAMPLES) > 40
    assert len(BLOCKS) > 25
    assert all(len(shell_blocks(document)) > 5 for document in TOURS)
