from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Case, Count, F, Q, When

from shali.foundation.accounts.models import ApiToken, Post, User
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.reading import columns, made_of, read_by_key, width
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.paging import PAGE, Page

ACTIVE = f"""
select {columns(Post, "p")}, {columns(Unit, "u")}
from accounts_post p join accounts_user s on s.id = p.user_id join jurisdictions_unit u on u.id = p.unit_id
where p.user_id = %(user)s and s.is_active and p.starts_at <= %(at)s and p.ends_at > %(at)s and p.revoked_at is null
order by p.path, p.role, p.id
"""  # noqa: S608  names of columns


def active_posts(user: int, *, at: datetime) -> list[Post]:
    """Return the posts of a user that are in force with their units, the highest unit first; every request asks."""
    posts = []
    for row in read_by_key(ACTIVE, user=user, at=at):
        post = made_of(Post, row)
        post.unit = made_of(Unit, row[width(Post) :])
        posts.append(post)
    return posts


POSTS_AT = f"""
select {columns(Post, "p")}, {columns(User, "s")}
from accounts_post p join accounts_user s on s.id = p.user_id
where p.path = %(path)s and s.is_active and p.starts_at <= %(at)s and p.ends_at > %(at)s and p.revoked_at is null
order by p.role, p.id
"""  # noqa: S608  names of columns


def posts_at(scope: Scope, path: str, *, at: datetime) -> list[Post]:
    """Return the posts in force at a unit of the scope itself, with their people."""
    if not scope.holds(path):
        return []
    posts = []
    for row in read_by_key(POSTS_AT, path=path, at=at):
        post = made_of(Post, row)
        post.user = made_of(User, row[width(Post) :])
        posts.append(post)
    return posts


def in_force(at: datetime) -> Q:
    return Q(starts_at__lte=at, ends_at__gt=at, revoked_at=None, user__is_active=True)


@dataclass(frozen=True, slots=True)
class PostRow:
    id: int
    public_id: str
    user_name: str
    username: str
    role: str
    unit: str
    unit_en: str
    path: str
    ends_at: datetime
    is_active: bool


def posts_below(scope: Scope, *, at: datetime, roles: Iterable[str] | None = None) -> list[PostRow]:
    """Return the posts of a scope, those in force first, by unit and name."""
    found = Post.objects.select_related("unit", "user").filter(within(scope.path)).order_by("path", "role", "id")
    if roles is not None:
        found = found.filter(role__in=list(roles))
    return sorted((_post_row(post, at) for post in found), key=lambda row: not row.is_active)


def _post_row(post: Post, at: datetime) -> PostRow:
    return PostRow(
        id=post.pk,
        public_id=post.public_id,
        user_name=post.user.name,
        username=post.user.username,
        role=post.role,
        unit=post.unit.name,
        unit_en=post.unit.name_en,
        path=post.path,
        ends_at=post.ends_at,
        is_active=post.revoked_at is None and post.starts_at <= at < post.ends_at,
    )


@dataclass(frozen=True, slots=True)
class PostsFound:
    """count: posts under the words; soon: of these, those that end within three days."""

    page: Page[PostRow]
    count: int
    soon: int


SOON, LATELY = timedelta(days=3), timedelta(days=7)


def posts_found(scope: Scope, *, at: datetime, words: str = "", skip: int = 0) -> PostsFound:
    """Return a page of a scope's posts: those that end within days on top, then those that ended lately."""
    holds = Q(starts_at__lte=at, ends_at__gt=at, revoked_at=None)
    found = Post.objects.select_related("unit", "user").filter(within(scope.path))
    if words:
        said = ("user__name", "user__username", "unit__name", "unit__name_en", "path")
        found = found.filter(reduce(or_, (Q(**{f"{one}__contains": words}) for one in said)))
    urgency = Case(
        When(holds & Q(ends_at__lte=at + SOON), then=0),
        When(~holds & Q(ends_at__gte=at - LATELY), then=1),
        When(holds, then=2),
        default=3,
    )
    rows = found.annotate(urgency=urgency).order_by(
        "urgency",
        # What holds: the nearest end first. What has ended: the newest first.
        Case(When(holds, then=F("ends_at"))).asc(nulls_last=True),
        F("ends_at").desc(),
        "id",
    )
    read = list(rows[skip : skip + PAGE + 1])
    shown = [_post_row(post, at) for post in read[:PAGE]]
    more = str(skip + PAGE) if len(read) > PAGE else ""
    sums = found.aggregate(count=Count("pk"), soon=Count("pk", filter=holds & Q(ends_at__lte=at + SOON)))
    page = Page(shown, skip + 1 if shown else 0, skip + len(shown), sums["count"], more, is_first=skip == 0)
    return PostsFound(page, **sums)


@dataclass(frozen=True, slots=True)
class Who:
    """A post as pages name it: a person of staff and the unit he acts for."""

    name: str
    unit: str
    unit_en: str
    role: str = ""


WHO = """
select p.id, s.name, u.name, u.name_en, p.role
from accounts_post p join accounts_user s on s.id = p.user_id join jurisdictions_unit u on u.id = p.unit_id
where p.id = any(%(posts)s)
"""


def who(names: Iterable[str]) -> dict[str, Who]:
    """Return who stands behind journal names such as "post:17"; systems and unknown ones are left out."""
    numbers = {int(name.removeprefix("post:")) for name in names if name.startswith("post:")}
    found = read_by_key(WHO, posts=list(numbers)) if numbers else []
    return {f"post:{number}": Who(name, unit, unit_en, role) for number, name, unit, unit_en, role in found}


@dataclass(frozen=True, slots=True)
class TokenRow:
    public_id: str
    name: str
    verbs: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    last_used_on: date | None
    is_active: bool


def tokens_of(scope: Scope, *, at: datetime) -> list[TokenRow]:
    """Return the tokens of one's own post, those that hold first."""
    found = ApiToken.objects.filter(post_id=scope.post or 0).order_by("-made_at", "-id")
    rows = [
        TokenRow(
            public_id=one.public_id,
            name=one.name,
            verbs=tuple(one.verbs),
            made_at=one.made_at,
            expires_at=one.expires_at,
            last_used_on=one.last_used_on,
            is_active=one.revoked_at is None and at < one.expires_at,
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: not row.is_active)
