"""What a run loads: start-up is a feature, and imports decide it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from luma_cli.sandbox.options import SandboxOptions
from luma_cli.sandbox.server import SandboxServer

HEAVY = {
    *("httpx", "httpcore", "pydantic", "rich", "yaml", "tomlkit", "starlette", "uvicorn"),
    *("PIL", "av", "click", "pygments", "asyncio", "luma_cli.sandbox"),
}
REPORT = """
import os, sys
from luma_cli.__main__ import run
os._exit = sys.exit
try:
    run()
finally:
    print(*sys.modules, sep="\\n", file=sys.stderr)
"""


def loaded_by(*argv: str, env: dict[str, str] | None = None) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *argv], capture_output=True, text=True, env=env, check=False
    )
    return set(done.stderr.rpartition("loaded:")[2].split())


def test_version_loads_next_to_nothing() -> None:
    assert loaded_by("--version") & (HEAVY | {"typer", "typing", "json", "luma_cli.main"}) == set()


@pytest.mark.parametrize("line", ["--help", "generations -h", "generations create --help"])
def test_help_loads_next_to_nothing(line: str) -> None:
    loaded = loaded_by(*line.split())
    ours = {name for name in loaded if name.startswith("luma_cli")}
    of_help = {"luma_cli.cli", "luma_cli.cli.help", "luma_cli.terminal_width"}
    assert ours == {"luma_cli", "luma_cli.__main__", *of_help}
    assert loaded & (HEAVY | {"typer", "typing", "re", "json", "pathlib"}) == set()


def test_offline_commands_load_nothing_heavy() -> None:
    assert loaded_by("config", "path") & HEAVY == set()


# What other commands need, or flags and settings that are seldom used.
NOT_FOR_GET = {
    *("luma_cli.body", "luma_cli.commands.history", "luma_cli.commands._listing"),
    *(
        "luma_cli.cli.help",
        "luma_cli.settings.file",
        "luma_cli.decoding",
        "luma_cli.jsontext.parts",
    ),
    *("luma_cli.output.failure", "luma_cli.jobs.outcomes", "luma_cli.transfers.download"),
    "httpx._main",
}
# What reads files that a request names.
NOT_WITHOUT_FILES = {
    *("luma_cli.body.local_file", "luma_cli.body.references", "luma_cli.body.file_content"),
    *("hashlib", "base64", "dataclasses"),
}
ROOMS_OF_A_JOB = {"api", "journal", "jobs", "transfers", "workflows"}


@pytest.mark.parametrize(
    ("line", "rooms"),
    [
        ("generations create --nope", set[str]()),
        ("generations create", {"workflows"}),
        ("config list", set[str]()),
        ("cost --model uni-1", {"workflows", "journal"}),
        ("generations list", {"journal"}),
    ],
)
def test_a_command_loads_only_the_rooms_it_works_in(
    tmp_path: Path, line: str, rooms: set[str]
) -> None:
    loaded = loaded_by(*line.split(), env={"LUMA_STATE_DIR": str(tmp_path)})
    assert {name.split(".")[1] for name in loaded if name.count(".") > 1} & ROOMS_OF_A_JOB == rooms
    assert loaded & HEAVY == set()


def test_a_missing_prompt_is_found_before_files_are_looked_at(tmp_path: Path) -> None:
    loaded = loaded_by("generations", "create", env={"LUMA_STATE_DIR": str(tmp_path)})
    assert "luma_cli.body.build" in loaded
    assert loaded & NOT_WITHOUT_FILES == set()


def test_the_redactor_compiles_no_pattern_before_a_text_needs_it() -> None:
    program = """
import re
from luma_cli.redaction import without_secrets
without_secrets("unknown flag `--nope`")
print(*(pattern for _, pattern, _ in re._cache), sep="\\n")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_get_loads_httpx_and_nothing_else_that_is_heavy() -> None:
    with SandboxServer(SandboxOptions()) as server:
        import httpx

        created = httpx.post(
            f"{server.base_url}/generations",
            json={"prompt": "x"},
            headers={"Authorization": "Bearer luma-api-test"},
        )
        env = {"LUMA_BASE_URL": server.base_url, "LUMA_AGENTS_API_KEY": "luma-api-test"}
        loaded = loaded_by("generations", "get", created.json()["id"], env=env)
    assert loaded & HEAVY == {"httpx", "httpcore"}
    assert loaded & NOT_FOR_GET == set()


@pytest.mark.parametrize(
    ("argv", "libraries"),
    [
        (["--prompt", "a red fox", "--model", "uni-1"], set[str]()),
        (["--prompt", "x", "--param", "output_format=jpeg"], set[str]()),
        (["--prompt", "x", "--param", "aspect_ratio=16:9"], {"yaml"}),
    ],
)
def test_create_loads_httpx_and_yaml_only_for_yaml(
    tmp_path: Path, argv: list[str], libraries: set[str]
) -> None:
    with SandboxServer(SandboxOptions()) as server:
        env = {
            "LUMA_BASE_URL": server.base_url,
            "LUMA_AGENTS_API_KEY": "luma-api-test",
            "LUMA_STATE_DIR": str(tmp_path),
        }
        loaded = loaded_by("generations", "create", *argv, env=env)
    # nothing is waited for or downloaded
    assert {name for name in loaded if name.startswith("luma_cli.transfers.download")} == set()
    assert {"luma_cli.workflows.finish", "luma_cli.jobs.scheduler"} & loaded == set()
    assert loaded & HEAVY == {"httpx", "httpcore", *libraries}


def test_a_command_does_not_wait_for_the_flags_of_another() -> None:
    from luma_cli.cli.root import LazyGroups

    commands = LazyGroups()["generations"].commands

    assert "get" in commands
    assert commands._built == {}  # noqa: SLF001 - what the test is about
    assert commands["get"] is commands["get"]
    assert list(commands._built) == ["get"]  # noqa: SLF001 - same
    assert list(commands) == [
        *("create", "get", "wait", "download", "list", "show", "resume", "batch")
    ]


def test_waiting_for_one_job_loads_no_pool_of_threads() -> None:
    with SandboxServer(SandboxOptions(latency={"image": 0.0})) as server:
        import httpx

        created = httpx.post(
            f"{server.base_url}/generations",
            json={"prompt": "x"},
            headers={"Authorization": "Bearer luma-api-test"},
        )
        env = {"LUMA_BASE_URL": server.base_url, "LUMA_AGENTS_API_KEY": "luma-api-test"}
        loaded = loaded_by("generations", "wait", created.json()["id"], env=env)
    assert {name for name in loaded if name.startswith("concurrent")} == set()


def test_the_flags_of_a_batch_load_no_room_that_it_works_in() -> None:
    program = "import sys, luma_cli.batch.flags; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    rooms = {name.split(".")[1] for name in loaded if name.count(".") > 0 and "luma_cli" in name}
    assert rooms & {*ROOMS_OF_A_JOB, "body"} == set()
    assert loaded & HEAVY == set()
