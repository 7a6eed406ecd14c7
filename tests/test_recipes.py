"""The recipes for shards of a batch make each row once, as far as their engines are installed.

Slurm, AWS Batch and GitHub pass the number of a shard in variables, which the tests set.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from luma_cli.sandbox.options import SANDBOX_KEY, SandboxOptions
from luma_cli.sandbox.server import SandboxServer
from tests.support.documents import ROOT
from tests.support.installed import PROGRAMS, shell

pytestmark = pytest.mark.installed

RECIPES = ROOT / "docs/recipes"
PROMPTS = [f"hill no. {number}" for number in range(1, 7)]
SHARDS = 4


class Folder(NamedTuple):
    """A folder with `shots.csv`, in which recipes run."""

    path: Path
    env: dict[str, str]

    def run(self, line: str, **variables: object) -> None:
        """Run a line of shell there."""
        env = self.env | {name: str(value) for name, value in variables.items()}
        done = shell(f"cd '{self.path}'; set -e\n{line}", env)
        assert done.returncode == 0, done.stderr

    def prompts_of(self, report: str) -> list[str]:
        """Return the prompts of the saved rows of a report, sorted."""
        with (self.path / report).open(newline="") as file:
            return sorted(row["prompt"] for row in csv.DictReader(file) if row["status"] == "saved")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    (tmp_path / "shots.csv").write_text("\n".join(["prompt", *PROMPTS, ""]))
    options = SandboxOptions(latency={"image": 0.0}, requests_per_minute=0, jobs_at_once=0)
    with SandboxServer(options) as server:
        env = {
            "PATH": f"{PROGRAMS}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(tmp_path / "home"),
            "LUMA_BASE_URL": server.base_url,
            "LUMA_AGENTS_API_KEY": SANDBOX_KEY,
        }
        yield Folder(tmp_path, env)


def test_the_recipe_for_slurm_makes_each_row_once(folder: Folder) -> None:
    recipe = RECIPES / "slurm.sh"
    (merge,) = (line[1:] for line in recipe.read_text().splitlines() if "--merge" in line)

    for task in range(1, SHARDS + 1):
        folder.run(f"sh '{recipe}'", SLURM_ARRAY_TASK_ID=task, SLURM_ARRAY_TASK_COUNT=SHARDS)
    folder.run(merge)

    assert folder.prompts_of("report.csv") == PROMPTS


def test_the_recipe_for_aws_batch_makes_each_row_once(folder: Folder) -> None:
    for index in range(SHARDS):
        folder.run(
            f"sh '{RECIPES / 'aws-batch.sh'}'",
            AWS_BATCH_JOB_ARRAY_INDEX=index,
            AWS_BATCH_JOB_ARRAY_SIZE=SHARDS,
        )
    folder.run("luma generations batch --merge out/*/manifest.jsonl --report report.csv")

    assert folder.prompts_of("report.csv") == PROMPTS


def test_the_recipe_for_parallel_makes_each_row_once(folder: Folder) -> None:
    if shutil.which("parallel") is None:
        pytest.skip("no GNU parallel here")

    folder.run(f"sh '{RECIPES / 'parallel.sh'}'")

    assert folder.prompts_of("report.csv") == PROMPTS


def test_the_recipe_for_github_makes_each_row_once(folder: Folder) -> None:
    workflow = yaml.safe_load((RECIPES / "github-matrix.yml").read_text())
    shards, report = workflow["jobs"]["shard"], workflow["jobs"]["report"]
    assert shards["strategy"]["matrix"]["shard"] == [*range(1, SHARDS + 1)]

    for shard in range(1, SHARDS + 1):
        folder.run(
            step(shards, "Run the shard"),
            SHARD=shard,
            SHARDS=SHARDS,
            LUMA_MAX_COST=shards["env"]["LUMA_MAX_COST"],
            LUMA_STATE_DIR=folder.path / f"state-{shard}",
        )
    folder.run(step(report, "Report"), GITHUB_STEP_SUMMARY=folder.path / "summary.md")

    summary = (folder.path / "summary.md").read_text()
    assert all(summary.count(f"| {prompt} |") == 1 for prompt in PROMPTS)
    assert (folder.path / "out/1/report.xml").is_file()


def step(job: dict[str, Any], name: str) -> str:
    """Return the shell of a named step."""
    (found,) = (each["run"] for each in job["steps"] if each.get("name") == name)
    return str(found)
