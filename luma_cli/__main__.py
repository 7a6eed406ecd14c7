"""Where the program starts. `--version` and help are printed before anything else is imported."""

import gc
import os
import sys

from luma_cli import PROGRAM, VERSION_LINE

_GARBAGE_THRESHOLD = 100_000

TYPE_CHECKING = False  # `typing` itself takes longer to import than this program to say its version
if TYPE_CHECKING:
    from typing import NoReturn


def run() -> "NoReturn":
    """Run the command line of this process and exit."""
    answer = _known_answer(sys.argv[1:])
    if answer is not None and sys.stdout is not None and _print(answer):
        sys.exit(0)
    # What is imported stays; looking for garbage among its 50,000 objects takes 10 % of a run.
    gc.set_threshold(_GARBAGE_THRESHOLD)
    try:
        from luma_cli.host import Host
        from luma_cli.main import main
        from luma_cli.redaction import print_traceback

        sys.excepthook = print_traceback
        host = Host.of_this_process()
        host.leave(main(sys.argv[1:], host))
    except KeyboardInterrupt:  # while the imports ran; `main` deals with it later on
        sys.exit(130)


def _known_answer(argv: "list[str]") -> "str | None":
    """Return the version or the help of a command, if that is all that a line asks for."""
    if argv in (["--version"], ["-v"]):
        return VERSION_LINE
    if argv[-1:] not in (["--help"], ["-h"]):
        return None
    from luma_cli.cli.help import help_of
    from luma_cli.terminal_width import columns

    return help_of(argv[:-1], PROGRAM, columns(os.environ, 1, 2))


def _print(text: str) -> bool:
    """Print a text as UTF-8, past all buffers; return whether stdout took it.

    If not, the parser reports the error.
    """
    stream = getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)
    data = text.encode()
    try:
        while data and (size := stream.write(data)):
            data = data[size:]
    except OSError:
        return False
    return not data


if __name__ == "__main__":
    run()
