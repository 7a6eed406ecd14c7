"""The table of endpoints, shared by the router, the faults and the log."""

from __future__ import annotations

from typing import NamedTuple


class Endpoint(NamedTuple):
    """An endpoint, with its `name` in faults and logs; `group` is `api` or `storage`."""

    name: str
    method: str
    path: str
    group: str = "api"


ENDPOINTS = (
    Endpoint("create", "POST", "/v1/generations"),
    Endpoint("get", "GET", "/v1/generations/{generation_id}"),
    Endpoint("file-create", "POST", "/v1/files"),
    Endpoint("file-complete", "POST", "/v1/files/{file_id}/complete"),
    Endpoint("file-list", "GET", "/v1/files"),
    Endpoint("file-get", "GET", "/v1/files/{file_id}"),
    Endpoint("file-delete", "DELETE", "/v1/files/{file_id}"),
    Endpoint("download", "GET", "/storage/generations/{generation_id}/{name}", "storage"),
    Endpoint("upload", "PUT", "/storage/files/{file_id}", "storage"),
)
