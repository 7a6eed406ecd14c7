"""Who may import whom: the arrows of CONTRIBUTING.md, read from the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import luma_cli

PACKAGE = Path(luma_cli.__file__).parent

# Each room may import the rooms to its right, itself, and nothing else of ours. `flags`, `errors`
# and the like stand at the ground: they import each other downwards only.
GROUND = {
    "errors",
    "durations",
    "flags",
    "values",
    "resolve",
    "settings",
    "environment",
    "paths",
    "host",
    "interrupts",
    "rules",
    "jsontext",
    "redaction",
    "secret_search",
    "url_credentials",
    "digests",
    "network",
    "connections",
    "decoding",
    "spooling",
}
ALLOWED = {
    "__init__": set[str](),
    "__main__": {"__init__", "host", "main", "redaction"},
    "main": {
        *("__init__", "app", "arguments", "context", "errors", "host", "known_secrets"),
        *("redaction", "values"),
    },
    "app": {"commands", "settings"},
    "docgen": {"__init__", "docgen", "environment", "errors", "flags", "settings"},
    "docgen.__main__": {"__init__", "docgen", "app"},
    "commands": {
        *("commands", "context", "config_file", "body", "jobs", "transfers", "api", "output"),
        "journal",
        *("docgen", "sandbox", *GROUND),
    },
    "context": {"__init__", "arguments", "api", "journal", "output", "config_file", *GROUND},
    "arguments": {"__init__", "errors", "values"},
    "jobs": {"__init__", "api", "body", "transfers", "journal", *GROUND},
    "journal": {"__init__", "journal", *GROUND},
    "transfers": GROUND,
    "api": {"__init__", "api", *GROUND},
    "body": {"body", *GROUND},
    "output": {"output", "gjson", "jsontext", "environment", "durations", "errors", "redaction"},
    "gjson": {"gjson", "jsontext", "errors"},
    "jsontext": {"jsontext"},
    "sandbox": {"sandbox", "rules", "errors", "durations"},
    "config_file": {"errors", "file_lock", "redaction", "settings"},
    "known_secrets": {"environment", "redaction", "settings", "url_credentials"},
    "file_lock": set[str](),
    "rules": {"rules"},
    "host": {"decoding", "errors", "interrupts", "spooling"},
    "interrupts": set(),
    "connections": set(),
    "decoding": {"errors"},
    "spooling": {"errors"},
    "paths": {"__init__", "environment", "errors"},
    "environment": {"settings"},
    "resolve": {"errors", "settings"},
    "settings": {"durations", "errors", "flags", "values"},
    "values": {"durations", "errors", "redaction", "secret_search"},
    "flags": set[str](),
    "durations": {"errors"},
    "errors": {"redaction"},
    "redaction": {"secret_search", "url_credentials"},
    "url_credentials": set[str](),
    "secret_search": set[str](),
    "digests": set[str](),
    "network": set[str](),
}
# The same within the sandbox, from a request's way in to what it is about.
GROUND_OF_SANDBOX = {"amounts", "moments", "endpoints", "keys", "log", "options"}
ALLOWED_IN_SANDBOX = {
    "server": {"app", "connections", "world", *GROUND_OF_SANDBOX},
    "execute": {"server", "options"},
    "app": {"wire", "api", "storage", "world", *GROUND_OF_SANDBOX},
    "connections": {"transport"},
    "transport": set[str](),
    "wire": {"faults", "api", "storage", "world", "transport", *GROUND_OF_SANDBOX},
    "api": {"world", *GROUND_OF_SANDBOX},
    "storage": {"world", "records", *GROUND_OF_SANDBOX},
    "world": {"render", "records", *GROUND_OF_SANDBOX},
    "render": {"records"},
    "records": {"amounts", "moments"},
    "magic": {"faults", "world", "records", "keys"},
    "options": {"faults"},
    "faults": {"amounts", "endpoints"},
    "log": set[str](),
    "keys": set[str](),
    "endpoints": set[str](),
    "moments": set[str](),
    "amounts": set[str](),
    "__init__": set[str](),
}
# Libraries, and the only rooms or modules that may import them.
HOMES = {
    "typer": {"app", "commands", "main", "docgen.__main__"},
    "rich": {"output.human", "output.explorer", "output.table"},
    "textual": {"output.explorer"},
    "httpx": {"api", "jobs", "transfers", "connections", "context", "host", "network"},
    "httpcore": {"transfers.stream", "transfers.limits"},
    "pydantic": {"jobs.envelope"},
    "yaml": {"body.documents", "body.yaml_loader", "output.yaml_text"},
    "imagesize": {"body.limits"},
    "tomlkit": {"config_file"},
    "platformdirs": {"paths"},
    "starlette": {"sandbox"},
    "uvicorn": {"sandbox"},
    "PIL": {"sandbox"},
    "av": {"sandbox"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def imports(path: Path) -> Iterator[str]:
    """Yield every imported module, local imports and type-checking ones included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "luma_cli":
                yield from (f"luma_cli.{alias.name}" for alias in node.names)
            else:
                yield str(node.module)


def room_of(imported: str) -> str:
    first = imported.removeprefix("luma_cli.").split(".")[0]
    return first if (PACKAGE / first).is_dir() or (PACKAGE / f"{first}.py").exists() else "__init__"


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_point_one_way(path: Path) -> None:
    name = module_name(path)
    room = name if name in ALLOWED else name.split(".")[0]
    ours = {room_of(name) for name in imports(path) if name.startswith("luma_cli.")}
    assert ours - ALLOWED[room] - {room} == set()


SANDBOX = sorted((PACKAGE / "sandbox").rglob("*.py"))


@pytest.mark.parametrize("path", SANDBOX, ids=module_name)
def test_imports_point_one_way_in_the_sandbox(path: Path) -> None:
    _, room, *_ = module_name(path).split(".")
    prefix = "luma_cli.sandbox."
    inner = (name.removeprefix(prefix) for name in imports(path) if name.startswith(prefix))
    assert {name.split(".")[0] for name in inner} - ALLOWED_IN_SANDBOX[room] - {room} == set()


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_libraries_stay_in_their_homes(path: Path) -> None:
    name = module_name(path)
    for imported in imports(path):
        homes = HOMES.get(imported.split(".")[0])
        assert homes is None or homes & {name, name.split(".")[0]}, f"{name} imports {imported}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "commands").glob("*.py")), ids=module_name)
def test_commands_do_not_touch_the_world_themselves(path: Path) -> None:
    names = {
        node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)
    }
    assert names & {"print", "open", "input"} == set()
    libraries = {name.split(".")[0] for name in imports(path)}
    assert libraries & {"os", "sys", "httpx", "rich"} == set()
