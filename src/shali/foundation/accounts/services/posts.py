from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import Post, User
from shali.foundation.accounts.queries import active_posts, in_force
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.jurisdictions.models import Department, Level, Unit
from shali.foundation.jurisdictions.queries import units_named
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import number
from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput

MOST_DAYS = 90
# Where a role may be given from a page.
LEVELS: dict[str, tuple[Level, ...]] = {
    Role.CITY_DUTY.code: (Level.CITY,),
    Role.CITY_LEAD.code: (Level.CITY,),
    Role.COUNTY_DESK.code: (Level.COUNTY,),
    Role.TOWNSHIP_DESK.code: (Level.TOWNSHIP,),
    Role.COMMUNITY_WORKER.code: (Level.COMMUNITY, Level.GRID),
    Role.DEPARTMENT_DESK.code: (Level.CITY, Level.COUNTY),
}


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
    if scope is not None:
        _check_giver(scope, user=user, role=role, unit=unit)
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise WrongInput(_("A post runs 1 to %(most)d days.") % {"most": MOST_DAYS}, fields={"days": "wrong"})
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
def give_post_to(
    *, scope: Scope, username: str, name: str, role: str, unit: str, days: int | None, by: str, at: datetime
) -> Post:
    """Give a post to somebody known by his username, or to somebody new, who needs a name as well.

    unit: path, code or name
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        if not name.strip():
            raise WrongInput(_("Nobody has this username yet. Write the person's name to add him."))
        user = add_user(username=username, name=name.strip(), at=at)
    where = _one_unit(scope, unit.strip())
    return give_post(user=user, role=Role.by_code(role), unit=where, scope=scope, by=by, at=at, days=days)


def _one_unit(scope: Scope, said: str) -> Unit:
    found = units_named(scope, said)
    exact = [row for row in found if said in (row.path, row.code, row.name, row.name_en)] or found
    if len(exact) != 1:
        names = "、".join(f"{row.name} {row.path}" for row in exact[:6])
        raise WrongInput(_("One unit has to answer to this: %(units)s") % {"units": names or _("none does")})
    return Unit.objects.get(pk=exact[0].id)


def _check_giver(scope: Scope, *, user: User, role: Role, unit: Unit) -> None:
    if Verb.MANAGE_POSTS not in scope.verbs or not scope.holds(unit.path):
        raise NotYoursToGive(_("You give posts within your own unit. Ask the desk above for this one."))
    if unit.closed_on:
        raise NotYoursToGive(_("%(unit)s is closed.") % {"unit": unit.name})
    if unit.level not in LEVELS.get(role.code, tuple(Level)):
        # A role at a lower unit than its own would carry verbs there that its giver does not have.
        raise NotYoursToGive(_("This role belongs to units of another level."))
    if Post.objects.filter(pk=scope.post or 0, user=user).exists():
        raise NotYoursToGive(_("Nobody gives himself a post."))


def check_link(*, scope: Scope, post: str, at: datetime) -> Post:
    """Return a post whose holder the scope may let in by a link: none who holds posts elsewhere, higher ones say.

    :raises NotInScope: no such post in force
    :raises NotYoursToGive: the link would open more than the scope holds
    """
    found = Post.objects.select_related("user", "unit").filter(in_force(at), within(scope.path), public_id=post).first()
    if found is None:
        raise NotInScope
    if any(not scope.holds(one.path) for one in active_posts(found.user_id, at=at)):
        raise NotYoursToGive(_("This person holds a post outside your unit; the desk there makes the link."))
    return found


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
    if not 1 <= days <= MOST_DAYS:
        raise WrongInput(_("A post runs 1 to %(most)d days.") % {"most": MOST_DAYS}, fields={"days": "wrong"})
    changed = Post.objects.filter(within(scope.path), public_id=post, revoked_at=None).update(
        ends_at=at + timedelta(days=days)
    )
    if not changed:
        raise NotInScope
