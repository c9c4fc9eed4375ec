"""Who infected whom, as far as a scope sees: generations, ways from the index, whose contacts are not held."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Min

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.tracing.bridge import Chain, ChainCase, Contact, build, graphml
from shali.tracing.models import Case, ContactState, Relationship
from shali.tracing.queries.ring import Part, any_gap, owing
from shali.tracing.rules import Classification


@dataclass(frozen=True, slots=True)
class Node:
    """A case in the chain. day: of onset, else of the first positive sample, else of the report."""

    public_id: str
    number: int
    person: Masked | None
    classification: int
    onset_on: date | None
    day: date
    generation: int
    root: str
    offspring: int
    contacts: int
    gaps: int
    unit: str
    unit_en: str


@dataclass(frozen=True, slots=True)
class Edge:
    """source infected target, proven or inferred; days: from one's day to the other's."""

    source: str
    target: str
    certainty: str
    days: int


@dataclass(frozen=True, slots=True)
class ChainView:
    """cases = those in chains + those without a source and without offspring; strangers: sources outside the scope."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    contacts: int
    contacts_held: int
    outside_sources: int

    def only(self, root: str) -> "ChainView":
        """Return the one chain that begins with a case; the sums stay those of all."""
        nodes = tuple(node for node in self.nodes if node.root == root)
        known = {node.public_id for node in nodes}
        return replace(self, nodes=nodes, edges=tuple(edge for edge in self.edges if edge.target in known))

    def way_to(self, case: str) -> tuple[str, ...]:
        """Return the cases from the index to one, both included."""
        above = {edge.target: edge.source for edge in self.edges}
        way = [case]
        while way[-1] in above:
            way.append(above[way[-1]])
        return tuple(reversed(way))


@dataclass(frozen=True, slots=True)
class Cluster:
    """One chain by its first case: how many it holds, from which day to which."""

    first: Node
    cases: int
    generations: int
    contacts: int
    gaps: int
    begins: date
    ends: date


def chain_view(scope: Scope, *, at: datetime) -> ChainView:
    """Return every living case of a scope as chains; six queries for any number of cases and contacts."""
    rows = list(
        Case.objects.filter(within(scope.path), outbreak_id=settings.OUTBREAK)
        .exclude(classification=Classification.DISCARDED)
        .select_related("unit")
        .order_by("number")
    )
    found = _chain(rows)
    people = masked_many(scope, [row.person_id for row in rows], on=day_of(at))
    met, gaps, everybody, lacking = _contacts(scope, rows, at=at)
    by_id = {row.public_id: row for row in rows}
    numbers = {row.pk: row.public_id for row in rows}
    nodes = tuple(
        Node(
            public_id=row.public_id,
            number=row.number,
            person=people.get(row.person_id),
            classification=row.classification,
            onset_on=row.onset_on,
            day=_case_day(row),
            generation=found.generation[row.public_id],
            root=found.root[row.public_id],
            offspring=found.offspring[row.public_id],
            contacts=met.get(row.pk, 0),
            gaps=gaps.get(row.pk, 0),
            unit=row.unit.name,
            unit_en=row.unit.name_en,
        )
        for row in rows
    )
    edges = tuple(
        Edge(
            numbers[row.source_id],
            row.public_id,
            row.source_certainty,
            (_case_day(row) - _case_day(by_id[numbers[row.source_id]])).days,
        )
        for row in rows
        if row.source_id in numbers
    )
    outside = sum(row.source_id is not None and row.source_id not in numbers for row in rows)
    return ChainView(nodes, edges, everybody, everybody - lacking, outside)


def _case_day(row: Case) -> date:
    """Return the day by which a case is placed."""
    return row.onset_on or day_of(row.first_positive_at or row.reported_at)


def _chain(rows: Sequence[Case]) -> Chain:
    known = {row.pk: row.public_id for row in rows}
    cases = [
        ChainCase(row.public_id, float(_case_day(row).toordinal()), float(day_of(row.reported_at).toordinal()), place)
        for place, row in enumerate(rows)
    ]
    contacts = [
        Contact(known[row.source_id], row.public_id, row=place)
        for place, row in enumerate(rows)
        if row.source_id in known
    ]
    return build(cases, contacts)


def _contacts(scope: Scope, rows: Iterable[Case], *, at: datetime) -> tuple[dict[int, int], dict[int, int], int, int]:
    """Return for each case how many contacts it has and how many of them lack something; and both for all together."""
    owes = set(owing(scope, Part()).values_list("pk", flat=True))
    lacking = set(owing(scope, Part()).filter(any_gap(scope, at=at)).values_list("pk", flat=True))
    met: dict[int, set[int]] = defaultdict(set)
    pairs = Relationship.objects.filter(case__in=[row.pk for row in rows], withdrawn_at=None)
    for case, contact in pairs.values_list("case_id", "contact_id"):
        if contact in owes and case is not None:
            met[case].add(contact)
    counts = {case: len(contacts) for case, contacts in met.items()}
    gaps = {case: len(contacts & lacking) for case, contacts in met.items()}
    return counts, gaps, len(owes), len(lacking)


def chain_graphml(scope: Scope, *, at: datetime) -> str:
    """Return the chain of a scope as GraphML: numbers of cases and days, no name."""
    rows = list(
        Case.objects.filter(within(scope.path), outbreak_id=settings.OUTBREAK)
        .exclude(classification=Classification.DISCARDED)
        .order_by("number")
    )
    return graphml(_chain(rows), day_word=lambda day: date.fromordinal(int(day)).isoformat())


@dataclass(frozen=True, slots=True)
class Waiting:
    """Contacts of one case who are not where their measure holds, and the hour at which the first is due."""

    case: str
    number: int
    unit: str
    unit_en: str
    people: int
    due_at: datetime | None


def not_moved_by_case(scope: Scope, *, limit: int = 12) -> list[Waiting]:
    """Return the cases of a scope whose contacts are not moved yet, the earliest limit first; two queries."""
    waiting = (
        Relationship.objects.filter(
            within(scope.path, "source_path"),
            case__isnull=False,
            withdrawn_at=None,
            contact__state=ContactState.UNDER_OBSERVATION,
            contact__moved_at=None,
            contact__ends_on__isnull=False,
        )
        .values("case_id")
        .annotate(people=Count("contact_id", distinct=True), due_at=Min("contact__move_due_at"))
        .order_by("due_at", "case_id")[:limit]
    )
    found = {one["case_id"]: one for one in waiting}
    cases = Case.objects.select_related("unit").in_bulk(list(found))
    return [
        Waiting(
            cases[pk].public_id,
            cases[pk].number,
            cases[pk].unit.name,
            cases[pk].unit.name_en,
            one["people"],
            one["due_at"],
        )
        for pk, one in found.items()
    ]


def clusters(scope: Scope, view: ChainView) -> list[Cluster]:
    """Return each chain of a scope, the largest first."""
    members: dict[str, list[Node]] = defaultdict(list)
    for node in view.nodes:
        members[node.root].append(node)
    first = {node.public_id: node for node in view.nodes}
    found = [
        Cluster(
            first=first[root],
            cases=len(nodes),
            generations=1 + max(node.generation for node in nodes),
            contacts=sum(node.contacts for node in nodes),
            gaps=sum(node.gaps for node in nodes),
            begins=min(node.day for node in nodes),
            ends=max(node.day for node in nodes),
        )
        for root, nodes in members.items()
    ]
    return sorted(found, key=lambda one: (-one.cases, one.first.number))
