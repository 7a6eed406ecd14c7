"""A JSON document in the format that the user chose."""

from typing import NamedTuple

from luma_cli.errors import NoMatchError
from luma_cli.jsontext.layout import render
from luma_cli.output.terminal import escaped, visible


class View(NamedTuple):
    """How to show a document.

    `format` is a value of `--format`, `transform` a GJSON path. `unquoted` prints the text of a
    string without quotes. `sanitize` escapes control characters.
    """

    format: str = "json"
    transform: str | None = None
    unquoted: bool = False
    color: bool = False
    sanitize: bool = False


def show(text: str, view: View) -> str | None:
    """Return the JSON document `text` in a view, without a final newline.

    `None` if there is nothing to print after `explore`. Raises `NoMatchError` if the transform
    matches nothing in the document.
    """
    picked = pick(text, view.transform)
    if view.format == "explore":
        from luma_cli.output.explorer import explore

        chosen = explore(picked)
        return chosen and _one(chosen, view._replace(format="json", unquoted=True))
    if view.transform and view.format == "jsonl" and picked.startswith("["):
        from luma_cli.jsontext.parts import items

        return "\n".join(_one(item, view) for item in items(picked))
    return _one(picked, view)


def pick(text: str, transform: str | None) -> str:
    """Return the part of `text` that a transform selects; raises `NoMatchError`."""
    if not transform:
        return text
    from luma_cli.gjson.select import select

    picked = select(text, transform)
    if picked is None:
        raise NoMatchError(
            f"`--transform {transform}` matches nothing in the answer",
            hint="omit `--transform` to see the whole answer",
        )
    return picked


def _one(text: str, view: View) -> str:
    if view.unquoted and text.startswith('"'):
        from luma_cli.jsontext.parts import decoded

        shown = decoded(text)
    elif view.format == "yaml":
        from luma_cli.output.yaml_text import to_yaml

        shown = to_yaml(text)
    else:
        return _as_outline(text, view) if view.format == "pretty" else _as_json(text, view)
    return visible(shown) if view.sanitize else shown


def _as_outline(text: str, view: View) -> str:
    from luma_cli.jsontext.parts import is_too_deep
    from luma_cli.output.outline import outline

    if is_too_deep(text):
        return _as_json(text, view)
    return outline(text, color=view.color, sanitize=view.sanitize)


def _as_json(text: str, view: View) -> str:
    layout = "json" if view.format == "pretty" else view.format  # too deep for an outline
    shown = render(escaped(text) if view.sanitize else text, layout)
    if not view.color or view.format == "raw":
        return shown
    from luma_cli.output.colors import colored

    return colored(shown)
