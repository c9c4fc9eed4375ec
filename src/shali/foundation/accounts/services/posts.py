from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import Post, User
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.jurisdictions.models import Department, Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import number
from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput


class NotYoursToGive(Refusal):
    """The role or the unit lies outside what the giver's own post covers."""


@transaction.atomic
def add_user(*, username: str, name: str, at: datetime, language: str = "zh-hans") -> User:
    """Make an account without a password; it is entered by a one-time link first."""
    if User.objects.filter(username=username).exists():
        raise WrongInput(_("There is an account of this name already."), fields={"username": "taken"})
    user = User(username=username, name=name, language=language, made_at=at)
    user.set_unusable_password()
    user.save()
    return user


@transaction.atomic
def give_post(
    *,
    user: User,
    role: Role,
    unit: Unit,
    scope: Scope | None,
    by: str,
    at: datetime,
    department: Department | None = None,
    days: int | None = None,
) -> Post:
    """Give somebody a role at a unit until a day.

    scope: the giver's; None only for the installation's own command line
    :raises NotYoursToGive: the unit is not below the giver's, or the giver may not give posts
    """
    if scope is not None and (Verb.MANAGE_POSTS not in scope.verbs or not scope.holds(unit.path)):
        raise NotYoursToGive(_("You give posts within your own unit. Ask the desk above for this one."))
    return Post.objects.create(
        user=user,
        role=role.code,
        unit=unit,
        path=unit.path,
        department=department,
        starts_at=at,
        ends_at=at + timedelta(days=days or int(number("post_days", at).value)),
        sponsor_id=scope.post if scope else None,
        given_by=by,
    )


@transaction.atomic
def revoke_post(*, scope: Scope, post: str, by: str, at: datetime) -> None:
    """End a post now; its holder's next request is refused."""
    changed = Post.objects.filter(within(scope.path), public_id=post, revoked_at=None).update(
        revoked_at=at, revoked_by=by
    )
    if not changed:
        raise NotInScope


@transaction.atomic
def prolong_post(*, scope: Scope, post: str, days: int, by: str, at: datetime) -> None:
    """Let a post run for some more days from now."""
    changed = Post.objects.filter(within(scope.path), public_id=post, revoked_at=None).update(
        ends_at=at + timedelta(days=days)
    )
    if not changed:
        raise NotInScope
