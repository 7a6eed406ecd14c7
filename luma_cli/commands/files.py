"""`luma-agents-cli files`: the records of uploaded files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from luma_cli.body.file_flags import FILE_FLAGS
from luma_cli.cli.declare import Commands
from luma_cli.errors import UsageError
from luma_cli.flags import Argument, Completion, Flag
from luma_cli.rules.constants import FILE_STATES, PURPOSES
from luma_cli.settings.declarations import LITERAL

if TYPE_CHECKING:
    from luma_cli.context import AppContext
    from luma_cli.host import Clock

files = Commands()

ID = Argument("argument", "[FILE-ID]", "File id; read from stdin if omitted")
FILE_ID = Flag("--file-id", "Same as the argument", metavar="FILE-ID")
LIST_FLAGS = (
    Flag(
        "--cursor",
        "Start after this position: `next_cursor` of the previous page",
        metavar="CURSOR",
    ),
    Flag("--limit", "Files per page, 1 to 100", metavar="COUNT", default="25"),
    Flag("--purpose", "Only files for this purpose", "Options", "PURPOSE", PURPOSES),
    Flag("--state", "Only files in this state", "Options", "STATE", FILE_STATES),
)
UPLOAD_FLAGS = (
    Flag("--purpose", "Purpose of the file", "Options", "PURPOSE", PURPOSES),
    Flag(
        "--expires-in",
        "Let the API delete the file after this long, e.g. `2h`, `7d`",
        metavar="DURATION",
    ),
    Flag("--mime-type", "MIME type; detected from the content if omitted", metavar="MIME-TYPE"),
    Flag(
        "--wait",
        "Wait until the API has processed the file",
        switch=True,
        negation="--no-wait",
        default="wait",
    ),
    Flag(
        "--reuse",
        "Reuse an earlier upload with the same content, purpose and type",
        switch=True,
        negation="--no-reuse",
        default="reuse",
    ),
)
PATHS = Argument(
    "paths",
    "PATH...",
    "Local files",
    completion=Completion.FILES,
    required=True,
    repeats=True,
    read=Path,
)
ALL = Flag("--all", "Print all pages as one", switch=True, dest="every")
_FILE_ID = "5c1f0a52-6f0e-4d3c-8f0e-0e6f3f1d2a77"


@files.command(
    "create",
    *(declared.flag for declared in FILE_FLAGS),
    LITERAL.flag,
    examples=("luma-agents-cli files create --mime-type image/png --size-bytes 20480",),
)
def file_create(ctx: typer.Context) -> None:
    """Create a file record and print the URL to PUT its bytes to. Sends no bytes."""
    from luma_cli.workflows.request import read_request

    app: AppContext = ctx.obj
    required = {"mime_type": "--mime-type", "size_bytes": "--size-bytes"}
    request = read_request(
        app.line.occurrences,
        FILE_FLAGS,
        lambda typed: typed.keys() >= required.keys(),
        host=app.host,
        reporter=app.out,
        literal=app.settings.literal,
    )
    for field, flag in required.items():
        if field not in request.body:
            raise UsageError(
                f"`{flag}` is missing", hint="see `luma-agents-cli files create --help`"
            )
    app.out.document(app.client.create_file(request.encoded).text)


@files.command(
    "upload",
    PATHS,
    *UPLOAD_FLAGS,
    examples=(
        "luma-agents-cli files upload clip.mp4 --purpose input",
        "luma-agents-cli files upload *.png --transform id -r",
    ),
)
def file_upload(
    ctx: typer.Context,
    paths: Sequence[Path],
    *,
    purpose: str | None,
    expires_in: str | None,
    mime_type: str | None,
    wait: bool,
    reuse: bool,
) -> None:
    """Upload files, wait until they are ready, and print their records."""
    from luma_cli.body.file_limits import check_file_limits
    from luma_cli.body.local_file import local_file
    from luma_cli.jobs.upload import UploadRequest
    from luma_cli.workflows.upload import upload

    app: AppContext = ctx.obj
    expires_at = _expiry(expires_in, app.host.clock)
    chosen = [local_file(path, mime_type) for path in paths]
    for file in chosen:
        check_file_limits(file, uploaded=True)
    session = app.session()
    for file in chosen:
        wanted = UploadRequest(file, purpose, expires_at)
        answer = upload(session, wanted, wait=wait, reuse=reuse and expires_at is None)
        app.out.document(answer.text)


def _expiry(duration: str | None, clock: Clock) -> str | None:
    """Return the moment after a duration from now, in UTC."""
    from luma_cli.rules.timestamps import timestamp
    from luma_cli.settings.durations import duration_of

    seconds = duration_of("--expires-in", duration)
    return None if seconds is None else timestamp(clock.epoch_seconds() + seconds)


@files.command(
    "complete",
    ID,
    FILE_ID,
    examples=(f"luma-agents-cli files complete {_FILE_ID}",),
)
def file_complete(ctx: typer.Context, argument: str | None, file_id: str | None) -> None:
    """Mark an upload as complete and print its record."""
    from luma_cli.workflows.ids import chosen_ids

    app: AppContext = ctx.obj
    for each in chosen_ids(app.host, app.history, app.out, argument, "--file-id", file_id):
        app.out.document(app.client.complete_file(each).text)


@files.command("get", ID, FILE_ID, examples=(f"luma-agents-cli files get {_FILE_ID}",))
def file_get(ctx: typer.Context, argument: str | None, file_id: str | None) -> None:
    """Print the current record of a file."""
    from luma_cli.workflows.ids import chosen_ids

    app: AppContext = ctx.obj
    chosen = chosen_ids(app.host, app.history, app.out, argument, "--file-id", file_id)
    session = app.session()
    for each in chosen:
        app.out.document(session.read(partial(session.api.get_file, each)).text)


@files.command(
    "list",
    *LIST_FLAGS,
    ALL,
    examples=(
        "luma-agents-cli files list --state ready",
        "luma-agents-cli files list --all --transform data.#.id --format jsonl -r",
    ),
)
def file_list(ctx: typer.Context, *, every: bool) -> None:
    """Print one page of the files of the account, newest first."""
    from luma_cli.api.pagination import read_all_pages

    app: AppContext = ctx.obj
    session = app.session()
    query = {
        flag.parameter: str(value) for flag, value in app.line.occurrences if flag in LIST_FLAGS
    }

    def page(cursor: str | None) -> str:
        asked = query | ({"cursor": cursor} if cursor is not None else {})
        return session.read(partial(session.api.list_files, asked)).text

    app.out.document(read_all_pages(page) if every else page(None))


@files.command("delete", ID, FILE_ID, examples=(f"luma-agents-cli files delete {_FILE_ID}",))
def file_delete(ctx: typer.Context, argument: str | None, file_id: str | None) -> None:
    """Delete a file. Prints nothing."""
    from luma_cli.workflows.ids import chosen_ids

    app: AppContext = ctx.obj
    for each in chosen_ids(app.host, app.history, app.out, argument, "--file-id", file_id):
        app.client.delete_file(each)
