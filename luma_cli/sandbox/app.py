"""The sandbox as an ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from luma_cli.sandbox import api, storage
from luma_cli.sandbox.world import World


def build_app(world: World) -> Starlette:
    """Return the application for one world."""
    app = Starlette(
        routes=[
            Route("/v1/generations", api.create_generation, methods=["POST"]),
            Route("/v1/generations/{generation_id}", api.get_generation, methods=["GET"]),
            Route("/v1/files", api.list_files, methods=["GET"]),
            Route("/storage/generations/{generation_id}/{name}", storage.download),
        ],
        exception_handlers={404: api.not_found, 405: api.wrong_method},
    )
    app.router.redirect_slashes = False
    app.state.world = world
    return app
