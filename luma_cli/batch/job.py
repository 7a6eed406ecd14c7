"""The options of a batch, and the jobs that it is going to submit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from luma_cli.batch.place import Place, Problem
from luma_cli.body.request import Request
from luma_cli.rules.prices import Price
from luma_cli.transfers.target import Target


class PlannedJob(NamedTuple):
    """A job that is checked, priced and named, and not sent.

    `row` counts the rows of data from 1. `key` identifies the job in its run: the row's `id` with
    its combination and number (`has_id`), else the `digest` of its request and its number among
    equals; the place of a row is no part of it. `cells` has the columns of the input as text.
    """

    row: int
    key: str
    has_id: bool
    digest: str
    request: Request
    price: Price
    target: Target
    tag: str | None
    cells: Mapping[str, str]
    place: Place


class SkippedRow(NamedTuple):
    """A row that, with one combination of `--vary`, cannot be submitted, and its first problem.

    `key` is that of its `id` if no job has it, else the number of the row.
    """

    row: int
    key: str
    problem: Problem
    cells: Mapping[str, str]


class BatchOptions(NamedTuple):
    """The flags about the rows of a batch.

    `kind` is the text of `--from`. `vary` and `override` have `KEY=A,B` and `KEY=VALUE` as typed.
    `candidates` is the number of `--count`, `name` the template of `--name`; `tag` is for rows
    without one.
    """

    output_dir: Path
    name: str | None = None
    overwrite: bool = False
    skip_existing: bool = False
    tag: str | None = None
    kind: str | None = None
    vary: tuple[str, ...] = ()
    candidates: int = 1
    override: tuple[str, ...] = ()
    embed_files: bool = False
    allow_outside: bool = False
    ignore_unknown_columns: bool = False
    check: bool = True
    skip_invalid: bool = False
    unique: bool = False
