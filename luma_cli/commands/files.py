"""`luma-agents-cli files`: the records of uploaded files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luma_cli.body.file_flags import FILE_FLAGS
from luma_cli.cli.declare import LumaCommand, examples, flags, group
from luma_cli.errors import UsageError
from luma_cli.flags import Flag
from luma_cli.rules.constants import FILE_STATES, PURPOSES
from luma_cli.settings.declarations import LITERAL

if TYPE_CHECKING:
    from luma_cli.context import AppContext
    from luma_cli.host import Clock

files = group()

IdArg = Annotated[
    str | None, typer.Argument(metavar="[FILE-ID]", help="File id; read from stdin when left out")
]
FileIdOpt = Annotated[
    str | None, typer.Option("--file-id", metavar="FILE-ID", help="Same as the argument")
]
LIST_FLAGS = (
    Flag("--cursor", "Go on behind this place, `next_cursor` of a page", metavar="CURSOR"),
    Flag("--limit", "Files on a page, 1 to 100", metavar="COUNT", default="25"),
    Flag("--purpose", "Only files for this purpose", "Options", "PURPOSE", PURPOSES),
    Flag("--state", "Only files in this state", "Options", "STATE", FILE_STATES),
)
UPLOAD_FLAGS = (
    Flag("--purpose", "What the file is for", "Options", "PURPOSE", PURPOSES),
    Flag("--expires-in", "Let the API delete it after this long: `2h`, `7d`", metavar="DURATION"),
    Flag("--mime-type", "MIME type; told by the file's bytes when left out", metavar="MIME-TYPE"),
)
_FILE_ID = "5c1f0a52-6f0e-4d3c-8f0e-0e6f3f1d2a77"


@files.command(
    "create",
    cls=LumaCommand,
    epilog=examples(
        "luma-agents-cli files create --mime-type image/png --size-bytes 20480",
    ),
)
@flags((*(declared.flag for declared in FILE_FLAGS), LITERAL.flag))
def file_create(ctx: typer.Context) -> None:
    """Make a record, and print where to PUT the bytes. They are not sent."""
    from luma_cli.workflows.request import read_request

    cli: AppContext = ctx.obj
    required = {"mime_type": "--mime-type", "size_bytes": "--size-bytes"}
    request = read_request(
        cli.line.typed,
        FILE_FLAGS,
        lambda typed: typed.keys() >= required.keys(),
        host=cli.host,
        reporter=cli.out,
        literal=cli.settings.literal,
    )
    for field, flag in required.items():
        if field not in request.body:
            raise UsageError(
                f"`{flag}` is missing", hint="see `luma-agents-cli files create --help`"
            )
    cli.out.document(cli.client.create_file(request.encoded).text)


@files.command(
    "upload",
    cls=LumaCommand,
    epilog=examples(
        "luma-agents-cli files upload clip.mp4 --purpose input",
        "luma-agents-cli files upload *.png --transform id -r",
    ),
)
@flags(UPLOAD_FLAGS)
def file_upload(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Local files")],
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until the API has taken it in")
    ] = True,
    reuse: Annotated[
        bool,
        typer.Option(
            "--reuse/--no-reuse",
            help="Use the record of the same bytes, if they were uploaded before",
        ),
    ] = True,
) -> None:
    """Upload files, wait until they are ready, and print their records."""
    from luma_cli.body.inline import inline_file
    from luma_cli.body.limits import check_limits
    from luma_cli.jobs.upload import UploadRequest
    from luma_cli.workflows.upload import upload

    cli: AppContext = ctx.obj
    typed = dict(cli.line.typed)
    purpose, expires_at = typed.get("--purpose"), _expiry(typed.get("--expires-in"), cli.host.clock)
    chosen = [inline_file(path, typed.get("--mime-type")) for path in paths]
    for file in chosen:
        check_limits(file, uploaded=True)
    session = cli.session()
    for file in chosen:
        wanted = UploadRequest(file, purpose, expires_at)
        answer = upload(session, wanted, wait=wait, reuse=reuse and expires_at is None)
        cli.out.document(answer.text)


def _expiry(duration: str | None, clock: Clock) -> str | None:
    """Return the moment after a duration from now, in UTC."""
    from luma_cli.rules.timestamps import timestamp
    from luma_cli.workflows.plan import duration_of

    seconds = duration_of("--expires-in", duration)
    return None if seconds is None else timestamp(clock.epoch_seconds() + seconds)


@files.command(
    "complete",
    cls=LumaCommand,
    epilog=examples(f"luma-agents-cli files complete {_FILE_ID}"),
)
def file_complete(ctx: typer.Context, argument: IdArg = None, file_id: FileIdOpt = None) -> None:
    """Say that all bytes were sent, and print the record."""
    from luma_cli.workflows.ids import one_id

    cli: AppContext = ctx.obj
    for each in one_id(cli.host, cli.history, argument, "--file-id", file_id):
        cli.out.document(cli.client.complete_file(each).text)


@files.command("get", cls=LumaCommand, epilog=examples(f"luma-agents-cli files get {_FILE_ID}"))
def file_get(ctx: typer.Context, argument: IdArg = None, file_id: FileIdOpt = None) -> None:
    """Print a record as it is now."""
    from luma_cli.workflows.ids import one_id

    cli: AppContext = ctx.obj
    chosen = one_id(cli.host, cli.history, argument, "--file-id", file_id)
    session = cli.session()
    for each in chosen:
        cli.out.document(session.read(partial(session.api.get_file, each)).text)


@files.command(
    "list",
    cls=LumaCommand,
    epilog=examples(
        "luma-agents-cli files list --state ready",
        "luma-agents-cli files list --all --transform data.#.id --format jsonl -r",
    ),
)
@flags(LIST_FLAGS)
def file_list(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="All pages, as one")] = False,
) -> None:
    """Print one page of the account's files, the newest first."""
    from luma_cli.api.pages import as_one

    cli: AppContext = ctx.obj
    session = cli.session()
    names = {flag.name: flag.parameter for flag in LIST_FLAGS}
    query = {names[name]: value for name, value in cli.line.typed if name in names}

    def page(cursor: str | None) -> str:
        asked = query | ({"cursor": cursor} if cursor is not None else {})
        return session.read(partial(session.api.list_files, asked)).text

    cli.out.document(as_one(page) if every else page(None))


@files.command(
    "delete", cls=LumaCommand, epilog=examples(f"luma-agents-cli files delete {_FILE_ID}")
)
def file_delete(ctx: typer.Context, argument: IdArg = None, file_id: FileIdOpt = None) -> None:
    """Delete a file; prints nothing."""
    from luma_cli.workflows.ids import one_id

    cli: AppContext = ctx.obj
    for each in one_id(cli.host, cli.history, argument, "--file-id", file_id):
        cli.client.delete_file(each)
