"""What a program's write was answered, kept under the key that named it, in the transaction of the write itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from shali.foundation.accounts.models import AnsweredRequest
from shali.foundation.vault.sealing import open_bytes, seal

KEYS_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answered:
    """status: None when the answer was a stream, which is not kept."""

    request_hash: bytes
    status: int | None
    headers: Mapping[str, str]
    body: bytes


def take_key(*, token: int, key: str, request_hash: bytes, at: datetime) -> int | None:
    """Take a key for a write and return its number; None when it was taken before.

    Of two equal requests at once, the second waits here until the first has ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_answeredrequest (token_id, key, request_hash, headers, at)"
            " values (%s, %s, %s, '{}', %s) on conflict do nothing returning id",
            [token, key, request_hash, at],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def answer_of(*, token: int, key: str) -> Answered:
    """Return what was answered under a key that is taken."""
    known = AnsweredRequest.objects.get(token_id=token, key=key)
    sealed = known.body_sealed
    body = open_bytes(sealed, table="accounts_answeredrequest", column="body", row=known.pk) if sealed else b""
    return Answered(bytes(known.request_hash), known.status, known.headers, body)


def keep_answer(*, number: int, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Keep an answer under the key that was taken for it."""
    sealed = seal(body, table="accounts_answeredrequest", column="body", row=number) if body else None
    AnsweredRequest.objects.filter(pk=number).update(status=status, headers=dict(headers), body_sealed=sealed)


def forget_old_answers(*, at: datetime) -> int:
    """Remove answers whose keys nobody repeats any more; return how many."""
    return AnsweredRequest.objects.filter(at__lt=at - KEYS_KEPT).delete()[0]
