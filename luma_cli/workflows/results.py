"""Printing the result of a job: paths, a summary, or the whole object."""

from __future__ import annotations

import json

from luma_cli.api.answer import Answer
from luma_cli.jsontext.parts import with_member
from luma_cli.settings.sizes import show_size
from luma_cli.transfers.download_log import SavedFile
from luma_cli.workflows.plan import Plan
from luma_cli.workflows.session import Reporter


def print_result(reporter: Reporter, answer: Answer, files: list[SavedFile], plan: Plan) -> None:
    """Print the last answer of a job and its saved files.

    With `-o -`, stdout gets the output only.
    """
    target = plan.target_of(answer.generation.id)
    if target is not None and target.is_stdout:
        return
    text = with_member(answer.text, "reused", "true") if plan.reused else answer.text
    if plan.paths_only and not reporter.wants_documents:
        reporter.lines(file.path for file in files)
    elif files and reporter.for_people:
        for file in files:
            reporter.success(file.path, _describe(file, answer, plan.cost))
    elif target is not None:
        fields = [file.fields() for file in files]
        reporter.document(with_member(text, "files", json.dumps(fields, ensure_ascii=False)))
    else:
        reporter.document(text)


def _describe(file: SavedFile, answer: Answer, cost: str | None) -> str:
    generation = answer.generation
    facts = (show_size(file.bytes), file.content_type, generation.model, cost, generation.id)
    return " · ".join(fact for fact in facts if fact)
