"""Where a case was in the days before: told first, a fact only when an investigator confirms it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.jurisdictions.scope import Scope, system_scope
from shali.foundation.places.queries import gazetteer
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.public_id import new_public_id
from shali.foundation.vault.sealing import open_text, seal
from shali.tracing.models import Stay
from shali.tracing.queries.find import case_in_scope, stay_in_scope
from shali.tracing.rules import SEATED, TRANSPORTS
from shali.tracing.services.history import NotLawful

VENTILATIONS = ("", "outdoors", "open", "closed")
LONGEST = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Told:
    """One stay as told. vehicle: number of flight or train and the seat; entry: the device's own name for it."""

    from_at: datetime
    to_at: datetime
    place: str
    transport: str = ""
    vehicle: str = ""
    mask: bool | None = None
    ventilation: str = ""
    people: int | None = None
    entry: UUID = field(default_factory=uuid4)


@transaction.atomic
def tell_stay(*, scope: Scope, case: str, told: Told, by: str, at: datetime, confirmed: bool = False) -> Stay:
    """Write down where a case was. The same entry again changes nothing.

    :raises WrongInput: it ends before it begins, lasts for days, or names no place
    """
    row = case_in_scope(scope, case)
    known = Stay.objects.filter(entry=told.entry).first()
    if known is not None:
        return known
    _refuse_wrong(told, at)
    [number] = next_ids("tracing_stay", count=1)
    resolved = gazetteer(system_scope("tracing")).resolve(told.place)
    unit = Unit.objects.filter(code=resolved.code).first() if resolved.code else None
    vehicle = told.vehicle.strip()
    return Stay.objects.create(
        pk=number,
        public_id=new_public_id(),
        case=row,
        entry=told.entry,
        from_at=told.from_at,
        to_at=told.to_at,
        unit=unit,
        transport=told.transport,
        mask=told.mask,
        ventilation=told.ventilation,
        people=told.people,
        told_at=at,
        told_by=by,
        confirmed_at=at if confirmed else None,
        confirmed_by=by if confirmed else "",
        place_sealed=seal(told.place.strip(), table="tracing_stay", column="place", row=number),
        vehicle_sealed=seal(vehicle, table="tracing_stay", column="vehicle", row=number) if vehicle else None,
    )


def _refuse_wrong(told: Told, at: datetime) -> None:
    if not told.place.strip():
        raise WrongInput(_("Write where it was."), fields={"place": "missing"})
    if told.to_at <= told.from_at:
        raise WrongInput(_("The end lies before the beginning."), fields={"to_at": "wrong"})
    if told.to_at > at + timedelta(hours=1):
        raise WrongInput(_("This lies in the future."), fields={"to_at": "wrong"})
    if told.to_at - told.from_at > LONGEST:
        raise WrongInput(_("A stay of more than three days: enter each day by itself."), fields={"to_at": "wrong"})
    if told.transport and told.transport not in TRANSPORTS:
        raise WrongInput(_("There is no such means of transport."), fields={"transport": "wrong"})
    if told.transport in SEATED and not told.vehicle.strip():
        said = _("Give the number of the flight, train or coach, and the seat: it says who sat near.")
        raise WrongInput(said, fields={"vehicle": "missing"})
    if told.ventilation not in VENTILATIONS:
        raise WrongInput(_("There is no such answer."), fields={"ventilation": "wrong"})


@transaction.atomic
def confirm_stay(*, scope: Scope, stay: str, by: str, at: datetime) -> Stay:
    """Confirm what was told: from here on it is a fact of the investigation.

    :raises NotLawful: it was withdrawn
    """
    row = stay_in_scope(scope, stay)
    if row.withdrawn_at is not None:
        raise NotLawful(_("This was withdrawn. Enter it anew."))
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by = at, by
        row.save(update_fields=["confirmed_at", "confirmed_by"])
    return row


@transaction.atomic
def withdraw_stay(*, scope: Scope, stay: str, by: str, at: datetime) -> Stay:
    """Take a stay back; it stays on record as withdrawn."""
    row = stay_in_scope(scope, stay)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = at, by
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return row


@transaction.atomic
def repeat_day(*, scope: Scope, case: str, day: date, on: Sequence[date], by: str, at: datetime) -> list[Stay]:
    """Let other days be like one that was told: each of its stays again, at the same hours, as told.

    :raises WrongInput: nothing is told of that day
    """
    row = case_in_scope(scope, case)
    told = list(Stay.objects.filter(case=row, withdrawn_at=None).order_by("from_at", "id"))
    like = [one for one in told if day_of(one.from_at) == day]
    if not like:
        raise WrongInput(_("Nothing is told of this day yet."), fields={"day": "empty"})
    made = []
    for other in on:
        shift = timedelta(days=(other - day).days)
        for one in like:
            if other == day or any(_is_same(one, kept, shift) for kept in told):
                continue
            again = tell_stay(scope=scope, case=case, told=_shifted(one, shift), by=by, at=at)
            Stay.objects.filter(pk=again.pk).update(repeats=one)
            made.append(again)
    return made


def _is_same(one: Stay, kept: Stay, shift: timedelta) -> bool:
    return (kept.from_at, kept.to_at) == (one.from_at + shift, one.to_at + shift)


def _shifted(one: Stay, shift: timedelta) -> Told:
    return Told(
        from_at=one.from_at + shift,
        to_at=one.to_at + shift,
        place=open_text(one.place_sealed, table="tracing_stay", column="place", row=one.pk),
        transport=one.transport,
        vehicle=open_text(one.vehicle_sealed, table="tracing_stay", column="vehicle", row=one.pk)
        if one.vehicle_sealed
        else "",
        mask=one.mask,
        ventilation=one.ventilation,
        people=one.people,
    )
