"""Reading from the API, patiently: a read can be repeated without harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from luma_cli.api.answer import Answer
from luma_cli.context import AppContext
from luma_cli.errors import LumaError
from luma_cli.jobs.patience import try_again

Result = TypeVar("Result")


def patiently(cli: AppContext, read: Callable[[], Result]) -> Result:
    """Call `read` until it succeeds, at most `--max-retries` times more; tries are announced."""
    return try_again(
        read,
        retries=cli.settings.max_retries,
        clock=cli.host.clock,
        on_retry=lambda problem, pause: note_retry(cli, problem, pause),
    )


def note_retry(cli: AppContext, problem: LumaError, pause: float) -> None:
    """Say that something is tried again; `pause` is in seconds."""
    cli.out.note(f"{problem}; next try in {pause:g} s")


def read_generation(cli: AppContext, generation_id: str) -> Answer:
    """Ask for a generation; raises the errors of `LumaClient`."""
    return patiently(cli, lambda: cli.client.get_generation(generation_id))


def read_file(cli: AppContext, file_id: str) -> Answer:
    """Ask for a file's record; raises the errors of `LumaClient`."""
    return patiently(cli, lambda: cli.client.get_file(file_id))
