"""nginx in front of a sandbox, with TLS: what many an API and storage host are served by."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.real_servers.processes import HOST, listening_socket, process, program

# The sandbox makes links of the scheme it is asked with, and nginx asks it without TLS.
_CONFIG = """
daemon off;
{user}
worker_processes 1;
pid {folder}/pid;
error_log stderr info;
events {{ worker_connections 128; }}
http {{
  log_format fields escape=json '{{"method": "$request_method", "path": "$uri",'
    ' "status": $status, "encoding": "$sent_http_content_encoding",'
    ' "framing": "$sent_http_transfer_encoding", "length": "$sent_http_content_length",'
    ' "connection": $connection, "tls": "$ssl_protocol"}}';
  access_log {folder}/requests fields;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_max_body_size 0;
  server {{
    listen {host}:{port} ssl;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate {certificate};
    ssl_certificate_key {certificate};
    sub_filter http://$http_host https://$http_host;
    sub_filter_types application/json;
    sub_filter_once off;
    proxy_set_header Host $http_host;
    {directives}
    location / {{ proxy_pass {upstream}; }}
    {locations}
  }}
}}
"""


class Request(NamedTuple):
    """A request as nginx logs it when it has been answered."""

    method: str
    path: str
    status: int
    encoding: str
    framing: str
    length: str
    connection: int
    tls: str

    @property
    def is_for_api(self) -> bool:
        return self.path.startswith("/v1/")


class Nginx(NamedTuple):
    """A server that runs; `requests` are complete when it has stopped."""

    folder: Path
    port: int

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}/v1"

    @property
    def requests(self) -> list[Request]:
        lines = (self.folder / "requests").read_text("utf-8").splitlines()
        return [Request(**json.loads(line)) for line in lines]


@contextmanager
def nginx(
    folder: Path, certificate: Path, upstream: str, directives: str = "", locations: str = ""
) -> Iterator[Nginx]:
    """Serve what `upstream` answers, as the `directives` of the server block want it.

    `certificate` holds the chain and the key.
    """
    command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    folder.mkdir()
    with listening_socket() as listening:
        server = Nginx(folder, listening.getsockname()[1])
        (folder / "nginx.conf").write_text(
            _CONFIG.format(
                folder=folder,
                user="user root;" if os.getuid() == 0 else "",  # another could not read `folder`
                host=HOST,
                port=server.port,
                certificate=certificate,
                upstream=upstream,
                directives=directives,
                locations=locations,
            )
        )
        # nginx takes over a socket that listens already, as when it replaces itself: nobody else
        # can get the port meanwhile, and who connects early waits for it.
        running = process(
            [*command, "-e", "stderr"],
            folder / "log",
            environ={"NGINX": f"{listening.fileno()};"},
            inherited=[listening.fileno()],
        )
        with running:
            listening.close()
            yield server
