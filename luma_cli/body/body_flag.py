"""A flag that sets a field of a request body, and how its text becomes a value."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from luma_cli.flags import Flag


class Kind(Enum):
    """The conversion of a flag's text to a value."""

    TEXT = "the text as typed"
    NULLABLE_TEXT = "the text; `null` is JSON null"
    COUNT = "a whole number"
    SWITCH = "true, or what stands after `=`"
    REFERENCE = "a REF"
    REFERENCE_ELEMENT = "a REF; appended"
    KEYFRAME = "INDEX=REF; appended to two lists"
    PARAMETER = "KEY=VALUE; a dotted key and a YAML value"
    TEXT_FILE = "the text of a file"
    NULLABLE_SWITCH = "true or false; `null` is JSON null"
    MAPPING = "a YAML mapping; `null` and nothing are JSON null"
    DOCUMENT = "any YAML"
    ELEMENT = "a YAML mapping, or a list of them; appended"
    ELEMENT_FIELD = "the text, in the last element that lacks the field; `null` is JSON null"


class BodyFlag(NamedTuple):
    """A flag that sets a field of the body: the conversion of its text, and the field."""

    flag: Flag
    kind: Kind
    path: tuple[str, ...] = ()
