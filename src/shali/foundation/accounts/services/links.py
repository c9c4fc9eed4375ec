"""One-time sign-in links: the way into a new account, and into the demo city. Only a token's hash is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import Post, SignInLink, User
from shali.foundation.ui.refusal import Refusal

DEFAULT_LIFE = timedelta(minutes=15)


class LinkSpent(Refusal):
    """The link was used, or its time is over."""

    status = 422


@transaction.atomic
def make_sign_in_link(*, user: User, post: Post | None, by: str, at: datetime, life: timedelta = DEFAULT_LIFE) -> str:
    """Return the token of a link that signs this person in once."""
    token = secrets.token_urlsafe(24)
    SignInLink.objects.create(
        token_hash=_hash(token), user=user, post=post, made_by=by, made_at=at, expires_at=at + life
    )
    return token


@transaction.atomic
def use_sign_in_link(*, token: str, at: datetime) -> SignInLink:
    """Spend a link. Compare-and-set: of two browsers with the same link, one gets in.

    :raises LinkSpent: used before, run out, or never made
    """
    spent = SignInLink.objects.filter(
        token_hash=_hash(token), used_at=None, expires_at__gt=at, user__is_active=True
    ).update(used_at=at)
    if not spent:
        raise LinkSpent(_("This link was used already or has run out. Ask whoever gave it to you for a new one."))
    return SignInLink.objects.select_related("user", "post").get(token_hash=_hash(token))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
