"""One JSON document as the user asked to see it."""

from __future__ import annotations

from typing import NamedTuple

from luma_cli.errors import NoMatchError
from luma_cli.jsontext.layout import render
from luma_cli.jsontext.parts import decoded, is_too_deep, items
from luma_cli.output.terminal import escaped, visible


class View(NamedTuple):
    """What is picked from a document, and how the rest is shown.

    `format` is one of the names of `--format`; `transform` is a GJSON path. `unquoted` prints a
    string as what it says. `harmless` spells control characters out.
    """

    format: str = "json"
    transform: str | None = None
    unquoted: bool = False
    color: bool = False
    harmless: bool = False


def show(text: str, view: View) -> str | None:
    """Return the JSON document `text` in a view, without a final newline; `None` for nothing.

    `explore` opens a viewer, which may leave nothing to print. Raises `NoMatchError` when the
    transform names nothing in the document.
    """
    picked = pick(text, view.transform)
    if view.format == "explore":
        from luma_cli.output.explorer import explore

        chosen = explore(picked)
        return chosen and _one(chosen, view._replace(format="json", unquoted=True))
    if view.transform and view.format == "jsonl" and picked.startswith("["):
        return "\n".join(_one(item, view) for item in items(picked))
    return _one(picked, view)


def pick(text: str, transform: str | None) -> str:
    """Return the part of `text` that a transform names; raises `NoMatchError` for none."""
    if not transform:
        return text
    from luma_cli.gjson.select import select

    picked = select(text, transform)
    if picked is None:
        raise NoMatchError(
            f"`--transform {transform}` matches nothing in the answer",
            hint="leave `--transform` out to see the whole answer",
        )
    return picked


def _one(text: str, view: View) -> str:
    if view.unquoted and text.startswith('"'):
        shown = decoded(text)
    elif view.format == "yaml":
        from luma_cli.output.yaml_text import to_yaml

        shown = to_yaml(text)
    elif view.format == "pretty" and not is_too_deep(text):
        from luma_cli.output.outline import outline

        return outline(text, color=view.color, harmless=view.harmless)
    else:
        return _as_json(text, view)
    return visible(shown) if view.harmless else shown


def _as_json(text: str, view: View) -> str:
    layout = "json" if view.format == "pretty" else view.format  # an outline nests only so deep
    shown = render(escaped(text) if view.harmless else text, layout)
    if not view.color or view.format == "raw":
        return shown
    from luma_cli.output.colors import colored

    return colored(shown)
