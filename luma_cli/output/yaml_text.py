"""JSON as YAML in block style, which YAML 1.1 and 1.2 parse into the same document."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.emitter import Emitter

from luma_cli.jsontext.layout import pieces_of

# Texts that some YAML parser does not read as a string.
_AMBIGUOUS = re.compile(
    r"""~ | null | true | false | yes | no | on | off | y | n
    | [-+]? (?: 0x[0-9a-f_]+ | 0o[0-7_]+ | 0b[01_]+ | \.inf )  |  \.nan
    | [-+]? (?: [0-9][0-9_]* (?:\.[0-9_]*)? | \.[0-9_]+ ) (?: e[-+]?[0-9]+ )?
    | [-+]? [0-9][0-9_]* (?: :[0-5]?[0-9] )+ (?: \.[0-9_]* )?
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} .*
    | = | << | --- | \.\.\.""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def to_yaml(text: str) -> str:
    """Return the JSON document `text` as YAML, without a final newline.

    Keeps the order of keys, duplicates and the spelling of numbers.
    """
    stream = io.StringIO()
    emitter = _BlockEmitter(stream, allow_unicode=True, width=sys.maxsize)
    for event in _events(text):
        emitter.emit(event)
    return stream.getvalue().removesuffix("\n...\n").removesuffix("\n")


class _BlockEmitter(Emitter):
    """PyYAML's emitter with lists indented under their key and double quotes only."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's signature
        super().increase_indent(flow, indentless=False)

    def choose_scalar_style(self) -> str:
        style: str = super().choose_scalar_style()
        return '"' if style == "'" else style


def _events(text: str) -> Iterator[yaml.Event]:
    pieces = pieces_of(text)
    yield yaml.StreamStartEvent()
    yield yaml.DocumentStartEvent(explicit=False)
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        if piece == "{":
            yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=following == "}")
        elif piece == "[":
            yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=following == "]")
        elif piece == "}":
            yield yaml.MappingEndEvent()
        elif piece == "]":
            yield yaml.SequenceEndEvent()
        elif piece not in ",:":
            yield _scalar(piece)
    yield yaml.DocumentEndEvent(explicit=False)
    yield yaml.StreamEndEvent()


def _scalar(piece: str) -> yaml.ScalarEvent:
    if not piece.startswith('"'):
        return yaml.ScalarEvent(None, None, (True, True), piece)
    value: str = json.loads(piece, strict=False)
    style: Any = None
    if not value or _AMBIGUOUS.fullmatch(value):
        style = '"'
    elif "\n" in value and not value.startswith((" ", "\n")):
        style = "|"
    return yaml.ScalarEvent(None, None, (True, True), value, style=style)
