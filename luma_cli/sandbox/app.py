"""The sandbox as an ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from luma_cli.sandbox.api import answers, files, generations
from luma_cli.sandbox.endpoints import ENDPOINTS
from luma_cli.sandbox.http.layer import Connections, HttpLayer
from luma_cli.sandbox.http.statuses import PORTAL, portal
from luma_cli.sandbox.log import RequestLog
from luma_cli.sandbox.state.state import State
from luma_cli.sandbox.storage import download, upload

_HANDLERS = {
    "create": generations.create_generation,
    "get": generations.get_generation,
    "file-create": files.create_file,
    "file-complete": files.complete_file,
    "file-list": files.list_files,
    "file-get": files.get_file,
    "file-delete": files.delete_file,
    "download": download.download,
    "upload": upload.upload,
}


def build_app(
    state: State, log: RequestLog | None = None, connections: Connections | None = None
) -> HttpLayer:
    """Return the application for a state, with a request log and fault injection."""
    app = Starlette(
        routes=[
            *(
                Route(endpoint.path, _HANDLERS[endpoint.name], methods=[endpoint.method])
                for endpoint in ENDPOINTS
            ),
            Route(PORTAL, portal, methods=["GET", "POST", "PUT", "DELETE"]),
        ],
        exception_handlers={404: answers.not_found, 405: answers.wrong_method},
    )
    app.router.redirect_slashes = False
    app.state.sandbox = state
    return HttpLayer(app, state, log or RequestLog(), connections)
