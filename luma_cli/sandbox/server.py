"""The sandbox as a web server, in a thread of this process or in the foreground.

In this process on purpose: whatever ends it, no server is left behind.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from luma_cli.errors import MissingExtraError, UsageError, reason_of
from luma_cli.sandbox.log import RequestLog
from luma_cli.sandbox.options import SandboxOptions

if TYPE_CHECKING:
    import uvicorn

_SECONDS_TO_STOP = 5.0
_BACKLOG = 1024


class SandboxServer:
    """A running sandbox for the time of a `with` block; its socket listens from the start.

    `log` has every request so far, `nonce` is what every answer of the API repeats in
    `X-Luma-Sandbox`; `clock` gives Unix seconds.
    """

    def __init__(self, options: SandboxOptions, clock: Callable[[], float] = time.time) -> None:
        self._resources = ExitStack()
        self._server, self.log, self.nonce = _build_server(options, clock, self._resources)
        self._socket = _listen(options)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="sandbox", daemon=True
        )

    @property
    def base_url(self) -> str:
        """What `LUMA_BASE_URL` must be."""
        return _base_url(self._socket)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_SECONDS_TO_STOP)
        self._socket.close()
        self._resources.close()


def serve_forever(options: SandboxOptions, on_ready: Callable[[str, str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; `on_ready` is called with the base URL and the nonce."""
    with ExitStack() as resources:
        server, _, nonce = _build_server(options, time.time, resources)
        listening = resources.enter_context(_listen(options))
        with suppress(KeyboardInterrupt):  # early, or repeated by uvicorn, which it stopped
            on_ready(_base_url(listening), nonce)
            server.run([listening])


def _build_server(
    options: SandboxOptions, clock: Callable[[], float], resources: ExitStack
) -> tuple[uvicorn.Server, RequestLog, str]:
    try:
        import uvicorn

        from luma_cli.sandbox.app import build_app
        from luma_cli.sandbox.connections import recording_protocol
        from luma_cli.sandbox.state.state import State
    except ImportError as problem:
        raise MissingExtraError(
            f"the sandbox is not installed: `{problem.name}` is missing",
            hint="install it with the extra `sandbox`, as in `pip install '.[sandbox]'`",
        ) from None
    protocol, connections = recording_protocol()
    log, world = RequestLog(options.log), State(options, clock)
    resources.callback(log.close)
    resources.callback(world.close)
    config = uvicorn.Config(
        build_app(world, log, connections),
        http=protocol,
        backlog=_BACKLOG,
        lifespan="off",
        log_config=None,
        log_level="critical",
        server_header=False,
        proxy_headers=False,  # they would change the address that connections are found by
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config), log, world.nonce


def _listen(options: SandboxOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # Only of a socket that says it is TCP does asyncio turn off the wait for more to send, which
    # costs every answer 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((options.host, options.port))
    except OSError as problem:
        listening.close()
        raise UsageError(
            f"cannot listen on {options.host} port {options.port}: {reason_of(problem)}",
            hint="choose another `--port`; 0 takes a free one",
        ) from None
    listening.listen(_BACKLOG)
    return listening


def _base_url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared with
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"
