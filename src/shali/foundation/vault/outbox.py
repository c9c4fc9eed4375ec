"""What a device seals the moment it writes it down, and cannot read again: to the server's key, a key to each event.

A device makes a throw-away key pair, agrees with the server's public key (ECDH on P-256), and keeps of the outcome only
k0 = HKDF-SHA256(agreed, salt = its public point). Event n is sealed by AES-256-GCM under HMAC(k_n, "seal"), and the
device goes on with k_(n+1) = HMAC(k_n, "next") and forgets k_n. Each key seals once, so the nonce is zero; the
associated data binds an event to its device and place. Whoever takes the device finds nothing that opens a past event.
"""

from collections import OrderedDict
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from shali.foundation.vault.keystore import keystore
from shali.foundation.vault.sealing import SealBroken

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
POINT_BYTES, SIGNATURE_BYTES = 65, 64
INFO = b"shali outbox 1"
NONCE = bytes(12)
# A session is as long as the device makes it; longer ones than this are nobody's.
MOST_STEPS = 10_000
SESSIONS_KEPT = 4_096
BLOCK_BYTES = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


@lru_cache(maxsize=4)
def _private_key(outbreak: str) -> ec.EllipticCurvePrivateKey:
    # One of 2^32 secrets would lie above the order; the remainder is as good as any.
    number = int.from_bytes(keystore().outbox_secret(outbreak), "big") % (ORDER - 1) + 1
    return ec.derive_private_key(number, CURVE)


def public_key() -> bytes:
    """Return the point (65 bytes, uncompressed) to which devices of this outbreak seal."""
    return _private_key(settings.OUTBREAK).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Opener:
    """Opens sealed events; remembers how far each session's ratchet has gone, so that the next event is one step."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[bytes, tuple[int, bytes]] = OrderedDict()

    def open(self, *, session: bytes, step: int, sealed: bytes, bound_to: bytes) -> bytes:
        """Open one event.

        session: the device's throw-away point; step: which key of its ratchet, from 0
        :raises SealBroken: it was changed, belongs to another place, or the session is none
        """
        try:
            return AESGCM(self._key(session, step)).decrypt(NONCE, sealed, bound_to)
        except (InvalidTag, ValueError):
            raise SealBroken("an event of a device was changed or moved") from None

    def _key(self, session: bytes, step: int) -> bytes:
        if not 0 <= step < MOST_STEPS or len(session) != POINT_BYTES:
            raise SealBroken("no session of a device has such a step")
        at, key = self._sessions.get(session, (0, b""))
        if not key or at > step:
            at, key = 0, first_key(session)
        while at < step:
            at, key = at + 1, _turned(key, b"next")
        self._sessions[session] = (at, key)
        self._sessions.move_to_end(session)
        if len(self._sessions) > SESSIONS_KEPT:
            self._sessions.popitem(last=False)
        return _turned(key, b"seal")


def _turned(key: bytes, word: bytes) -> bytes:
    """Return HMAC-SHA256 of a short word under a key of 32 bytes, as RFC 2104 writes it.

    Two for each event: `hmac.digest` looks for its algorithm anew each time, which takes longer than the hash itself.
    """
    padded = key.ljust(BLOCK_BYTES, b"\0")
    return sha256(padded.translate(_OUTER) + sha256(padded.translate(_INNER) + word).digest()).digest()


def first_key(session: bytes) -> bytes:
    """Return the key with which the ratchet of a session begins.

    :raises SealBroken: the session is no point of the curve
    """
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, session)
    except ValueError:
        raise SealBroken("a session is no point of the curve") from None
    agreed = _private_key(settings.OUTBREAK).exchange(ec.ECDH(), point)
    return HKDF(SHA256(), 32, salt=session, info=INFO).derive(agreed)


@lru_cache(maxsize=4_096)
def _verifier(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def is_point(point: bytes) -> bool:
    """Say whether these bytes are a public key on P-256."""
    try:
        _verifier(point)
    except ValueError:
        return False
    return True


def is_signed(*, point: bytes, signature: bytes, said: bytes) -> bool:
    """Say whether the holder of a key signed these bytes (ECDSA with SHA-256; r and s in 32 bytes each)."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    parted = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        _verifier(point).verify(encode_dss_signature(*parted), said, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
