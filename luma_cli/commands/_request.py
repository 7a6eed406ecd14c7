"""The request body of a command: its flags over what was piped in or named by `--input`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from luma_cli.context import AppContext

if TYPE_CHECKING:
    from luma_cli.body.input import Stdin
    from luma_cli.body.kinds import BodyFlag


def read_request(
    cli: AppContext,
    table: Iterable[BodyFlag],
    is_complete: Callable[[Mapping[str, Any]], bool],
    input_file: str | None = None,
) -> dict[str, Any]:
    """Return the body; a silent pipe is waited for only while it is not complete without.

    Raises `UsageError` or `InputFileError`.
    """
    from luma_cli.body.build import build_body
    from luma_cli.body.input import parse_input, read_input

    def whole(typed: Mapping[str, Any], stdin: Stdin) -> Mapping[str, Any]:
        if input_file is not None:
            return read_input(input_file, stdin)
        if stdin.is_taken:
            return {}
        piped = cli.host.read_piped(wait=not is_complete(typed))
        if piped.was_silent:
            cli.out.note("nothing on stdin yet, and not waited for; `--input -` waits")
        return parse_input(piped.text, "stdin")

    host = cli.host
    return build_body(cli.line.typed, host.read_stdin, whole, table, host.spool_stdin)


def with_whole_ids(cli: AppContext, body: Any) -> Any:
    """Return a body in which `gen:@last` and beginnings of ids are whole generation ids."""
    from luma_cli.commands._ids import whole_id_of

    if isinstance(body, list):
        return [with_whole_ids(cli, inner) for inner in body]
    if not isinstance(body, dict):
        return body
    return {
        key: whole_id_of(cli, value)
        if key == "generation_id" and isinstance(value, str)
        else with_whole_ids(cli, value)
        for key, value in body.items()
    }
