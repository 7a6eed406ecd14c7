"""The outputs of a completed job, saved one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from luma_cli.api.answer import Answer
from luma_cli.errors import NoOutputError
from luma_cli.transfers.download import SavedFile, download
from luma_cli.transfers.target import Target

if TYPE_CHECKING:
    import httpx

_NOT_YET = ("queued", "processing")


def fetch_outputs(
    http: httpx.Client,
    answer: Answer,
    target: Target,
    report: Callable[[str, int, int | None], None],
) -> list[SavedFile]:
    """Save every output of a generation and return the files.

    `http` carries no key. `report(name, done, total)` hears of the bytes. Raises `NoOutputError`
    when there is nothing to save and the errors of `download`, each with the generation's id.
    """
    generation = answer.generation
    outputs = generation.output or []
    if not outputs:
        pending = generation.state in _NOT_YET
        raise NoOutputError(
            f"generation {generation.id} is {generation.state} and has nothing to download",
            hint="add `--wait` to wait for it" if pending else None,
            generation_id=generation.id,
        )
    saved = []
    for index, output in enumerate(outputs):
        saved.append(
            download(
                http,
                output.url,
                lambda content_type, index=index, url=output.url: target.path(  # type: ignore[misc]
                    generation.id, index, len(outputs), content_type, url
                ),
                overwrite=target.overwrite,
                report=report,
            )
        )
    return saved
