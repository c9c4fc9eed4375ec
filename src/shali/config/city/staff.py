"""A worker at every community and a desk at every township: whoever did what the history says."""

from datetime import datetime, timedelta

from django.db import transaction

from shali.config.city.plan import NOW
from shali.foundation.accounts.models import Post, User
from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.models import Level, Unit

ROLES = {Level.COMMUNITY: Role.COMMUNITY_WORKER, Level.TOWNSHIP: Role.TOWNSHIP_DESK}
DAYS = 60


@transaction.atomic
def enter_staff(*, at: datetime = NOW - timedelta(days=30)) -> int:
    """Make an account and a post for each unit that has none of ours yet."""
    units = {f"unit-{unit.code}": unit for unit in Unit.objects.filter(level__in=ROLES).order_by("path")}
    for username in User.objects.filter(username__in=units).values_list("username", flat=True):
        del units[username]
    made = User.objects.bulk_create(
        [User(username=name, name=f"虚构{unit.code[6:]}", password="!", made_at=at) for name, unit in units.items()]  # noqa: S106
    )
    Post.objects.bulk_create(
        [
            Post(
                user=user,
                role=ROLES[Level(unit.level)].code,
                unit=unit,
                path=unit.path,
                starts_at=at,
                ends_at=at + timedelta(days=DAYS),
                given_by="system:city",
            )
            for user, unit in zip(made, units.values(), strict=True)
        ]
    )
    return len(made)


def posts() -> dict[str, int]:
    """Return the post of each unit's own invented worker or desk, by path."""
    return dict(Post.objects.filter(user__username__startswith="unit-").values_list("path", "id"))
