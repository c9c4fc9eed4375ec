"""A round closes over nothing that is known to lie elsewhere, unless somebody answers for it by name."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.facts import RoundClosed
from shali.testing.models import Round, Station
from shali.testing.models.stations import TAKEN_ON
from shali.testing.queries.balance import recounted
from shali.testing.queries.find import round_in_scope, station_in_scope
from shali.testing.queries.holding import holding
from shali.testing.rules import RoundState
from shali.testing.services.rounds import NotLawful


@transaction.atomic
def take_on(*, scope: Scope, station: str, events: int, on_paper: int, why: str, by: str, at: datetime) -> Station:
    """Answer by name for what a device holds and is not here, so that its round may close over it.

    events, on_paper: as they were shown. What comes later all the same is taken in like any other, and counted apart.
    :raises WrongInput: no reason of the list
    :raises NotLawful: the device holds another number by now, or nothing, or the round is not open
    """
    found = station_in_scope(scope, station)
    if not scope.holds(found.round.path):
        raise NotInScope
    if why not in TAKEN_ON:
        raise WrongInput(_("Say why nobody waits for it."), fields={"why": "missing"})
    row = Station.objects.select_for_update(of=("self",)).select_related("round", "site").get(pk=found.pk)
    held = max(row.captured - row.last_seq, 0)
    if row.round.state != RoundState.OPEN:
        raise NotLawful(_("This round is not open."))
    if (held, row.on_paper) != (events, on_paper) or not (held or row.on_paper):
        said = _("By now this device holds %(events)d events and %(paper)d people on paper. Look again.")
        raise NotLawful(said % {"events": held, "paper": row.on_paper})
    row.taken_on_events, row.taken_on_paper = events, on_paper
    row.taken_on_at, row.taken_on_by, row.taken_on_why = at, by, why
    row.save(
        update_fields=["taken_on_events", "taken_on_paper", "taken_on_at", "taken_on_by", "taken_on_why"],
    )
    return row


def _refuse_what_is_elsewhere(row: Round) -> None:
    """Refuse to close over devices that hold something for which nobody answers; they are named, the fullest first."""
    scope = system_scope("testing")
    with in_scope(scope):
        open_ones = [one for one in holding(scope, row) if one.is_open]
    if not open_ones:
        return
    named = _("; ").join(
        _("%(site)s, table %(table)d: %(events)d events, %(paper)d on paper")
        % {"site": one.site, "table": one.table, "events": one.events, "paper": one.on_paper}
        for one in open_ones[:5]
    )
    said = _("Devices hold what is not here yet: %(named)s. Wait for them, or answer for each on the round's page.")
    raise NotLawful(said % {"named": named})


@transaction.atomic
def close_round(*, scope: Scope, made: str, by: str, at: datetime) -> Round:
    """Close a round whose numbers agree: roster = sampled + exempt + named missing, nothing parked, all tubes known.

    Nor does it close over events on devices or people on paper for which nobody answers (`take_on`).
    :raises NotLawful: something is open; the sentence says what, in numbers
    """
    row = round_in_scope(scope, made)
    if not scope.holds(row.path):
        raise NotInScope
    if row.state != RoundState.OPEN:
        raise NotLawful(_("This round is not open."))
    with in_scope(system_scope("testing")):
        counted = recounted(system_scope("testing"), row.pk)
    if counted.devices_open:
        _refuse_what_is_elsewhere(row)
    if not counted.may_close:
        raise NotLawful(
            _(
                "%(left)d people are not sampled, exempt or named missing; %(parked)d things are parked; "
                "%(tubes)d tubes are without a result; %(waiting)d events are being read. Settle these first."
            )
            % {
                "left": counted.not_sampled,
                "parked": counted.parked,
                "waiting": counted.events_waiting,
                "tubes": counted.tubes - counted.tubes_void - counted.tubes_missing - counted.tubes_resulted,
            }
        )
    Round.objects.filter(pk=row.pk, state=RoundState.OPEN).update(state=RoundState.CLOSED, closed_at=at, closed_by=by)
    announce([RoundClosed(row.pk, row.path)], by=by, at=at)
    row.refresh_from_db()
    return row
