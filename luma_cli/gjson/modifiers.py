"""The modifiers of paths, such as `@reverse` and `@flatten`, from JSON text to JSON text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from luma_cli.errors import NoMatchError
from luma_cli.gjson.bounds import bounded
from luma_cli.jsontext.layout import Shape, pretty, render
from luma_cli.jsontext.parts import array_of, decoded, is_json, items, members, object_of

Select = Callable[[str, str], str | None]
_MOST_DIGITS = 12
# Characters that the reference implementation escapes and `json.dumps` does not.
_ALSO_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029\x7f"}


def _reverse(text: str, _argument: str, _select: Select) -> str:
    if text.startswith("["):
        return array_of(reversed(list(items(text))))
    if text.startswith("{"):
        return object_of(reversed(list(members(text))))
    return text


def _ugly(text: str, _argument: str, _select: Select) -> str:
    return render(text, "jsonl")


def _pretty(text: str, argument: str, _select: Select) -> str:
    options = _options(argument)
    if options.get("sortKeys") == "true":
        text = _sorted(text)
    width = options.get("width", "80")
    shape = Shape(
        _text_option(options, "indent", "  "), int(width[:_MOST_DIGITS]) if width.isdigit() else 80
    )
    prefix = _text_option(options, "prefix", "")
    return "".join(f"{prefix}{line}\n" for line in pretty(text, shape).split("\n"))


def _this(text: str, _argument: str, _select: Select) -> str:
    return text


def _flatten(text: str, argument: str, select: Select) -> str:
    if not text.startswith("["):
        return text
    deep = _options(argument).get("deep") == "true"

    def flat() -> Iterator[str]:
        for item in items(text):
            if item.startswith("["):
                yield from items(_flatten(item, argument, select) if deep else item)
            else:
                yield item

    return array_of(flat())


def _join(text: str, argument: str, _select: Select) -> str:
    if not text.startswith("["):
        return text
    pairs = [pair for item in items(text) if item.startswith("{") for pair in members(item)]
    if _options(argument).get("preserve") == "true":
        return object_of(pairs)
    last = {decoded(key): (key, value) for key, value in pairs}
    return object_of(last.values())


def _keys(text: str, _argument: str, _select: Select) -> str:
    if text.startswith("{"):
        return array_of(key for key, _ in members(text))
    return array_of(
        "null" for _ in (items(text) if text.startswith("[") else [text] if text else [])
    )


def _values(text: str, _argument: str, _select: Select) -> str:
    if text.startswith("{"):
        return array_of(value for _, value in members(text))
    return text if text.startswith("[") else array_of([text] if text else [])


def _to_string(text: str, _argument: str, _select: Select) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_ALSO_ESCAPED)


def _from_string(text: str, _argument: str, _select: Select) -> str | None:
    inner = decoded(text) if text.startswith('"') else text
    return inner.strip() if is_json(inner) else None


def _group(text: str, _argument: str, _select: Select) -> str | None:
    """Convert an object of arrays into an array of objects."""
    if not text.startswith("{"):
        return None
    rows: list[list[tuple[str, str]]] = []
    for key, value in members(text):
        if value.startswith("["):
            for index, item in enumerate(items(value)):
                if index == len(rows):
                    rows.append([])
                rows[index].append((key, item))
    return array_of(object_of(row) for row in rows)


def _dig(text: str, argument: str, select: Select) -> str:
    """Collect the results of a path at any depth, outermost first."""
    if "@dig" in argument:  # each would search all results of the outer one
        raise NoMatchError("`@dig` cannot be in the path of another `@dig`")

    def found(value: str) -> Iterator[str]:
        here = select(value, argument)
        if here is not None:
            yield here
        if value.startswith("{"):
            for _, inner in members(value):
                yield from found(inner)
        elif value.startswith("["):
            for inner in items(value):
                yield from found(inner)

    return array_of(bounded(found(text)))


MODIFIERS: dict[str, Callable[[str, str, Select], str | None]] = {
    "reverse": _reverse,
    "ugly": _ugly,
    "pretty": _pretty,
    "this": _this,
    "valid": _this,  # the answer is valid JSON
    "flatten": _flatten,
    "join": _join,
    "keys": _keys,
    "values": _values,
    "tostr": _to_string,
    "fromstr": _from_string,
    "group": _group,
    "dig": _dig,
}


def _options(argument: str) -> dict[str, str]:
    """Return the options of a modifier as texts: `{"deep":true}` -> `{"deep": "true"}`."""
    if not argument.startswith("{") or not is_json(argument):
        return {}
    return {decoded(key): value for key, value in members(argument)}


def _text_option(options: dict[str, str], name: str, default: str) -> str:
    """Return an option that is a string; other types are ignored."""
    value = options.get(name, "")
    return decoded(value) if value.startswith('"') else default


def _sorted(text: str) -> str:
    if text.startswith("["):
        return array_of(_sorted(item) for item in items(text))
    if text.startswith("{"):
        pairs = sorted(members(text), key=lambda pair: (decoded(pair[0]), pair[1]))
        return object_of((key, _sorted(value)) for key, value in pairs)
    return text
