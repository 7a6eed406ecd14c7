"""The config file: TOML, private to its user, comments kept when a value changes.

Top-level keys hold for every profile; a table `[profiles.NAME]` overrides them for one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from luma_cli.errors import ConfigFileError
from luma_cli.settings import CONFIG_KEYS

if TYPE_CHECKING:
    import tomlkit

_GROUP_OR_WORLD = 0o077


def load(path: Path) -> dict[str, Any]:
    """Return the parsed file, empty when there is none.

    Raises `ConfigFileError` when it cannot be read or parsed; the message has line and column.
    """
    text = _read(path)
    if not text:
        return {}
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _syntax_error(path, text, str(problem)) from None
    _check_tables(path, document)
    return document


def unknown_keys(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys that no setting has, profile keys as `profiles.NAME.KEY`."""
    for key, value in document.items():
        if key == "profiles":
            for name, table in value.items():
                yield from (f"profiles.{name}.{k}" for k in table if k not in CONFIG_KEYS)
        elif key not in CONFIG_KEYS:
            yield key


def readable_by_others(path: Path) -> bool:
    """Return whether other users of this machine may read the file."""
    try:
        return os.name == "posix" and bool(path.stat().st_mode & _GROUP_OR_WORLD)
    except OSError:
        return False


def set_value(path: Path, profile: str | None, key: str, value: Any) -> None:
    """Write one value, at the top level or in a profile's table.

    Raises `ConfigFileError` when the file cannot be read, parsed or written.
    """
    import tomlkit
    from tomlkit.items import InlineTable

    document = _load_for_editing(path)
    table: Any = document
    if profile is not None:
        profiles = document.setdefault("profiles", tomlkit.table(is_super_table=True))
        if profile not in profiles:
            profiles[profile] = {} if isinstance(profiles, InlineTable) else tomlkit.table()
        table = profiles[profile]
    table[key] = value
    _write(path, tomlkit.dumps(document))


def unset_value(path: Path, profile: str | None, key: str) -> bool:
    """Remove one value; returns whether it was there. Raises `ConfigFileError` as `set_value`."""
    import tomlkit

    document = _load_for_editing(path)
    table: Any = document
    if profile is not None:
        table = document.get("profiles", {}).get(profile, {})
    if key not in table:
        return False
    del table[key]
    _write(path, tomlkit.dumps(document))
    return True


def _load_for_editing(path: Path) -> tomlkit.TOMLDocument:
    load(path)  # reports a broken file with its line and column
    import tomlkit

    return tomlkit.parse(_read(path))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError:
        raise ConfigFileError(f"the config file `{path}` is not UTF-8 text") from None
    except OSError as problem:
        raise ConfigFileError(
            f"cannot read the config file `{path}`: {problem.strerror}",
            hint="set `LUMA_CONFIG_FILE` to use another file",
        ) from None


def _write(path: Path, text: str) -> None:
    """Replace the file in one step; the new one is private before it has any content."""
    import tempfile

    path = path.resolve()  # a link to a file kept elsewhere stays a link
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp creates with mode 0600
        handle, temporary = tempfile.mkstemp(prefix=".config-", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise ConfigFileError(
            f"cannot write the config file `{path}`: {problem.strerror}",
            hint="set `LUMA_CONFIG_FILE` to use another file",
        ) from None


def _check_tables(path: Path, document: Mapping[str, Any]) -> None:
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(t, dict) for t in profiles.values()):
        raise ConfigFileError(
            f"the config file `{path}` is wrong: `profiles` must hold one table per profile",
            hint="write `[profiles.work]` and the keys below it",
        )


def _syntax_error(path: Path, text: str, problem: str) -> ConfigFileError:
    # "Invalid value (at line 3, column 9)" or "... (at end of document)"
    found = re.search(r" \(at line (\d+), column (\d+)\)$", problem)
    lines = text.splitlines() or [""]
    line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
    fact = re.sub(r" \(at .*\)$", "", problem)
    fact = fact[:1].lower() + fact[1:]
    return ConfigFileError(
        f"the config file `{path}` is wrong at line {line}, column {column}: {fact}",
        hint="mend that line, or set `LUMA_CONFIG_FILE` to use another file",
    )
