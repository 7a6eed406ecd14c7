"""`luma-agents-cli generations batch`: a table of jobs, each submitted once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from luma_cli.batch.flags import ROW_FLAGS, SAVING_ROWS
from luma_cli.batch.run_flags import LIMIT_FLAGS, REPORT_FLAGS, RUN_FLAGS, YES
from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.cli.declare import Commands
from luma_cli.commands._options import SAVING, SUBMITTING, WAITING
from luma_cli.flags import Argument, Completion
from luma_cli.settings.declarations import CONFIRM_FLAG, MONEY_GROUP, SUBMISSION_FLAGS

if TYPE_CHECKING:
    from luma_cli.context import AppContext

batch = Commands()

FILE = Argument(
    "files",
    "FILE",
    "Table of jobs (.csv, .tsv, .jsonl, .json, .yaml, .txt), or `-` for stdin",
    completion=Completion.FILES,
    repeats=True,
)
_POLL_INTERVAL = WAITING[1]._replace(group=LIMIT_FLAGS[0].group)
_DRY_RUN = SUBMITTING[0]._replace(
    help="Print the requests, their prices and what the API would reject (exit 3); send nothing"
)
_TAG = SUBMITTING[1]._replace(
    help="Label of the jobs in the history, unless a column `tag` has one; `list --tag` finds them"
)
# What is said of one job in `create`. Without the history, a batch could not be continued; cells
# are data anyway.
_HELP_OF_MANY = {
    "--max-cost": "Stop submitting before the run costs more than this, in all of its invocations;"
    " `any` lifts the limit",
    "--max-cost-per-day": "Limit on the total cost of the last 24 hours, these jobs included",
}
_UNUSED = {"--no-history", "--literal"}
_SETTINGS = [
    flag._replace(help=_HELP_OF_MANY.get(flag.name, flag.help))
    for flag in SUBMISSION_FLAGS
    if flag.name not in _UNUSED
]
_OF_COST = [flag for flag in _SETTINGS if flag.group == MONEY_GROUP]
_OF_REQUESTS = [flag for flag in _SETTINGS if flag.group != MONEY_GROUP]


@batch.command(
    "batch",
    FILE,
    *ROW_FLAGS,
    *RUN_FLAGS,
    *LIMIT_FLAGS,
    _POLL_INTERVAL,
    *SAVING_ROWS,
    *SAVING[-2:],
    *REPORT_FLAGS,
    _DRY_RUN,
    *_OF_COST,
    CONFIRM_FLAG,
    YES,
    _TAG,
    *(declared.flag for declared in GENERATION_FLAGS),
    *_OF_REQUESTS,
    examples=(
        "luma-agents-cli generations batch shots.csv -d out",
        "luma-agents-cli generations batch products.csv -d out --count 3 \\\n"
        "    --prompt '{{name}} on {{background}}' --vary aspect_ratio=1:1,16:9",
        "jq -c '{prompt: .text}' prompts.jsonl |\n"
        "    luma-agents-cli generations batch - --run posts --report report.csv",
    ),
)
def generation_batch(
    ctx: typer.Context, files: Sequence[str], *, merge: bool, **flags: Any
) -> None:
    """Submit a job for each row of a table, wait for all, and save their outputs.

    All rows are checked before the first is submitted. Flags of `create` are defaults of the rows,
    and `{{column}}` in a text is the cell of that column. Run the same command again to continue
    an interrupted run: it submits only what was never accepted.
    """
    from luma_cli.commands._batch import merge_manifests, run_batch_of_flags

    app: AppContext = ctx.obj
    if merge:
        merge_manifests(app, files, flags["reports"])
    else:
        run_batch_of_flags(app, files, flags)
