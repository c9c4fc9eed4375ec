"""Tokens of programs: made by whoever holds the post, with some of its verbs and an end; only the hash is kept."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import ApiToken, Post
from shali.foundation.accounts.queries import in_force
from shali.foundation.accounts.roles import Role
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import NotInScope, WrongInput

PREFIX = "shali_"  # so that a token that lies about in a file is known for one
MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class NewToken:
    """`token` is shown once and kept nowhere."""

    public_id: str
    token: str
    expires_at: datetime


@transaction.atomic
def make_token(*, post: Post, name: str, verbs: Iterable[str], days: int, by: str, at: datetime) -> NewToken:
    """Give a program a token that acts for a post.

    :raises WrongInput: a verb that the post does not have, or a life longer than tokens live
    """
    wanted, has = frozenset(map(str, verbs)), frozenset(map(str, Role.by_code(post.role).verbs))
    if not wanted or wanted - has:
        raise WrongInput(_("This post does not have: %(verbs)s.") % {"verbs": ", ".join(sorted(wanted - has)) or "—"})
    if not 1 <= days <= MOST_DAYS:
        raise WrongInput(
            _("A token lives 1 to %(most)d days; %(days)d were asked for.") % {"most": MOST_DAYS, "days": days}
        )
    token = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        token_hash=_hash(token),
        post=post,
        name=name.strip(),
        verbs=sorted(wanted),
        made_by=by,
        made_at=at,
        expires_at=min(at + timedelta(days=days), post.ends_at),
    )
    return NewToken(made.public_id, token, made.expires_at)


@transaction.atomic
def revoke_token(*, scope: Scope, token: str, by: str, at: datetime) -> None:
    """End a token of one's own post now; its next request is refused."""
    mine = ApiToken.objects.filter(public_id=token, post_id=scope.post or 0, revoked_at=None)
    if not mine.update(revoked_at=at, revoked_by=by):
        raise NotInScope


def token_in_force(*, token: str, at: datetime) -> ApiToken | None:
    """Return a token that holds at an hour, its post in force too; and note the day of its use, once a day."""
    holds = Q(token_hash=_hash(token), revoked_at=None, expires_at__gt=at)
    found = ApiToken.objects.select_related("post__user", "post__unit", "post__department").filter(holds).first()
    if found is None or not Post.objects.filter(in_force(at), pk=found.post_id).exists():
        return None
    if found.last_used_on != day_of(at):
        ApiToken.objects.filter(pk=found.pk).update(last_used_on=day_of(at))
    return found


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
