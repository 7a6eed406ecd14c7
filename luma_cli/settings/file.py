"""The config file: TOML, private to its user, comments kept when a value changes.

Top-level keys apply to every profile; a table `[profiles.NAME]` overrides them for one. Whatever
bytes the file has, reading it returns a dictionary or raises `ConfigFileError`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from luma_cli.errors import ConfigFileError, reason_of
from luma_cli.file_lock import LONGEST_WAIT_SECONDS, locked
from luma_cli.redaction import the_run
from luma_cli.settings.declarations import CONFIG_KEYS

_GROUP_OR_WORLD = 0o077
_LARGEST_BYTES = 1024 * 1024
_ANOTHER_FILE_HINT = "set `LUMA_CONFIG_FILE` to use another file"


def load(path: Path) -> dict[str, Any]:
    """Return the parsed file, an empty dictionary when it does not exist.

    The redactor learns its API keys. Raises `ConfigFileError` when it cannot be read or parsed;
    the message has line and column.
    """
    return _parsed(path, _read(path))


def unknown_keys(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys that are no setting's, those of profiles as `profiles.NAME.KEY`."""
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

    Several processes at once take turns. Raises `ConfigFileError` when the file cannot be read,
    parsed or written.
    """
    path = _real(path)
    load(path)  # a lock is put beside a valid config file only
    with _locked(path):
        before = _read(path)
        _parsed(path, before)
        with _editing(path):
            after = _with_value(before, profile, key, value)
            wanted = _spelled(before)
            table = wanted
            if profile is not None:
                table = wanted.setdefault("profiles", {}).setdefault(profile, {})
            table[key] = value
            _check_change(after, wanted)
        _write(path, after)


def unset_value(path: Path, profile: str | None, key: str) -> bool:
    """Remove one value; returns whether it was there. Raises `ConfigFileError` as `set_value`."""
    path = _real(path)
    if not load(path):
        return False  # there may be no folder for a lock
    with _locked(path):
        before = _read(path)
        if key not in _table(_parsed(path, before), profile):
            return False
        with _editing(path):
            after = _without_value(before, profile, key)
            wanted = _spelled(before)
            del _table(wanted, profile)[key]
            _check_change(after, wanted)
        _write(path, after)
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other processes from changing the file during the block; makes the file's folder."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(path, LONGEST_WAIT_SECONDS):
            yield
    except TimeoutError:
        raise ConfigFileError(
            f"cannot write the config file `{path}`: another process is changing it",
            hint=f"retry; if nothing runs, remove `{path.parent}/.{path.name}.lock`",
        ) from None
    except OSError as problem:
        raise _unwritable(path, problem) from None


@contextmanager
def _editing(path: Path) -> Iterator[None]:
    """Turn what the library that keeps comments cannot handle into `ConfigFileError`."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise ConfigFileError(
            f"the config file `{path}` cannot be changed without loss and was left unchanged",
            hint="edit it by hand",
        ) from None


def _with_value(text: str, profile: str | None, key: str, value: Any) -> str:
    import tomlkit
    from tomlkit.items import InlineTable

    document = tomlkit.parse(text)
    table: Any = document
    if profile is not None:
        profiles = document.setdefault("profiles", tomlkit.table(is_super_table=True))
        if profile not in profiles:
            profiles[profile] = {} if isinstance(profiles, InlineTable) else tomlkit.table()
        table = profiles[profile]
    table[key] = value
    return tomlkit.dumps(document)


def _without_value(text: str, profile: str | None, key: str) -> str:
    import tomlkit

    document: Any = tomlkit.parse(text)
    del (document if profile is None else document["profiles"][profile])[key]
    return tomlkit.dumps(document)


def _check_change(text: str, wanted: Mapping[str, Any]) -> None:
    """Raise `ValueError` unless the changed text parses to `wanted`."""
    if _spelled(text) != wanted:
        raise ValueError


def _spelled(text: str) -> dict[str, Any]:
    """Parse with fractions as text, for comparison: `nan` is not equal to itself."""
    import tomllib

    return tomllib.loads(text, parse_float=str)


def _unwritable(path: Path, problem: OSError) -> ConfigFileError:
    return ConfigFileError(
        f"cannot write the config file `{path}`: {reason_of(problem)}",
        hint=_ANOTHER_FILE_HINT,
    )


def _parsed(path: Path, text: str) -> dict[str, Any]:
    if not text:
        return {}
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _syntax_error(path, text, str(problem)) from None
    except RecursionError:
        raise _wrong(path, "it is nested too deeply") from None
    except ValueError:  # Python converts no more than some 4,300 digits
        raise _wrong(path, "a number has too many digits") from None
    _check_tables(path, document)
    tokens = (table.get("token") for table in _tables(document))
    the_run.learn(*(token for token in tokens if isinstance(token, str)))
    return document


def _tables(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield document
    yield from document.get("profiles", {}).values()


def _table(document: dict[str, Any], profile: str | None) -> dict[str, Any]:
    """Return the table of a profile, or the top level; an empty one if there is none."""
    return document if profile is None else dict.get(document, "profiles", {}).get(profile, {})


def _real(path: Path) -> Path:
    """Return the file behind a link, so that writing leaves the link in place."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a loop of links
        raise _unreadable(path, "its symbolic links form a loop") from None


def _wrong(path: Path, fact: str) -> ConfigFileError:
    return ConfigFileError(f"the config file `{path}` is invalid: {fact}", hint=_ANOTHER_FILE_HINT)


def _read(path: Path) -> str:
    """Return the text of a regular file, empty if there is none; a device might never end."""
    # Opening a pipe would wait for a writer.
    at_once = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | at_once), "rb") as stream:
            if str(path) == os.devnull:
                return ""
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise _unreadable(path, "it is not a regular file")
            content = stream.read(_LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except IsADirectoryError:
        raise _unreadable(path, "it is a folder") from None
    except (OSError, ValueError) as problem:
        raise _unreadable(path, reason_of(problem)) from None
    if len(content) > _LARGEST_BYTES:
        raise _unreadable(path, "it is larger than 1 MiB")
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ConfigFileError(
            f"the config file `{path}` is not UTF-8 text", hint=_ANOTHER_FILE_HINT
        ) from None


def _unreadable(path: Path, reason: str) -> ConfigFileError:
    return ConfigFileError(
        f"cannot read the config file `{path}`: {reason}", hint=_ANOTHER_FILE_HINT
    )


def _write(path: Path, text: str) -> None:
    """Replace the file in one step; the new one is private before it has any content."""
    import tempfile

    if str(path) == os.devnull:  # which the administrator could replace by a file
        raise _unreadable(path, "it is not a regular file")
    try:
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
    except UnicodeEncodeError:
        raise ConfigFileError("the value is not UTF-8 text") from None
    except OSError as problem:
        raise _unwritable(path, problem) from None


def _check_tables(path: Path, document: Mapping[str, Any]) -> None:
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(t, dict) for t in profiles.values()):
        raise ConfigFileError(
            f"the config file `{path}` is invalid: `profiles` must hold one table per profile",
            hint="write `[profiles.work]` and the keys below it",
        )


def _syntax_error(path: Path, text: str, problem: str) -> ConfigFileError:
    # An API key may be anywhere in a broken file, and the parser quotes duplicate names.
    the_run.learn(*re.findall(r"token\W{0,9}=\s*[\"']?([^\s\"'#]+)", text))
    names = r"\(.*\)(?= twice)|(?<=namespace )\(.*\)|(?<=table key ).*(?= \(at)"
    problem = re.sub(names, "…", problem)
    # "Invalid value (at line 3, column 9)" or "... (at end of document)"
    found = re.search(r" \(at line (\d+), column (\d+)\)$", problem)
    lines = text.splitlines() or [""]
    line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
    fact = re.sub(r" \(at .*\)$", "", problem)
    fact = fact[:1].lower() + fact[1:]
    return ConfigFileError(
        f"the config file `{path}` is invalid at line {line}, column {column}: {fact}",
        hint="fix that line, or set `LUMA_CONFIG_FILE` to use another file",
    )
