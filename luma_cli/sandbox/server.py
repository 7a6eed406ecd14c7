"""The sandbox as a web server, in a thread of this process or in the foreground.

It never has a process of its own, which could outlive this one.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Self

from luma_cli.errors import MissingExtraError, UsageError, reason_of
from luma_cli.sandbox.log import RequestLog
from luma_cli.sandbox.options import SandboxOptions

if TYPE_CHECKING:
    import uvicorn

_SECONDS_TO_STOP = 5.0
_BACKLOG = 1024


class SandboxServer:
    """A sandbox that runs during a `with` block; its socket listens from the start.

    `log` has all requests, `nonce` is the value of `X-Luma-Sandbox` in every answer of the API, and
    `clock` returns Unix seconds.
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
        """The value for `LUMA_BASE_URL`."""
        return _base_url(self._socket)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(_SECONDS_TO_STOP)
        self._socket.close()
        self._resources.close()


def serve_forever(options: SandboxOptions, on_ready: Callable[[str, str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM, after calling `on_ready` with the base URL and the nonce."""
    with ExitStack() as resources:
        server, _, nonce = _build_server(options, time.time, resources)
        listening = resources.enter_context(_listen(options))
        with suppress(KeyboardInterrupt):  # before the server runs, or raised again by uvicorn
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
    log, state = RequestLog(options.log), State(options, clock)
    resources.callback(log.close)
    resources.callback(state.close)
    config = uvicorn.Config(
        build_app(state, log, connections),
        http=protocol,
        backlog=_BACKLOG,
        lifespan="off",
        log_config=None,
        log_level="critical",
        server_header=False,
        proxy_headers=False,  # they would change the client's address, the key of `connections`
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config), log, state.nonce


def _listen(options: SandboxOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # asyncio sets TCP_NODELAY only for an explicit IPPROTO_TCP. Without it, every answer takes
    # 40 ms longer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((options.host, options.port))
    except OSError as problem:
        listening.close()
        raise UsageError(
            f"cannot listen on {options.host} port {options.port}: {reason_of(problem)}",
            hint="choose another `--port`; 0 selects a free one",
        ) from None
    listening.listen(_BACKLOG)
    return listening


def _base_url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"
