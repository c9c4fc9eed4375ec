"""Marks: keyed hashes of a person's numbers, with which a station without network knows the roster again, nameless."""

import hmac
import secrets
from collections.abc import Iterable

from shali.foundation.vault.sealing import open_bytes, seal
from shali.testing.models import Round

MARK_BYTES = 8
KEY_BYTES = 32


def new_mark_key(*, row: int) -> bytes:
    """Return a new round's key, sealed for its row."""
    return seal(secrets.token_bytes(KEY_BYTES), table="testing_round", column="mark_key", row=row)


def mark_key(*, made: Round) -> bytes:
    return open_bytes(made.mark_key_sealed, table="testing_round", column="mark_key", row=made.pk)


def marks_of(*, key: bytes, documents: Iterable[str], code: str) -> bytes:
    """Return the marks of a person one after the other: of each document's number, then of his code."""
    said = [f"d|{number}" for number in documents] + [f"c|{code}"]
    return b"".join(hmac.digest(key, one.encode(), "sha256")[:MARK_BYTES] for one in said)
