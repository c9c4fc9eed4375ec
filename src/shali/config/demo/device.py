"""A station in Python, for the demo city, tests and load: its keys, its ratchet, its outbox, as in the browser."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shali.foundation.vault.outbox import CURVE, INFO, NONCE, public_key
from shali.testing.services.envelopes import Sent
from shali.testing.services.ingest import Ack, take_batch

SESSION_STEPS = 64


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass
class Device:
    """off: how far its clock is from the true hour."""

    public_id: str = ""
    off: timedelta = timedelta()
    signing: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    outbox: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: int = 0
    on_paper: int = 0
    _session: tuple[str, bytes] | None = None
    _step: int = 0

    @property
    def key(self) -> bytes:
        return _raw(self.signing.public_key())

    def write(self, at: datetime, **said: Any) -> str:
        """Seal an event at once; return its id."""
        event, seq = str(uuid4()), len(self.outbox) + 1
        if self._session is None or self._step >= SESSION_STEPS:
            throw_away = ec.generate_private_key(CURVE)
            server = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key())
            point = _raw(throw_away.public_key())
            first = HKDF(SHA256(), 32, salt=point, info=INFO).derive(throw_away.exchange(ec.ECDH(), server))
            self._session, self._step = (base64.b64encode(point).decode(), first), 0
        session, key = self._session
        plain = json.dumps({"v": 1, "t": int((at + self.off).timestamp() * 1000), **said}).encode()
        bound_to = f"{self.public_id}|{seq}|{event}".encode()
        sealed = AESGCM(hmac.digest(key, b"seal", "sha256")).encrypt(NONCE, plain, bound_to)
        self.outbox.append(
            {"e": event, "q": seq, "s": session, "n": self._step, "x": base64.b64encode(sealed).decode()}
        )
        self._session, self._step = (session, hmac.digest(key, b"next", "sha256")), self._step + 1
        return event

    def swab(self, at: datetime, tube: str, doc: str = "", **more: Any) -> str:
        return self.write(at, k="swab", tube=tube, doc=doc, how="reader", **more)

    def batch(self, at: datetime, first: int, last: int) -> Sent:
        """Return a signed batch of the events of these numbers."""
        body = json.dumps(self.outbox[first - 1 : last], separators=(",", ":")).encode()  # as the browser writes it
        draft = Sent(
            self.public_id, first, last - first + 1, int((at + self.off).timestamp() * 1000), len(self.outbox),
            self.on_paper, body, b"",
        )  # fmt: skip
        return replace(draft, signature=self._sign(draft.signed()))

    def copy(self) -> list[bytes]:
        """Return the lines of the device's second copy: each event, signed when it was written."""
        lines = []
        for one in self.outbox:
            said = f"copy|{self.public_id}|{one['q']}|{one['e']}|{one['s']}|{one['n']}|{one['x']}"
            signed = base64.b64encode(self._sign(said.encode())).decode()
            lines.append(json.dumps({"d": self.public_id, **one, "g": signed}).encode())
        return lines

    def _sign(self, said: bytes) -> bytes:
        r, s = decode_dss_signature(self.signing.sign(said, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def send(self, at: datetime, first: int | None = None, last: int | None = None) -> Ack:
        first = first or self.acknowledged + 1
        ack = take_batch(sent=self.batch(at, first, last or len(self.outbox)), at=at)
        self.acknowledged = ack.up_to
        return ack

    def chain(self) -> str:
        """Return the hash over all events up to the last that was acknowledged."""
        value = bytes(32)
        for one in self.outbox[: self.acknowledged]:
            value = hashlib.sha256(value + one["x"].encode()).digest()
        return value.hex()
