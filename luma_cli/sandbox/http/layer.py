"""The ASGI layer that logs requests and injects faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.routing import compile_path

from luma_cli.sandbox.endpoints import ENDPOINTS
from luma_cli.sandbox.faults.grammar import FaultPlan
from luma_cli.sandbox.http.exchange import App, Exchange, Receive, Send
from luma_cli.sandbox.http.hosts import is_served_host, refuse_host
from luma_cli.sandbox.http.injection import execute
from luma_cli.sandbox.http.statuses import MOVED
from luma_cli.sandbox.log import RequestLog
from luma_cli.sandbox.state.state import State
from luma_cli.sandbox.transport import Connection

Connections = Mapping[tuple[str, int], Connection]
_PATHS = [(endpoint, compile_path(endpoint.path)[0]) for endpoint in ENDPOINTS]


class HttpLayer:
    """An ASGI application around another one.

    `connections` has the transport of each client address, for resets, which ASGI cannot express.
    """

    def __init__(
        self, app: App, state: State, log: RequestLog, connections: Connections | None = None
    ) -> None:
        self._app, self._state, self.log = app, state, log
        self._plan = FaultPlan(state.options.faults, state.options.seed)
        self._connections = {} if connections is None else connections

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["luma_cli.nonce"] = self._state.nonce
        path = scope["path"]
        is_redirected = path.startswith(f"{MOVED}/")
        scope["path"] = path.removeprefix(MOVED) if is_redirected else path
        endpoint = _endpoint_of(scope)
        entry = self.log.begin({**scope, "path": path}, endpoint, self._state.now())
        scope["luma_cli.entry"] = entry
        client = scope.get("client") or ("", 0)
        connection = self._connections.get((client[0], client[1]))
        exchange = Exchange(scope, receive, send, self._app, (self.log, entry), connection)
        try:
            if not is_served_host(scope, self._state.options.host):
                await refuse_host(scope)(scope, exchange.receive, exchange.send)
                return
            fault = self._plan.choose(endpoint, is_redirected=is_redirected) if endpoint else None
            if fault is None:
                await exchange.execute()
            else:
                await execute(fault, exchange, self._state)
        finally:
            exchange.log_once()


def _endpoint_of(scope: Any) -> str | None:
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    for endpoint, pattern in _PATHS:
        if endpoint.method == method and pattern.match(scope["path"]):
            return endpoint.name
    return None
