"""Names for URLs: opaque, random, short enough to read over the phone, never a row's number."""

import secrets

# Without i, l, o, u: nobody mistakes one for another or reads a word.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12
# A byte's last five bits, each of the 32 letters as likely as any other.
_LETTERS = "".join(ALPHABET[byte & 31] for byte in range(256)).encode()


def new_public_id() -> str:
    """Return 12 characters of 60 random bits."""
    return secrets.token_bytes(LENGTH).translate(_LETTERS).decode()
