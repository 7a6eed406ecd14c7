"""The body of a request, and the forms in which the rest of the program needs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from luma_cli.body.embedding import Verbatim
from luma_cli.body.tree import FieldPath, leaves, map_leaves, nearest_key
from luma_cli.redaction import without_secrets

if TYPE_CHECKING:
    from typing import TypeGuard

    from luma_cli.body.encode import EncodedBody
    from luma_cli.body.local_file import LocalFile


class Request:
    """A request body whose leaves may be `LocalFile`s; nothing changes it once it is made."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body

    @property
    def body(self) -> Mapping[str, Any]:
        """The fields."""
        return self._body

    def map_leaves(self, change: Callable[[FieldPath, Any], Any]) -> Request:
        """Return the request in which `change(place, leaf)` replaces each leaf."""
        return Request(map_leaves(self.body, change))

    def files(self) -> Iterator[tuple[FieldPath, LocalFile]]:
        """Yield the local files and their places."""
        for path, leaf in leaves(self.body):
            if _is_file(leaf):
                yield path, leaf

    def with_ids(self, find_id: Callable[[str], str]) -> Request:
        """Return the request in which `find_id` completes the ids of other generations.

        A text from a file is data and stays as it is.
        """

        def complete(path: FieldPath, leaf: Any) -> Any:
            is_id = path[-1:] == ("generation_id",) and isinstance(leaf, str)
            return find_id(leaf) if is_id and not isinstance(leaf, Verbatim) else leaf

        return self.map_leaves(complete)

    def with_uploads(self, file_ids: Mapping[FieldPath, str]) -> Request:
        """Return the request that refers to uploaded files instead of those at these places."""
        uploaded = self.map_leaves(lambda _, leaf: leaf)
        for path, file_id in file_ids.items():
            reference: Any = uploaded.body
            for step in path[:-1]:
                reference = reference[step]
            reference.clear()
            reference["file_id"] = file_id
        return uploaded

    def for_history(self) -> dict[str, Any]:
        """Return the body as it may be written down: without bytes and signatures of URLs.

        `{"data": <file>}` becomes `{"data": {"sha256": …, "bytes": …, "media_type": …}}`; base64
        that was typed becomes the same, of its text. Raises `InputFileError` for a file that is
        gone.
        """
        described: dict[str, Any] = map_leaves(self.body, _described)
        return described

    def for_rules(self) -> dict[str, Any]:
        """Return the body with a text for each file, as it will be when it is sent."""
        plain: dict[str, Any] = map_leaves(
            self.body, lambda _, leaf: "" if _is_file(leaf) else leaf
        )
        return plain

    @cached_property
    def digest(self) -> str:
        """The SHA-256 that is the same for the same request, in whatever order its keys are.

        Local files count by their bytes, wherever they are and however they travel. Raises
        `InputFileError` for a file that is gone.
        """
        text = json.dumps(self.body, sort_keys=True, separators=(",", ":"), default=_sha256_of_file)
        return _sha256(text.encode())

    @cached_property
    def encoded(self) -> EncodedBody:
        """The body as the bytes of the POST."""
        from luma_cli.body.encode import EncodedBody

        return EncodedBody(self.body)


def _is_file(leaf: Any) -> TypeGuard[LocalFile]:
    from luma_cli.body.local_file import LocalFile

    return isinstance(leaf, LocalFile)


def _sha256_of_file(leaf: Any) -> dict[str, str]:
    if _is_file(leaf):
        return {"sha256": leaf.sha256}
    raise TypeError(f"no JSON value: {leaf!r}")


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _described(path: FieldPath, leaf: Any) -> Any:
    if _is_file(leaf):
        return {
            "sha256": leaf.sha256,
            "bytes": leaf.size,
            "media_type": leaf.media_type,
            "path": str(leaf.path.absolute()),
        }
    if not isinstance(leaf, str):
        return leaf
    if nearest_key(path) == "data":
        text = leaf.encode("utf-8", "surrogatepass")
        return {"sha256": _sha256(text), "characters": len(leaf)}
    return without_secrets(leaf)
