"""Names for URLs: opaque, random, short enough to read over the phone, never a row's number."""

import secrets

# Without i, l, o, u: nobody mistakes one for another or reads a word.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12


def new_public_id() -> str:
    """Return 12 characters of 60 random bits."""
    number = secrets.randbits(5 * LENGTH)
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(LENGTH))
