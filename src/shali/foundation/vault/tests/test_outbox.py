"""The ratchet's step is the hash that devices make, written another way."""

import hmac
import os

from shali.foundation.vault.outbox import _turned


def test_a_step_of_the_ratchet_is_hmac_sha256() -> None:
    for _key in range(50):
        key = os.urandom(32)
        for word in (b"seal", b"next"):
            assert _turned(key, word) == hmac.digest(key, word, "sha256")
