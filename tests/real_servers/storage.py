"""What a test does with the storage: puts objects there, makes links, looks at what was asked."""

from __future__ import annotations

import itertools
from functools import cached_property
from typing import Any

import boto3
import httpx
from botocore.config import Config

from tests.real_servers.object_storage import ACCESS_KEY, REGION, SECRET_KEY

_LIFE_SECONDS = 3600


class Storage:
    """A running storage host, as its owner sees it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._numbers = itertools.count()
        for bucket in ("outputs", "moved", "gone"):
            self._client.create_bucket(Bucket=bucket)

    @cached_property
    def _client(self) -> Any:
        return self._client_at(self.port)

    def _client_at(self, port: int, host: str = "127.0.0.1") -> Any:
        return boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name=REGION,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )

    def put(self, name: str, content: bytes, content_type: str = "image/png") -> None:
        """Store an output."""
        self._client.put_object(Bucket="outputs", Key=name, Body=content, ContentType=content_type)

    def uploaded(self, name: str, bucket: str = "outputs") -> bytes:
        """Return the bytes of what a client has put."""
        # by the name that the bucket `moved` is not redirected from
        elsewhere = self._client_at(self.port, "localhost")
        content: bytes = elsewhere.get_object(Bucket=bucket, Key=name)["Body"].read()
        return content

    def link(
        self,
        name: str,
        *,
        bucket: str = "outputs",
        expired: bool = False,
        port: int = 0,
        **extra: str,
    ) -> str:
        """Return a fresh link to an output, through another `port` if one is given.

        No two links are the same: each lives for one second longer than the one before.
        """
        life = -_LIFE_SECONDS if expired else _LIFE_SECONDS + next(self._numbers)
        parameters = {"Bucket": bucket, "Key": name, **extra}
        return str(
            self._client_at(port or self.port).generate_presigned_url(
                "get_object", Params=parameters, ExpiresIn=life
            )
        )

    def place(
        self, record: dict[str, Any], *, bucket: str = "outputs", expired: bool = False
    ) -> dict[str, Any]:
        """Return an upload envelope: a link for the bytes of a file, with the headers it signs."""
        life = -_LIFE_SECONDS if expired else _LIFE_SECONDS
        url = self._client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": bucket,
                "Key": record["id"],
                "ContentType": record["mime_type"],
                "Metadata": {"file-id": record["id"]},
            },
            ExpiresIn=life,
        )
        headers = {"Content-Type": record["mime_type"], "x-amz-meta-file-id": record["id"]}
        return {"url": url, "headers": headers}

    def expire_links(self) -> None:
        """Let all links end that were used so far."""
        httpx.post(f"http://127.0.0.1:{self.port}/expire").raise_for_status()

    def asked(self, name: str) -> list[str]:
        """Return method and range of the requests for one object."""
        answer = httpx.get(f"http://127.0.0.1:{self.port}/requests").raise_for_status()
        return [
            f"{entry['method']} {entry['range']}".strip()
            for entry in answer.json()
            if entry["path"].endswith(f"/{name}")
        ]
