"""`luma-agents-cli cost`: what a job would cost, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from luma_cli.body.generation_flags import GENERATION_FLAGS
from luma_cli.cli.declare import Commands
from luma_cli.commands._options import INPUT
from luma_cli.settings.declarations import LITERAL

if TYPE_CHECKING:
    from luma_cli.context import AppContext

cost = Commands()


@cost.command(
    "cost",
    *(declared.flag for declared in GENERATION_FLAGS),
    INPUT,
    LITERAL.flag,
    examples=(
        "luma-agents-cli cost --prompt 'a red fox' --model uni-1-max --ref fox.png",
        "luma-agents-cli cost --type video --model ray-3.2 --resolution 1080p -r \\\n"
        "    --transform cost",
    ),
)
def show_cost(ctx: typer.Context, input_file: str | None) -> None:
    """Print what `generations create` with the same flags would cost."""
    from luma_cli.workflows.price import price_fields, price_of_request
    from luma_cli.workflows.request import read_request, with_resolved_ids

    app: AppContext = ctx.obj
    request = read_request(
        app.line.occurrences,
        GENERATION_FLAGS,
        lambda _: True,
        input_file,
        host=app.host,
        reporter=app.out,
        literal=app.settings.literal,
    )
    price = price_of_request(with_resolved_ids(app.history, request), app.history)
    if app.out.for_people:
        app.out.lines([f"{price.shown}  {price.why}"])
    else:
        app.out.data(price_fields(price))
