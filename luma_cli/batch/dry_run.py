"""`batch --dry-run`: the first request whole, the price of each job, and the time it takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from luma_cli.batch.job import PlannedJob
from luma_cli.batch.left import Left
from luma_cli.batch.shortest_time import ShortestTime
from luma_cli.rules.prices import show_dollars, show_total
from luma_cli.transfers.target import Target
from luma_cli.transfers.templates import fill_tokens

if TYPE_CHECKING:
    from luma_cli.output.output import Output


def show_dry_run(
    out: Output, base_url: str, left: Left, jobs: Sequence[PlannedJob], time: ShortestTime
) -> None:
    """Print what the same command without `--dry-run` would submit."""
    if out.for_people:
        _show_first(out, base_url, left)
        _show_table(out, left)
    else:
        for job in left.new:
            request = json.loads(job.request.encoded.preview)
            out.json_line(json.dumps({**_fields(job), "request": request}, ensure_ascii=False))
    unknown = sum(job.price.dollars is None for job in left.new)
    facts = [
        f"{len(left.new):,} of {len(jobs):,} jobs would be submitted",
        f"about {show_total(left.cost)}",
    ]
    if unknown:
        facts.append(f"{unknown:,} of unknown price")
    if time.seconds:
        facts.append(str(time))
    out.note(", ".join(facts))


def _show_first(out: Output, base_url: str, left: Left) -> None:
    for job in left.new[:1]:
        request = json.loads(job.request.encoded.preview)
        out.data({"method": "POST", "url": f"{base_url}/generations", "request": request})


def _show_table(out: Output, left: Left) -> None:
    from luma_cli.output.table import Column

    columns = [
        Column("row", right=True),
        Column("key"),
        Column("cost", right=True),
        Column("output", rest=True),
    ]
    out.rows(map(_cells, left.new), columns)


def _cells(job: PlannedJob) -> dict[str, Any]:
    fields = _fields(job)
    cost = "unknown" if job.price.dollars is None else show_dollars(job.price.dollars)
    return fields | {"cost": cost}


def _fields(job: PlannedJob) -> dict[str, Any]:
    cost: Decimal | None = job.price.dollars
    return {
        "row": job.row,
        "key": job.key,
        "output": _output(job.target),
        "cost_usd": None if cost is None else float(cost),
    }


def _output(target: Target) -> str:
    """Return where an output goes, with the tokens that are unknown before the submission."""
    if target.output is not None:
        return str(target.output)
    return str(target.folder / fill_tokens(target.name or "", target.known or {}))
