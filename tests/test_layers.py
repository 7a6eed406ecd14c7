"""Who may import whom: the arrows of CONTRIBUTING.md, read from the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import luma_cli

PACKAGE = Path(luma_cli.__file__).parent

# Each room may import the rooms to its right, itself, and nothing else of ours. `flags`, `errors`
# and the like stand at the ground: they import each other downwards only.
GROUND = {
    "errors",
    "exit_codes",
    "flags",
    "settings",
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
    "file_lock",
}
ALLOWED = {
    "__init__": set[str](),
    "__main__": {"__init__", "cli", "host", "main", "redaction", "terminal_width"},
    "main": {
        *("__init__", "cli", "context", "errors", "exit_codes", "flags", "host", "redaction"),
        "settings",
    },
    "cli": {"__init__", "errors", "flags", "settings"},
    "docgen": {"__init__", "errors", "exit_codes", "flags", "settings"},
    "docgen.__main__": {"__init__", "docgen", "cli"},
    "commands": {
        *("cli", "context", "batch", "workflows", "body", "jobs", "transfers", "api", "output"),
        *("journal", "docgen", "sandbox", *GROUND),
    },
    "batch": {"workflows", "body", "jobs", "transfers", "journal", "api", "output", *GROUND},
    "workflows": {
        *("__init__", "body", "jobs", "transfers", "api", "output", "journal", *GROUND),
    },
    "context": {"__init__", "workflows", "api", "journal", "output", *GROUND},
    "jobs": {"__init__", "api", "body", "transfers", "journal", *GROUND},
    "journal": {"__init__", "journal", *GROUND},
    "transfers": {"file_lock", *GROUND},
    "api": {"__init__", "api", *GROUND},
    "body": {"body", *GROUND},
    "output": {"output", "gjson", "jsontext", "settings", "errors", "redaction"},
    "gjson": {"gjson", "jsontext", "errors"},
    "jsontext": {"jsontext"},
    "sandbox": {"sandbox", "rules", "errors", "settings"},
    "file_lock": set[str](),
    "rules": {"rules"},
    "host": {"decoding", "errors", "interrupts", "spooling", "terminal_width"},
    "interrupts": set(),
    "terminal_width": set[str](),
    "connections": set(),
    "decoding": {"errors"},
    "spooling": {"errors"},
    "settings": {
        *("__init__", "errors", "file_lock", "flags", "redaction", "secret_search"),
        "url_credentials",
    },
    "flags": set[str](),
    "errors": {"exit_codes", "redaction"},
    "exit_codes": set[str](),
    "redaction": {"secret_search", "url_credentials"},
    "url_credentials": set[str](),
    "secret_search": set[str](),
    "digests": set[str](),
    "network": set[str](),
}
# The same within the sandbox, from a request's way in to what it is about.
GROUND_OF_SANDBOX = {"units", "endpoints", "keys", "log", "options"}
ALLOWED_IN_SANDBOX = {
    "server": {"app", "connections", "state", *GROUND_OF_SANDBOX},
    "execute": {"server", "options"},
    "app": {"http", "api", "storage", "state", *GROUND_OF_SANDBOX},
    "connections": {"transport"},
    "transport": set[str](),
    "http": {"faults", "api", "storage", "state", "transport", *GROUND_OF_SANDBOX},
    "api": {"state", *GROUND_OF_SANDBOX},
    "storage": {"state", "models", *GROUND_OF_SANDBOX},
    "state": {"render", "models", *GROUND_OF_SANDBOX},
    "render": {"models"},
    "models": {"units"},
    "help_tables": {"faults", "state", "models", "keys"},
    "options": {"faults"},
    "faults": {"units", "endpoints"},
    "log": set[str](),
    "keys": set[str](),
    "endpoints": set[str](),
    "units": set[str](),
    "__init__": set[str](),
}
# Libraries, and the only rooms or modules that may import them.
HOMES = {
    "typer": {"cli", "commands", "main", "docgen.__main__"},
    "rich": {"output.progress_bar", "output.explorer", "output.table"},
    "textual": {"output.explorer"},
    "httpx": {"api", "jobs", "transfers", "connections", "context", "host", "network"},
    "httpcore": {"transfers.body_reader", "transfers.time_limits"},
    "pydantic": {"api.file_models"},
    "yaml": {"body.documents", "body.yaml_loader", "output.yaml_text"},
    "imagesize": {"body.image"},
    "portalocker": {"file_lock"},
    "tomlkit": {"settings.file"},
    "platformdirs": {"settings.paths"},
    "starlette": {"sandbox"},
    "uvicorn": {"sandbox"},
    "PIL": {"sandbox"},
    "av": {"sandbox"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


@cache
def imports(path: Path) -> frozenset[str]:
    """Return every imported module, local imports and type-checking ones included."""
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
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


@pytest.mark.parametrize("path", sorted((PACKAGE / "workflows").glob("*.py")), ids=module_name)
def test_workflows_take_what_they_use(path: Path) -> None:
    """They get an API, a history, a reporter and a clock, never the context of a whole run."""
    assert "luma_cli.context" not in imports(path)
    assert "AppContext" not in path.read_text()


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


# What tells the time of day and the width of the terminal, so that a test can set both.
OF_THE_HOST = {"time.time", "shutil.get_terminal_size", "os.get_terminal_size"}


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in MODULES
        if not module_name(path).startswith(("host", "terminal_width", "sandbox."))
    ],
    ids=module_name,
)
def test_the_clock_and_the_terminal_are_those_of_the_host(path: Path) -> None:
    tree = ast.parse(path.read_text())
    read = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    taken = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert (read | taken) & OF_THE_HOST == set()
