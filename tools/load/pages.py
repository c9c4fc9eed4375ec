"""Which pages each role opens, by the addresses of what stands in the database."""

from django.urls import NoReverseMatch, reverse

from shali.foundation.accounts.models import Post
from shali.foundation.jurisdictions.scope import within
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task, TaskState
from shali.verification.models import PushedList

SAMPLE = 40
DESK_FILTERS = ("open", "overdue", "soon", "not_accepted", "blocked", "closed_today")


def pages_of(post: Post) -> dict[str, list[str]]:
    """Return page name -> addresses for a post. Row-level security is not in force here: this only draws addresses."""
    lists = list(PushedList.objects.order_by("-handed_over_at").values_list("public_id", flat=True)[:SAMPLE])
    old = list(PushedList.objects.order_by("handed_over_at").values_list("public_id", flat=True)[:SAMPLE])
    mine = Task.objects.filter(within(post.path))
    open_tasks = list(mine.exclude(state=TaskState.CLOSED).values_list("public_id", flat=True)[:SAMPLE])
    people = list(Person.objects.filter(within(post.path)).values_list("public_id", flat=True)[:SAMPLE])
    if post.role == "community_worker":
        return _known({"my people": [_at("verification:my_people")], "tasks": _desk(), "person": _each(people)})
    return _known(
        {
            "lists": [_at("verification:lists")],
            "one list, of these days": [_at("verification:list", one) for one in lists],
            "one list, old and closed": [f"{_at('verification:list', one)}?which=closed" for one in old],
            "tasks": _desk(),
            "task": [_at("tasks:task", one) for one in open_tasks],
            "person": _each(people),
            "search": [_at("people:search")],
            "wall": [_at("board:wall")],
            "anomalies": [_at("verification:anomalies")],
            "units": [_at("jurisdictions:tree") or "/units/"],
        }
    )


def _desk() -> list[str]:
    address = _at("tasks:desk")
    return [f"{address}?which={which}" for which in DESK_FILTERS] if address else []


def _each(people: list[str]) -> list[str]:
    return [_at("people:person", one) for one in people]


def _known(pages: dict[str, list[str]]) -> dict[str, list[str]]:
    kept = {name: [one for one in addresses if one.startswith("/")] for name, addresses in pages.items()}
    return {name: addresses for name, addresses in kept.items() if addresses}


def _at(name: str, *args: str) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
