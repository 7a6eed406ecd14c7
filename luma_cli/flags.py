"""What a flag is: the one declaration that parsing, help, completions and manual read."""

from typing import NamedTuple


class Flag(NamedTuple):
    """A flag as typed on the command line.

    `values` are offered by help and completion; whether others are refused is up to the reader of
    the value. A `switch` takes no value (`--web-search`, or `--web-search=false`). `default` is
    what leaving the flag out means, where that is some value.
    """

    name: str
    help: str
    group: str = "Options"
    metavar: str = "TEXT"
    values: tuple[str, ...] = ()
    short: str = ""
    switch: bool = False
    repeatable: bool = False
    default: str = ""

    @property
    def parameter(self) -> str:
        """The flag's name as a Python identifier: `--video.start-frame` -> `video_start_frame`."""
        return self.name.removeprefix("--").replace("-", "_").replace(".", "_")

    @property
    def description(self) -> str:
        """The help text, the suggested values, the default, and whether it may be repeated."""
        values = f" ({', '.join(self.values)})" if self.values else ""
        default = f"default: {self.default}" if self.default else ""
        repeatable = "may be repeated" if self.repeatable else ""
        facts = "; ".join(fact for fact in (default, repeatable) if fact)
        return self.help + values + (f"  [{facts}]" if facts else "")
