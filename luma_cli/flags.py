"""Declarations of flags and arguments, for the parser, help, completions and manual pages."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple


class Completion(StrEnum):
    """The kinds of completion for a value; the completion engines use these names."""

    NOTHING = "nothing"
    WORDS = "words"
    FILES = "files"
    FOLDERS = "folders"
    # A text, or the file that has it: `@path`, `@file://path`, `@data://path`.
    TEXT = "text"
    # `gen:ID`, `file:ID`, a URL, a path.
    REFERENCE = "reference"
    KEYFRAME = "keyframe"
    GENERATION = "generation"
    PROFILE = "profile"
    PROGRAM = "program"


class Flag(NamedTuple):
    """A flag of a command.

    Help and completion suggest `values`; `read` decides which others are valid, and converts text
    to the value for the parameter `dest` of the command's function. A `switch` has no value
    (`--web-search`, or `--web-search=false`); `negation` is the spelling of its opposite. `default`
    is the value of a missing flag, as text. The last occurrence overrides the others, except for a
    `repeatable` flag, where all count, and a `unique` one, where a second one is an error.
    """

    name: str
    help: str
    group: str = "Options"
    metavar: str = "TEXT"
    values: tuple[str, ...] = ()
    completion: Completion = Completion.NOTHING
    short: str = ""
    switch: bool = False
    negation: str = ""
    repeatable: bool = False
    unique: bool = False
    default: str = ""
    read: Callable[[str], Any] = str
    dest: str = ""

    @property
    def parameter(self) -> str:
        """The flag's name as a Python identifier: `--video.start-frame` -> `video_start_frame`."""
        return self.dest or self.name.removeprefix("--").replace("-", "_").replace(".", "_")

    @property
    def names(self) -> list[str]:
        """All spellings, the short one first."""
        return [name for name in (self.short, self.name, self.negation) if name]

    @property
    def placeholder(self) -> str:
        """The name of the value in help, empty for a switch."""
        return "" if self.switch else self.metavar

    @property
    def description(self) -> str:
        """The help text, the suggested values, the default, and whether it may be repeated."""
        values = f" ({', '.join(self.values)})" if self.values else ""
        default = f"default: {self.default}" if self.default else ""
        repeatable = "may be repeated" if self.repeatable else ""
        facts = "; ".join(fact for fact in (default, repeatable) if fact)
        return self.help + values + (f"  [{facts}]" if facts else "")


class Argument(NamedTuple):
    """A positional argument of a command; `metavar` is its name in help, as in `[ID]...`.

    `values_after` has the values to complete after each value of the argument before it.
    """

    parameter: str
    metavar: str
    help: str
    values: tuple[str, ...] = ()
    completion: Completion = Completion.NOTHING
    required: bool = False
    repeats: bool = False
    read: Callable[[str], Any] = str
    values_after: tuple[tuple[str, tuple[str, ...]], ...] = ()


class CommandLine:
    """A command line, as far as it is parsed.

    `occurrences` has the flags of the command in their order, each with its text, or with the truth
    value of a switch. `globals` has the last value of each global flag by its name; `names` are
    the words of the command. `mistake` is the first one, `only_words` is whether `--` was read.
    """

    def __init__(self) -> None:
        self.occurrences: list[tuple[Flag, str | bool]] = []
        self.globals: dict[str, str | bool] = {}
        self.names: list[str] = []
        self.wants_help = False
        self.only_words = False
        self.mistake: Exception | None = None

    @property
    def given(self) -> dict[str, str | bool]:
        """The last value of each flag by its name, global or not."""
        return {flag.name: value for flag, value in self.occurrences} | self.globals
