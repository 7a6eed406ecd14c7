"""PyYAML's safe loader with the scalars of YAML 1.2, and what the official client tolerates."""

from __future__ import annotations

import re
from typing import Any

import yaml

_JSON_TAGS = {"null", "bool", "int", "float", "str", "seq", "map"}
_SCALARS = (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    # Underscores are of YAML 1.1, but the official client reads them.
    ("int", r"[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+(?:_[0-9]+)*)$", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:_[0-9]+)*\.[0-9]*)(?:[eE][-+]?[0-9]+)?$"
        r"|[-+]?[0-9]+[eE][-+]?[0-9]+$",
        "-+.0123456789",
    ),
    ("merge", r"<<$", "<"),
)
_GLUED = re.compile(r"([A-Za-z_][\w-]*):(.+)", re.DOTALL)


def first_document(text: str) -> Any:
    """Return what the first document of `text` says, `None` without one; raises `YAMLError`."""
    loader: Any = _Loader(text)
    try:
        value = loader.get_data() if loader.check_data() else None
        loader.check_data()  # whatever stands behind it must begin another document
    finally:
        loader.dispose()
    return value


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own
    yaml_constructors = {  # noqa: RUF012 - same
        tag: construct
        for tag, construct in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.rpartition(":")[2] in _JSON_TAGS
    }

    def scan_plain(self) -> Any:
        """Scan a plain scalar; behind `{key: `, a further `: ` can only be part of the value."""
        token: Any = super().scan_plain()
        while self.flow_level not in (0, *self.possible_simple_keys) and self.peek() == ":":
            self.forward()
            while self.peek() == " ":
                self.forward()
            rest: Any = super().scan_plain()
            token = yaml.ScalarToken(
                f"{token.value}: {rest.value}",
                plain=True,
                start_mark=token.start_mark,
                end_mark=rest.end_mark,
            )
        return token

    def construct_scalar(self, node: Any) -> Any:
        """Join the surrogates that JSON spells as in `\\ud83e\\udd8a`."""
        text: str = super().construct_scalar(node)
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Make a mapping whose keys are texts: as numbers and switches, 1 and true are one key."""
        if isinstance(node, yaml.MappingNode):
            node.value = [self._pair(key, value, node) for key, value in node.value]
            _refuse_twins(node)
        return super().construct_mapping(node, deep)

    def _pair(self, key: Any, value: Any, around: Any) -> tuple[Any, Any]:
        if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
            return key, value
        glued = _GLUED.fullmatch(key.value) if around.flow_style and key.style is None else None
        if glued and value.start_mark.index == value.end_mark.index:  # `{a:1}`: no value of its own
            resolve: Any = self.resolve
            tag = resolve(yaml.ScalarNode, glued[2], (True, False))
            value = yaml.ScalarNode(tag, glued[2], key.start_mark, key.end_mark)
            key = yaml.ScalarNode("", glued[1], key.start_mark, key.end_mark)
        return yaml.ScalarNode(
            "tag:yaml.org,2002:str", key.value, key.start_mark, key.end_mark, key.style
        ), value


def _refuse_twins(node: yaml.MappingNode) -> None:
    """Raise for a key that a mapping has twice: one of its values would be lost."""
    seen = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                fact = f"the key `{key.value}` is there twice"
                raise yaml.constructor.ConstructorError(None, None, fact, key.start_mark)
            seen.add(key.value)


def _integer(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node)
    return int(text, 0 if re.match(r"[-+]?0[xo]", text) else 10)


for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
