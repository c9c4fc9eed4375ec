"""Sealed fields and blind indexes.

Sealed value: format (1 byte) | key number (2 bytes) | nonce (12 bytes) | AES-256-GCM of the text.
The associated data is `table|column|row id|key number`, so that a sealed value moved to another row
or column does not open. Blind index: the first 16 bytes of HMAC-SHA-256 over `kind|value`.
"""

import hmac
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

from shali.foundation.vault.keystore import keystore

FORMAT = 1
NONCE_BYTES = 12
BODY = 3 + NONCE_BYTES  # where the sealed text begins
BLIND_BYTES = 16
AT_ONCE = 1_000  # values opened before the keys are looked at again


class SealBroken(Exception):
    """A sealed value was changed, or moved from the row that it was sealed for."""


@lru_cache(maxsize=64)
def _cipher(number: int) -> AESGCM:
    return AESGCM(keystore().field_key(number).secret)


def _bound_to(table: str, column: str, row: int, number: int) -> bytes:
    return f"{table}|{column}|{row}|{number}".encode()


def seal(value: str | bytes, *, table: str, column: str, row: int, outbreak: str | None = None) -> bytes:
    """Seal a value for one column of one row under the newest key of the outbreak (default: the current one)."""
    number = keystore().current(outbreak or settings.OUTBREAK).number
    plain = value.encode() if isinstance(value, str) else value
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(number).encrypt(nonce, plain, _bound_to(table, column, row, number))
    return bytes([FORMAT]) + number.to_bytes(2, "big") + nonce + sealed


def open_bytes(sealed: bytes | memoryview, *, table: str, column: str, row: int) -> bytes:
    """Open a sealed value.

    :raises SealBroken: it was changed or belongs to another row
    :raises KeyDestroyed: its outbreak was closed and the key destroyed
    """
    if keystore().look_again():
        _cipher.cache_clear()
    blob = bytes(sealed)
    if len(blob) < BODY or blob[0] != FORMAT:
        raise SealBroken(f"{table}.{column} of row {row} does not hold a sealed value")
    number = int.from_bytes(blob[1:3], "big")
    nonce, body = blob[3:BODY], blob[BODY:]
    try:
        return _cipher(number).decrypt(nonce, body, _bound_to(table, column, row, number))
    except InvalidTag:
        raise SealBroken(f"{table}.{column} of row {row} was changed or moved") from None


def open_text(sealed: bytes | memoryview, *, table: str, column: str, row: int) -> str:
    return open_bytes(sealed, table=table, column=column, row=row).decode()


def blind(value: str, *, kind: str, outbreak: str | None = None) -> bytes:
    """Return the blind index of a value: equal values of one kind have equal indexes, and nothing else shows."""
    key = keystore().blind_key(outbreak or settings.OUTBREAK)
    return hmac.digest(key, f"{kind}|{value}".encode(), "sha256")[:BLIND_BYTES]


def bulk_seal(*, table: str, column: str) -> Callable[[str | bytes, int], bytes]:
    """Return `seal` for many rows of one column: (value, row) -> sealed value, with the key looked up once."""
    number = keystore().current(settings.OUTBREAK).number
    encrypt, random_bytes = _cipher(number).encrypt, os.urandom
    head = bytes([FORMAT]) + number.to_bytes(2, "big")
    before, after = f"{table}|{column}|", f"|{number}"

    def one(value: str | bytes, row: int) -> bytes:
        nonce = random_bytes(NONCE_BYTES)
        plain = value.encode() if isinstance(value, str) else value
        return head + nonce + encrypt(nonce, plain, f"{before}{row}{after}".encode())

    return one


def bulk_blind() -> Callable[[str, str], bytes]:
    """Return `blind` for many values: (value, kind) -> index, with the key worked in once."""
    keyed = _keyed().copy

    def one(value: str, kind: str) -> bytes:
        digest = keyed()
        digest.update(f"{kind}|{value}".encode())
        return digest.finalize()[:BLIND_BYTES]

    return one


def bulk_blind_number() -> Callable[[str, str], int]:
    """Return a blind index of 64 bits, signed, for what need not be told apart for certain: (value, kind) -> number.

    Two values may share one, though hardly ever; whoever finds rows by it compares what they hold.
    """
    keyed, number = _keyed().copy, int.from_bytes

    def one(value: str, kind: str) -> int:
        digest = keyed()
        digest.update(f"{kind}|{value}".encode())
        return number(digest.finalize()[:8], "big", signed=True)

    return one


def blind_many(values: Iterable[str], *, kind: str) -> list[bytes]:
    """Return the blind index of each value, all of one kind."""
    begun = _keyed()
    begun.update(f"{kind}|".encode())
    found = []
    for value in values:
        digest = begun.copy()
        digest.update(value.encode())
        found.append(digest.finalize()[:BLIND_BYTES])
    return found


def _keyed() -> HMAC:
    return HMAC(keystore().blind_key(settings.OUTBREAK), SHA256())


def bulk_open(*, table: str, column: str) -> Callable[[Sequence[bytes | memoryview], Sequence[int]], list[str]]:
    """Return `open_text` for many rows of one column: (sealed values, their rows) -> texts."""
    before = f"{table}|{column}|"

    def some(sealed: list[bytes], rows: Sequence[int]) -> list[str]:
        if keystore().look_again():
            _cipher.cache_clear()
        heads = {blob[:3] for blob in sealed}
        number = int.from_bytes(next(iter(heads))[1:], "big")
        if heads == {bytes([FORMAT]) + number.to_bytes(2, "big")}:
            decrypt, after = _cipher(number).decrypt, f"|{number}"
            with suppress(InvalidTag, ValueError):
                return [
                    decrypt(blob[3:BODY], blob[BODY:], f"{before}{row}{after}".encode()).decode()
                    for blob, row in zip(sealed, rows, strict=True)
                ]
        # Under several keys, or one of them is broken: one by one, which says whose it is.
        return [open_text(blob, table=table, column=column, row=row) for blob, row in zip(sealed, rows, strict=True)]

    def many(sealed: Sequence[bytes | memoryview], rows: Sequence[int]) -> list[str]:
        # In portions, so that a key that is destroyed meanwhile opens no more here than elsewhere.
        texts: list[str] = []
        for start in range(0, len(sealed), AT_ONCE):
            portion = slice(start, start + AT_ONCE)
            texts += some([bytes(one) for one in sealed[portion]], rows[portion])
        return texts

    return many
