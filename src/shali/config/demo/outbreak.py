"""An invented cluster, played day by day through the tracing desk's own services: found, traced, held, released."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from shali.config.demo.cast import enter_part
from shali.config.demo.cluster import Planned, Size, plan
from shali.config.demo.roster import play_desk
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.clocks import city_zone, day_of
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.measures.models import Measure, MeasureState
from shali.foundation.measures.services.decide import decide_many, serve
from shali.foundation.people.models import Person
from shali.tracing.models import Case, Contact, ContactState, Day
from shali.tracing.rules import Classification, Seen
from shali.tracing.services.cases import CaseNews, link_source, note_isolated, open_case
from shali.tracing.services.contacts import Line, Meeting, enter_contacts, enter_second_ring
from shali.tracing.services.investigation import Said, answer, finish_core, finish_report
from shali.tracing.services.observing import Told, note_missed_days, note_moved, note_test, observe, set_place
from shali.tracing.services.releasing import release
from shali.tracing.services.stays import Told as ToldStay
from shali.tracing.services.stays import tell_stay

SITES = ("甲集中隔离点", "乙集中隔离点", "丙集中隔离点")
PLACES = ("某农贸市场", "某棋牌室", "某诊所", "某工地食堂", "某理发店", "某小学食堂")
SITUATIONS = ("shared_meal", "same_space", "visitor", "same_vehicle", "field_judgement")
CORE = {
    "residence_now": "某街某号",
    "household_size": "4",
    "occupation": "market",
    "found_by": "screening",
}
REST = {
    "diseases": "none",
    "doses": "3",
    "travelled": "no",
    "met_case": "unsure",
    "met_from_outside": "no",
    "hospital_visit": "no",
    "cold_chain": "no",
    "source_opinion": "待查",
}


@dataclass(frozen=True, slots=True)
class Hands:
    """Who acts: an investigator, somebody who decides, and whoever sees the contacts."""

    investigator: Scope
    lead: Scope


def scope_of(post: Post) -> Scope:
    verbs = frozenset(str(verb) for verb in Role.by_code(post.role).verbs)
    return Scope(path=post.path, name=f"post:{post.pk}", post=post.pk, verbs=verbs, role=post.role)


def play_before(morning: datetime, *, near: str) -> None:
    """Play the demo's cluster up to the hour at which the exercise begins.

    near: path of a community whose worker has not begun his round yet
    """
    before = morning - timedelta(days=10)
    hands = Hands(scope_of(enter_part("investigator", at=before)), scope_of(enter_part("city-lead", at=before)))
    play_outbreak(hands=hands, begins=day_of(morning) - timedelta(days=8), until=morning, size=Size(), near=near)
    for hours in (5.2, 0.9):
        _contact_found_positive(hands.investigator, reported_at=morning - timedelta(hours=hours))
    play_desk(hands.investigator, morning)


def _contact_found_positive(scope: Scope, *, reported_at: datetime) -> None:
    """Report a contact of today as positive, whom nobody has asked yet: his clocks run."""
    at = reported_at + timedelta(minutes=6)
    with in_scope(scope):
        seen = Contact.objects.filter(state=ContactState.UNDER_OBSERVATION, contact_class="close_contact")
        contact = seen.select_related("person").order_by("-last_exposure_on", "id")[0]
        news = CaseNews(
            classification=Classification.ASYMPTOMATIC,
            reported_at=reported_at,
            origin="laboratory",
            evidence="laboratory_result",
            first_positive_at=reported_at - timedelta(hours=6),
            evidence_ref="检字20811",
        )
        open_case(scope=scope, person=contact.person.public_id, news=news, by=scope.name, at=at)


def play_outbreak(*, hands: Hands, begins: date, until: datetime, size: Size, near: str = "") -> dict[str, int]:
    """Play a cluster from its first positive on, up to an hour; what lies after it is not played.

    near: path of a community of which some are met, and which on the last day nobody has seen yet

    Returns how many cases were opened, contacts judged, released.
    """
    draw = random.Random(size.seed)  # noqa: S311  # two machines play the same, nothing secret
    planned = plan(draw, begins, size, near=near)
    day = begins
    while day <= day_of(until):
        _play_day(draw, planned, hands, day, until, unseen=near if day == day_of(until) else "")
        day += timedelta(days=1)
    with in_scope(system_scope("demo")):
        contacts = Contact.objects.filter(outbreak_id=settings.OUTBREAK)
        return {
            "cases": Case.objects.count(),
            "contacts": contacts.count(),
            "released": contacts.filter(state=ContactState.RELEASED).count(),
            "became cases": contacts.filter(state=ContactState.BECAME_CASE).count(),
        }


def _play_day(
    draw: random.Random, planned: Sequence[Planned], hands: Hands, day: date, until: datetime, *, unseen: str
) -> None:
    note_missed_days(today=day, at=_at(day, 0, 5))
    for one in sorted(planned, key=lambda other: other.reported_at):
        if day_of(one.reported_at) == day and one.reported_at + timedelta(minutes=20) < until:
            _open(draw, one, planned, hands, until)
    morning = _at(day, 9, 0)
    if morning < until:
        _see(draw, morning, hands, unseen=unseen)
    evening = _at(day, 20, 0)
    if evening < until:
        _hold(draw, evening, hands)
        _let_go(day, _at(day, 21, 0), hands)


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=city_zone())


def _open(draw: random.Random, one: Planned, planned: Sequence[Planned], hands: Hands, until: datetime) -> None:
    """Open a case, ask it, and enter whom it met; the later its report, the less of it is done by now."""
    scope, at = hands.investigator, one.reported_at + timedelta(minutes=20)
    news = CaseNews(
        classification=Classification.CONFIRMED if one.has_symptoms else Classification.ASYMPTOMATIC,
        reported_at=one.reported_at,
        origin="laboratory",
        evidence="laboratory_result",
        onset_on=one.onset if one.has_symptoms else None,
        first_positive_at=one.reported_at - timedelta(hours=7),
        evidence_ref=f"检字{draw.randrange(10_000, 99_999)}",
    )
    with in_scope(scope):
        person = Person.objects.get(pk=one.person)
        case = open_case(scope=scope, person=person.public_id, news=news, by=scope.name, at=at)
        if (asked := at + timedelta(hours=2)) < until:
            _ask(draw, case, one, scope, asked)
        if (met := at + timedelta(hours=3)) < until:
            note_isolated(scope=scope, case=case.public_id, isolated_at=at + timedelta(hours=1), by=scope.name, at=met)
            _enter(draw, case, one, scope, met)
        if (done := at + timedelta(hours=14)) < until:
            answers = [Said(name, value, True, _uuid(draw)) for name, value in REST.items()]
            answer(scope=scope, case=case.public_id, said=answers, by=scope.name, at=done)
            finish_report(scope=scope, case=case.public_id, by=scope.name, at=done)
    if (proved := at + timedelta(hours=5)) < until:
        source = planned[one.source].person if one.source is not None else None
        _prove(draw, case.public_id, source, scope, proved)


def _ask(draw: random.Random, case: Case, one: Planned, scope: Scope, at: datetime) -> None:
    said = {"symptoms_any": "yes" if one.has_symptoms else "no", **CORE}
    if one.has_symptoms:
        said |= {"symptoms": "fever cough", "symptoms_since": one.onset.isoformat()}
    answers = [Said(name, value, True, _uuid(draw)) for name, value in said.items()]
    answer(scope=scope, case=case.public_id, said=answers, by=scope.name, at=at)
    if draw.random() < 0.9:
        finish_core(scope=scope, case=case.public_id, by=scope.name, at=at + timedelta(minutes=20))
    for back in range(1, 4):
        start = _at(one.onset - timedelta(days=back), 10 + back, 0)
        told = ToldStay(
            start, start + timedelta(hours=2), draw.choice(PLACES), mask=draw.random() < 0.3, ventilation="closed",
            people=draw.randrange(2, 30), entry=_uuid(draw),
        )  # fmt: skip
        tell_stay(scope=scope, case=case.public_id, told=told, by=scope.name, at=at, confirmed=True)


def _enter(draw: random.Random, case: Case, one: Planned, scope: Scope, at: datetime) -> None:
    """Enter a case's contacts as an investigator does: lines with times, situations, protection; then a second ring."""
    first = _at(one.onset - timedelta(days=1), 12, 0)
    lines = []
    for person in one.contacts:
        begins = min(first + timedelta(hours=draw.randrange(0, 30)), one.reported_at - timedelta(hours=3))
        meeting = Meeting(
            begins,
            min(begins + timedelta(minutes=draw.randrange(20, 400)), at),
            draw.choice(SITUATIONS),
            draw.choices(("none", "partly", "effective"), (8, 2, 1))[0],
            draw.choices(("confirmed", "probable"), (1, 2))[0],
            draw.choice(PLACES),
            _uuid(draw),
        )
        lines.append(Line(person, meeting))
    entered = enter_contacts(scope=scope, case=case.public_id, lines=lines, by=scope.name, at=at)
    if len(entered) > 4 and draw.random() < 0.6:
        _enter_second(draw, entered[0].contact, scope, at + timedelta(minutes=40))


def _enter_second(draw: random.Random, contact: str, scope: Scope, at: datetime) -> None:
    with in_scope(system_scope("demo")):
        known = set(Contact.objects.values_list("person_id", flat=True)) | set(
            Case.objects.values_list("person_id", flat=True)
        )
        others = list(Person.objects.filter(merged_into=None).exclude(pk__in=known).order_by("-id")[:200])
    people = draw.sample(others, min(3, len(others)))
    meeting = [
        Meeting(at - timedelta(hours=9), at - timedelta(hours=7), "live_together", "none", "probable", "", _uuid(draw))
        for _ in people
    ]
    lines = [Line(person.pk, how) for person, how in zip(people, meeting, strict=True)]
    enter_second_ring(scope=scope, contact=contact, lines=lines, by=scope.name, at=at)


def _prove(draw: random.Random, case: str, source: int | None, scope: Scope, at: datetime) -> None:
    """Prove some of the links that the rule inferred, by records."""
    with in_scope(scope):
        found = Case.objects.filter(person_id=source).first() if source is not None else None
        if found is not None and draw.random() < 0.6:
            link_source(
                scope=scope, case=case, source=found.public_id, certainty="proven",
                basis=f"付款记录{draw.randrange(1_000, 9_999)}", seen=None, by=scope.name, at=at,
            )  # fmt: skip


def _hold(draw: random.Random, at: datetime, hands: Hands) -> None:
    """Decide what was proposed, serve it, name places and move people; a few are left for the next day."""
    with in_scope(hands.lead):
        waiting = Measure.objects.filter(state=MeasureState.PROPOSED, ends_at__gt=at, origin_kind="contact")
        decide_many(
            list(waiting.order_by("id").values_list("public_id", flat=True)),
            scope=hands.lead, approves=True, by=hands.lead.name, at=at,
        )  # fmt: skip
        unserved = Measure.objects.filter(state=MeasureState.DECIDED, served_at=None, ends_at__gt=at)
        for number in unserved.order_by("id").values_list("public_id", flat=True):
            if draw.random() < 0.95:
                serve(
                    scope=hands.lead, measure=number, how="telephone", by=hands.lead.name, at=at + timedelta(minutes=30)
                )
    scope = hands.investigator
    with in_scope(scope):
        rows = Contact.objects.filter(state=ContactState.UNDER_OBSERVATION, ends_on__isnull=False, moved_at=None)
        for row in rows.order_by("id"):
            if draw.random() < 0.06:
                continue
            central = row.contact_class == "close_contact"
            kind, place = ("site", draw.choice(SITES)) if central else ("home", "")
            set_place(scope=scope, contact=row.public_id, kind=kind, place=place, by=scope.name, at=at)
            moved = min(at, row.judged_at + timedelta(hours=draw.randrange(2, 8)))
            note_moved(scope=scope, contact=row.public_id, moved_at=moved, by=scope.name, at=at)


def _see(draw: random.Random, at: datetime, hands: Hands, *, unseen: str) -> None:
    """See the contacts of a day, and take the tests that are due; those of one community wait for its worker."""
    scope, day = hands.investigator, day_of(at)
    with in_scope(scope):
        rows = Day.objects.filter(on=day, dropped=False, status=None, contact__state=ContactState.UNDER_OBSERVATION)
        late = Day.objects.filter(
            on__lte=day, dropped=False, test_due=True, tested_at=None, contact__state=ContactState.UNDER_OBSERVATION
        )
        if unseen:
            rows, late = rows.exclude(path=unseen), late.exclude(path=unseen)
        for row in late.select_related("contact").order_by("id"):
            if draw.random() < 0.97:
                note_test(scope=scope, contact=row.contact.public_id, on=row.on, negative=True, by=scope.name, at=at)
        for row in rows.select_related("contact").order_by("id"):
            last = row.contact.ends_on == day
            status = Seen.WELL if last else draw.choices((Seen.WELL, Seen.UNWELL, Seen.MISSED), (95, 2, 3))[0]
            told = Told(
                status, "36.5" if status == Seen.WELL else "", ("cough",) if status == Seen.UNWELL else (), _uuid(draw)
            )
            if last or draw.random() < 0.98:
                observe(scope=scope, contact=row.contact.public_id, on=day, told=told, by=scope.name, at=at)


def _let_go(day: date, at: datetime, hands: Hands) -> None:
    scope = hands.investigator
    with in_scope(scope):
        due = Contact.objects.filter(state=ContactState.UNDER_OBSERVATION, ends_on__lte=day)
        for row in due.order_by("id"):
            if not row.days.filter(dropped=False, test_due=True, tested_at=None).exists():
                release(scope=scope, contact=row.public_id, by=scope.name, at=at)


def _uuid(draw: random.Random) -> uuid.UUID:
    return uuid.UUID(int=draw.getrandbits(128), version=4)
