"""S3 as a process of its own: moto's server, and in front of it what moto does not check.

`python -m tests.real_servers.object_storage` listens on a free port of loopback and prints it.

moto 5 takes any presigned link, expired or altered. So botocore, which signs links, is asked here
what the signature of a request would have to be. Three more things that S3 does and moto does not:

* `response-content-encoding` may also be empty, or `aws-chunked`, as SDKs have stored it;
* the bucket `moved` is redirected to another name of this host with 307, `gone` with a 301 that
  names no place;
* objects under `chunked/` are sent in chunks, without a `Content-Length`, as gateways do.

`POST /expire` lets every link end that was used so far, and `GET /requests` tells what was asked.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

ACCESS_KEY, SECRET_KEY, REGION = "AKIDEXAMPLE0000000001", "made-up-and-never-sent", "us-east-1"
_ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>'
)
_CHUNK_BYTES = 10_000
_DATE = "%Y%m%dT%H%M%SZ"

_Start = Callable[[str, list[tuple[str, str]]], Any]


class Gate:
    """Lets through what S3 would."""

    def __init__(self, moto: Callable[[dict[str, Any], _Start], Iterable[bytes]]) -> None:
        self._moto = moto
        self._used: set[str] = set()
        self._expired: set[str] = set()
        self._requests: list[dict[str, str]] = []

    def __call__(self, environ: dict[str, Any], start: _Start) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if (method, path) == ("POST", "/expire"):
            self._expired |= self._used
            return _answer(start, "200 OK", "")
        if (method, path) == ("GET", "/requests"):
            return _answer(start, "200 OK", json.dumps(self._requests))
        query = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
        if "X-Amz-Signature" in query:
            wanted = environ.get("HTTP_RANGE", "")
            self._requests.append({"method": method, "path": path, "range": wanted})
            if refusal := self._refusal(environ, query):
                return _answer(start, *refusal)
        if path.startswith("/moved/") and environ["HTTP_HOST"].startswith("127.0.0.1"):
            place = f"http://localhost:{environ['SERVER_PORT']}{path}?{environ['QUERY_STRING']}"
            text = _ERROR.format("TemporaryRedirect", "Send it to the other endpoint")
            return _answer(start, "307 Temporary Redirect", text, ("Location", place))
        if path.startswith("/gone/"):
            text = _ERROR.format("PermanentRedirect", "Use the endpoint of the bucket")
            return _answer(start, "301 Moved Permanently", text)
        answered = self._moto(environ, _altering(start, path, query))
        return _in_pieces(answered) if path.startswith("/outputs/chunked/") else answered

    def _refusal(self, environ: dict[str, Any], query: dict[str, str]) -> tuple[str, str] | None:
        """Return status and body of the refusal of a link, `None` when it is good."""
        given = query.pop("X-Amz-Signature")
        self._used.add(given)
        made = datetime.strptime(query["X-Amz-Date"], _DATE).replace(tzinfo=UTC)
        ends = made + timedelta(seconds=int(query["X-Amz-Expires"]))
        if given in self._expired or ends < datetime.now(UTC):
            return "403 Forbidden", _ERROR.format("AccessDenied", "Request has expired")
        if not hmac.compare_digest(_signature(environ, query), given):
            text = "The signature you sent is not that of the request"
            return "403 Forbidden", _ERROR.format("SignatureDoesNotMatch", text)
        return None


def _signature(environ: dict[str, Any], query: dict[str, str]) -> str:
    """Return what botocore would have signed a request with."""
    names = query["X-Amz-SignedHeaders"].split(";")
    headers = {name: _header(environ, name) for name in names}
    if environ["PATH_INFO"].startswith("/moved/"):  # the link was made for the name before
        headers["host"] = headers["host"].replace("localhost", "127.0.0.1")
    url = f"http://{headers['host']}{environ['PATH_INFO']}?{urlencode(query)}"
    request = AWSRequest(environ["REQUEST_METHOD"], url, headers)
    request.context["timestamp"] = query["X-Amz-Date"]
    signer = S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return str(signer.signature(text, request))


def _header(environ: dict[str, Any], name: str) -> str:
    key = name.upper().replace("-", "_")
    return str(environ.get(f"HTTP_{key}", environ.get(key, "")))


def _altering(start: _Start, path: str, query: dict[str, str]) -> _Start:
    def start_altered(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        dropped = {"content-encoding"} if "response-content-encoding" in query else set()
        dropped |= {"content-length"} if path.startswith("/outputs/chunked/") else set()
        kept = [(name, value) for name, value in headers if name.lower() not in dropped]
        if "response-content-encoding" in query:
            kept.append(("Content-Encoding", query["response-content-encoding"]))
        return start(status, kept, *rest)

    return start_altered


def _in_pieces(body: Iterable[bytes]) -> Iterator[bytes]:
    for part in body:  # the server makes a chunk of each
        for start in range(0, len(part), _CHUNK_BYTES):
            yield part[start : start + _CHUNK_BYTES]


def _answer(start: _Start, status: str, text: str, *headers: tuple[str, str]) -> list[bytes]:
    body = text.encode()
    kind = "application/json" if text[:1] in ("[", "") else "application/xml"
    start(status, [("Content-Type", kind), ("Content-Length", str(len(body))), *headers])
    return [body]


def main() -> None:
    """Serve until a signal ends the process."""
    gate = Gate(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, gate, threaded=True)
    print(server.server_port, flush=True)  # noqa: T201 - the fixture reads it
    server.serve_forever()


if __name__ == "__main__":
    main()
