"""Where the program starts. `--version` is answered before anything else is imported."""

import gc
import sys

from luma_cli import PROGRAM, VERSION_LINE

_GARBAGE_THRESHOLD = 50_000

TYPE_CHECKING = False  # `typing` itself takes longer to import than this program to say its version
if TYPE_CHECKING:
    from typing import NoReturn


def run() -> "NoReturn":
    """Run the command line of this process and exit."""
    if sys.argv[1:] in (["--version"], ["-v"]) and sys.stdout is not None:
        sys.stdout.write(VERSION_LINE)
        sys.exit(0)
    if sys.argv[-1:] in (["--help"], ["-h"]) and sys.stdout is not None:
        from luma_cli.cli.help import print_help

        if print_help(sys.argv[1:-1], PROGRAM):
            sys.exit(0)
    # What is imported stays; looking for garbage among it took 5 % of a short run.
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


if __name__ == "__main__":
    run()
