"""Who must have something besides a link or a password: whoever may see personal values, or opens doors to others."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.http import HttpRequest

from shali.foundation.accounts.roles import Verb
from shali.foundation.jurisdictions.scope import Scope

# Recovery codes are no factor of their own: they stand in for one that was lost.
FACTORS = Q(type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN))
VERBS = frozenset({Verb.REVEAL, Verb.MANAGE_POSTS, Verb.READ_AUDIT})


def has_factor(user: int) -> bool:
    return Authenticator.objects.filter(FACTORS, user_id=user).exists()


def is_required(scope: Scope | None) -> bool:
    """Say whether this installation asks a second factor of whoever acts with this scope."""
    return settings.SECOND_FACTOR == "required" and scope is not None and bool(VERBS & scope.verbs)


def is_missing(scope: Scope | None, user: int) -> bool:
    return is_required(scope) and not has_factor(user)


def trust_what_was_just_added(request: HttpRequest, user: AbstractBaseUser, **_other: object) -> None:
    """Show the recovery codes right after a factor was added: to add it was to prove that one holds it."""
    record_authentication(request, user, method="mfa", reauthenticated=True)
