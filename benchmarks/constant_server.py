"""A baseline for submissions: the same web server, and an answer that needs no thought."""

from __future__ import annotations

import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def constant(request: Request) -> Response:
    await request.json()
    return JSONResponse({"id": "7b0c4c1e-2f55-4d0a-9a3e-5a1f0d9e6c42", "state": "queued"}, 201)


def main() -> None:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", flush=True)
    app = Starlette(routes=[Route("/v1/generations", constant, methods=["POST"])])
    config = uvicorn.Config(app, http="h11", lifespan="off", log_config=None)
    uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main()
