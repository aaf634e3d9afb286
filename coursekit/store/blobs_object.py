"""Bytes in an S3-compatible store, each under its own SHA-256."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coursekit.model.errors import BadInput, NotNow
from coursekit.model.ids import Digest
from coursekit.model.submission import sha256
from coursekit.store.blobs import damaged

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore

_READY = "ready"
"""The object that `check` writes; no digest is named so."""


def open_s3(url: str, options: Mapping[str, Any] | None = None) -> ObjectBlobs:
    """The store at `s3://bucket/prefix`. Raises BadInput for another address, or while obstore is not installed.

    Credentials, region and endpoint come from the usual AWS_… variables, which obstore reads itself; `options`
    (obstore's S3Config) outweigh them.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise BadInput("bad-blobs", f"“{url}” is not an S3 address.", "Write it as s3://bucket/prefix.")
    try:
        from obstore.exceptions import BaseError
        from obstore.store import S3Store
    except ImportError as error:
        raise BadInput(
            "no-obstore", "Files in S3 need the package obstore.", "Install it: pip install 'coursekit[s3]'."
        ) from error
    settings: dict[str, Any] = {
        # The store refuses what arrives other than it was sent.
        "checksum_algorithm": "SHA256",
        # obstore tries again by itself: on 5xx, refused or dropped connections.
        "retry_config": {
            "max_retries": 4,
            "retry_timeout": timedelta(seconds=20),
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=3),
                "base": 2,
            },
        },
        **(options or {}),
    }
    client: ClientConfig = {
        # Only for who names an http:// endpoint, such as a MinIO within the cluster; AWS itself is https.
        "allow_http": True,
        "connect_timeout": timedelta(seconds=5),
        "timeout": timedelta(seconds=60),
    }
    client.update(settings.pop("client_options", {}))
    try:
        store = S3Store(parts.netloc, prefix=parts.path.strip("/") or None, client_options=client, **settings)
    except (BaseError, ValueError) as error:
        raise BadInput(
            "bad-blobs", f"The store at {url} cannot be set up: {error}", "Look at the AWS_… variables."
        ) from error
    return ObjectBlobs(store)


class ObjectBlobs:
    """Plugs into `ports.Blobs`, over any store of obstore's."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, content: bytes) -> Digest:
        """Keep the bytes and read them back; what is there already, and whole, is not written again."""
        digest = sha256(content)
        with _as_ours():
            self._create(digest, content)
            if self._read(digest) == content:
                return digest
            # It was there, and had rotted.
            self._store.put(_key(digest), content, mode="overwrite", use_multipart=False)
            if self._read(digest) != content:
                raise damaged()
        return digest

    def get(self, digest: Digest) -> bytes:
        """The bytes, checked against their digest."""
        with _as_ours():
            content = self._read(digest)
        if content is None or sha256(content) != digest:
            raise damaged()
        return content

    def check(self) -> None:
        """Whether something can be written. Raises ServiceFault."""
        with _as_ours():
            self._store.put(_READY, b"ready?", mode="overwrite", use_multipart=False)

    def _create(self, digest: Digest, content: bytes) -> None:
        from obstore.exceptions import AlreadyExistsError, NotSupportedError

        try:
            # In one piece and only if absent: two services that keep the same bytes at once do not overwrite.
            self._store.put(_key(digest), content, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return
        except (NotSupportedError, NotImplementedError):
            # A store without conditional writes: the same bytes under the same name twice do no harm.
            if self._read(digest) is None:
                self._store.put(_key(digest), content, mode="overwrite", use_multipart=False)

    def _read(self, digest: Digest) -> bytes | None:
        try:
            return self._store.get(_key(digest)).bytes().to_bytes()
        except FileNotFoundError:
            return None


def _key(digest: Digest) -> str:
    return f"{digest[:2]}/{digest}"


@contextmanager
def _as_ours() -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError) as error:
        raise NotNow(
            "blobs-unreachable",
            "The store of the exchange's files does not answer, or does not let the exchange in.",
            "Nothing of this was kept. Try again in a minute; if it stays so, tell whoever runs the exchange.",
        ) from error
