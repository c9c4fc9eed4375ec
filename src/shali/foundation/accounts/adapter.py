import base64
import hashlib
import os

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

NONCE_BYTES = 12
# Pages say by themselves who is signed in.
UNSAID = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class ClosedSignUp(DefaultAccountAdapter):
    """Nobody makes an account for himself: posts are given by whoever answers for them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: object, **kwargs: object
    ) -> None:
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)


class SealedFactors(DefaultMFAAdapter):
    """Secrets of authenticators and recovery codes are sealed under the installation's key, which no dump holds."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), b"second factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], b"second factor").decode()

    def get_totp_issuer(self) -> str:
        return str(_("Shali"))

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Nobody has a mail address here."""

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, object]:
        entity: dict[str, object] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.get_username(), "name": user.get_username()}


def _cipher() -> AESGCM:
    return AESGCM(hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"second factor").digest())
