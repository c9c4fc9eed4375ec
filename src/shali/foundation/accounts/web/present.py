from datetime import datetime

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from shali.foundation.accounts.queries import SOON, PostRow, posts_found, tokens_of
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.accounts.second_factor import has_factor, is_required
from shali.foundation.accounts.services import tokens
from shali.foundation.accounts.services.posts import LEVELS, MOST_DAYS
from shali.foundation.accounts.web.words import VERBS
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.rules import number


def posts_page(scope: Scope, level: int, *, at: datetime, words: str = "", skip: int = 0) -> dict[str, object]:
    """Return the posts of a scope: those that end within days on top, then those that ended lately."""
    found = posts_found(scope, at=at, words=words, skip=skip)
    return {
        "rows": [(row, Role.by_code(row.role).title, _state(row, at)) for row in found.page.rows],
        "page": found.page,
        "count": found.count,
        "soon": found.soon,
        "words": words,
        "roles": [role for role in Role if _is_given_below(role, level)],
        "days": int(number("post_days", at).value),
        "most": MOST_DAYS,
    }


def account_page(user: int, scope: Scope | None) -> dict[str, object]:
    factors = list(Authenticator.objects.filter(user_id=user).values_list("type", flat=True))
    return {
        "codes": Authenticator.Type.TOTP in factors,
        "passkeys": factors.count(Authenticator.Type.WEBAUTHN),
        "recovery": Authenticator.Type.RECOVERY_CODES in factors,
        "required": is_required(scope),
        "has_factor": has_factor(user),
    }


def programs_page(scope: Scope, role: Role, *, at: datetime) -> dict[str, object]:
    """Return the tokens of one's own post, and what a new one may be given: what the post itself may do."""
    rows = tokens_of(scope, at=at)
    return {
        "rows": [(row, [VERBS[Verb(verb)] for verb in row.verbs], _token_state(row.is_active)) for row in rows],
        "holding": sum(row.is_active for row in rows),
        "verbs": [(verb.value, title) for verb, title in VERBS.items() if verb in role.verbs],
        "may_connect": Verb.CONNECT_SYSTEMS in role.verbs,
        "most": tokens.MOST_DAYS,
    }


def _token_state(is_active: bool) -> tuple[str, str]:
    return ("ontime", _("In force")) if is_active else ("unknown", _("ended"))


def _is_given_below(role: Role, level: int) -> bool:
    # Departments are told apart by the city's own list, which the command line enters.
    levels = LEVELS.get(role.code)
    return role is not Role.DEPARTMENT_DESK and (levels is None or max(levels) >= level)


def _state(row: PostRow, at: datetime) -> tuple[str, str]:
    if not row.is_active:
        return "unknown", _("ended")
    return ("soon", _("Ends soon")) if row.ends_at - at <= SOON else ("ontime", _("In force"))
