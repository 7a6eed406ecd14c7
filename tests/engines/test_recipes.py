"""The recipes for programs that run shards: together they make each row once."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engines.conftest import RECIPES, engine, log_of
from tests.support.batch_runs import BatchRun

pytestmark = pytest.mark.engines

ROWS = 12
LONGEST_SECONDS = 300


@pytest.fixture
def folder(unlimited: dict[str, str], tmp_path: Path) -> Path:
    """A folder with a table."""
    return BatchRun(tmp_path / "shots", unlimited["LUMA_BASE_URL"], rows=ROWS).folder


def run(command: Sequence[str], folder: Path, environ: dict[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]


def check_made(folder: Path, report: Path) -> None:
    """Check that each row was made once, and that the shards are joined in one report."""
    with report.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sorted(row["id"] for row in rows) == sorted(f"r{number}" for number in range(ROWS))
    assert {row["status"] for row in rows} == {"saved"}
    assert len({row["generation_id"] for row in rows}) == ROWS
    assert all((folder / row["files"]).stat().st_size for row in rows)
    requests = map(json.loads, log_of(folder.parent).read_text().splitlines())
    assert sum(request["method"] == "POST" for request in requests) == ROWS


def test_gnu_parallel(folder: Path, unlimited: dict[str, str]) -> None:
    engine("parallel")
    run(["sh", str(RECIPES / "parallel.sh")], folder, unlimited)
    check_made(folder, folder / "report.csv")


def test_snakemake(folder: Path, unlimited: dict[str, str]) -> None:
    command = [engine("snakemake", "snakemake"), "--cores", "2", "-s", str(RECIPES / "Snakefile")]
    run(command, folder, unlimited)
    check_made(folder, folder / "report.csv")


def test_airflow(folder: Path, unlimited: dict[str, str], tmp_path: Path) -> None:
    program = engine("airflow", "airflow")
    home = tmp_path / "airflow"
    (home / "dags").mkdir(parents=True)
    shutil.copy(RECIPES / "airflow_dag.py", home / "dags")
    environ = unlimited | {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    run([program, "db", "migrate"], folder, environ)
    configured = json.dumps({"folder": str(folder)})
    run([program, "dags", "test", "shots", "--conf", configured], folder, environ)
    (report,) = folder.glob("out/*/report.csv")
    check_made(folder, report)
