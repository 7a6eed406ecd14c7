"""What a flag is: the one declaration that parsing, help, completions and manual read."""

from typing import NamedTuple


class Flag(NamedTuple):
    """A flag as typed on the command line.

    `values` are offered by help and completion; whether others are refused is up to the reader of
    the value. A `switch` takes no value (`--web-search`, or `--web-search=false`).
    """

    name: str
    help: str
    group: str = "Options"
    metavar: str = "TEXT"
    values: tuple[str, ...] = ()
    short: str = ""
    switch: bool = False
    repeatable: bool = False

    @property
    def parameter(self) -> str:
        """The flag's name as a Python identifier: `--video.start-frame` -> `video_start_frame`."""
        return self.name.removeprefix("--").replace("-", "_").replace(".", "_")

    @property
    def description(self) -> str:
        """The help text with the suggested values."""
        return f"{self.help} ({', '.join(self.values)})" if self.values else self.help
