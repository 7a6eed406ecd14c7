"""`luma-agents-cli auth`: store, remove and check the API key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from luma_cli.cli.declare import Commands
from luma_cli.errors import AuthError, LumaError, MissingKeyError, UsageError
from luma_cli.flags import Flag

if TYPE_CHECKING:
    from luma_cli.context import AppContext

auth = Commands()

_SHOWN_CHARACTERS = 4


@auth.command(
    "login",
    Flag("--with-token", "Read the key from stdin", switch=True),
    examples=(
        "luma-agents-cli auth login",
        "luma-agents-cli auth login --with-token < key.txt",
    ),
)
def auth_login(ctx: typer.Context, *, with_token: bool) -> None:
    """Store an API key in the config file."""
    from luma_cli.secret_search import KEY_PREFIX
    from luma_cli.settings import file as config_file
    from luma_cli.settings.declarations import find_setting
    from luma_cli.settings.parse import parse_token
    from luma_cli.settings.resolve import choose

    app: AppContext = ctx.obj
    token = parse_token(app.host.read_stdin() if with_token else _ask(app))
    config_file.set_value(app.config_path, app.table_of("token"), "token", token)
    app.fallback_output.note(f"stored the key in {app.config_path}")
    beside_the_file = choose(find_setting("token"), app.line.globals, app.host.environ, {})
    if not token.startswith(KEY_PREFIX):
        app.fallback_output.warning("it does not look like a key; check it with `auth status`")
    if beside_the_file.value is not None:
        app.fallback_output.warning(f"{beside_the_file.source} overrides the config file")


@auth.command("logout", examples=("luma-agents-cli auth logout",))
def auth_logout(ctx: typer.Context) -> None:
    """Remove the API key from the config file."""
    from luma_cli.settings import file as config_file

    app: AppContext = ctx.obj
    if config_file.unset_value(app.config_path, app.table_of("token"), "token"):
        app.fallback_output.note(f"removed the key from {app.config_path}")
    else:
        app.fallback_output.note(f"{app.config_path} has no key")


@auth.command("status", examples=("luma-agents-cli auth status",))
def auth_status(ctx: typer.Context) -> None:
    """Print which key is used and check it with a free request."""
    app: AppContext = ctx.obj
    settings = app.settings
    if settings.token is None:
        raise MissingKeyError
    source = settings.sources["token"].strip("`")
    problem: LumaError | None = None
    try:
        session = app.session()
        session.read(session.api.check_key)
    except AuthError as refusal:
        problem = refusal
    if app.out.for_people and problem is None:
        app.out.success(
            f"the key {mask(settings.token)} works",
            f"from {source} · profile {settings.profile} · {settings.base_url}",
        )
    elif not app.out.for_people:
        app.out.data(
            {
                "valid": problem is None,
                "token": mask(settings.token),
                "source": source,
                "profile": settings.profile,
                "base_url": settings.base_url,
            }
        )
    if problem is not None:
        message = f"the key {mask(settings.token)} from {source}: {problem.message}"
        raise problem.but(message=message)


def mask(token: str) -> str:
    """Return the last four characters of a key, none of a short one."""
    shown = token[-_SHOWN_CHARACTERS:] if len(token) >= 4 * _SHOWN_CHARACTERS else ""
    return f"****{shown}"


def _ask(app: AppContext) -> str:
    if app.host.ask_secret is None:
        raise UsageError(
            "cannot ask for the key without a terminal",
            hint="pipe it in: `luma-agents-cli auth login --with-token < key.txt`",
        )
    return app.host.ask_secret("API key (not shown): ")
