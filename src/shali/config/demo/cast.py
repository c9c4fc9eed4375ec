"""Who works in the demo city: invented officers at real units, entered by one-time links only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.links import make_sign_in_link
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.jurisdictions.models import Department, Unit

LINK_LIFE = timedelta(hours=1)
BY = "system:demo"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the cast: shown tells whether the start prints a link for it."""

    username: str
    name: str
    role: Role
    path: str
    shown: bool = True
    department: str = ""


# Names say themselves that nobody is meant (乌有 "there is none", 子虚 "made up").
CAST = (
    Part("city-duty", "甄隐", Role.CITY_DUTY, "4111"),
    Part("city-lead", "卜真", Role.CITY_LEAD, "4111"),
    Part("county-desk", "子虚云", Role.COUNTY_DESK, "4111.03"),
    Part("township-desk", "乌有之", Role.TOWNSHIP_DESK, "4111.03.001"),
    Part("community-worker", "亡是公", Role.COMMUNITY_WORKER, ""),
    Part("investigator", "毋须有", Role.INVESTIGATOR, "4111"),
    Part("laboratory", "无有氏", Role.LABORATORY, "4111"),
    Part("department-desk", "无此人", Role.DEPARTMENT_DESK, "4111", department="public_security"),
    Part("auditor", "贾宇村", Role.AUDITOR, "4111"),
)

GIVEN = "有无虚名若何所归来去安宁"


def enter_cast(*, busiest: str, at: datetime) -> None:
    """Make the cast's accounts and posts.

    busiest: path of the community whose worker the start's link signs in
    """
    units = {unit.path: unit for unit in Unit.objects.all()}
    for part in CAST:
        if Post.objects.filter(user__username=part.username).exists():
            continue  # the morning needed them before
        unit = units[part.path or busiest]
        if part.role is Role.TOWNSHIP_DESK:
            unit = units[".".join(busiest.split(".")[:3])]
        elif part.role is Role.COUNTY_DESK:
            unit = units[".".join(busiest.split(".")[:2])]
        _enter(part, unit, at=at)
    for unit in units.values():
        if unit.level == 2 and not Post.objects.filter(path=unit.path, role=Role.COUNTY_DESK.code).exists():
            _enter(Part(f"county-{unit.code[:6]}", f"值班员{unit.code[4:6]}", Role.COUNTY_DESK, unit.path), unit, at=at)


def enter_part(username: str, *, at: datetime) -> Post:
    """Return one of the cast, made before the others where the morning that is played needs him first."""
    known = Post.objects.filter(user__username=username).first()
    if known is not None:
        return known
    part = next(one for one in CAST if one.username == username)
    return _enter(part, Unit.objects.get(path=part.path), at=at)


def enter_worker(unit: Unit, *, is_of_cast: bool, at: datetime) -> Post:
    """Make whoever works at a unit that has people to find; at the busiest community it is the cast's worker."""
    part = next(one for one in CAST if one.role is Role.COMMUNITY_WORKER)
    if not is_of_cast:
        role = {2: Role.COUNTY_DESK, 3: Role.TOWNSHIP_DESK, 4: Role.COMMUNITY_WORKER}.get(unit.level, Role.CITY_DUTY)
        part = Part(f"{role.code.replace('_', '-')}-{unit.code}", _name(unit), role, unit.path)
    return _enter(part, unit, at=at)


def _name(unit: Unit) -> str:
    first, second = divmod(unit.pk, len(GIVEN))
    return f"乌{GIVEN[first % len(GIVEN)]}{GIVEN[second]}"


def _enter(part: Part, unit: Unit, *, at: datetime) -> Post:
    user = add_user(username=part.username, name=part.name, at=at)
    department = Department.objects.get(unit=unit, code=part.department) if part.department else None
    return give_post(user=user, role=part.role, unit=unit, department=department, scope=None, by=BY, at=at, days=60)


def sign_in_links(address: str, *, at: datetime) -> list[tuple[str, str]]:
    """Return a fresh one-time link for each of the cast that the start shows."""
    links = []
    for part in CAST:
        post = Post.objects.select_related("user").filter(user__username=part.username).first()
        if part.shown and post is not None:
            token = make_sign_in_link(user=post.user, post=post, by=BY, at=at, life=LINK_LIFE)
            links.append((part.username, f"{address}/in/{token}/"))
    return links
