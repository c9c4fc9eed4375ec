from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shali.exchange.queries.subscriptions import deliveries, subscription, subscriptions
from shali.exchange.rules import EVENTS
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.paging import PAGE

EVENT_WORDS: dict[str, Promise] = {
    "list.opened": _("a list was opened"),
    "list.closed": _("a list was finished"),
    "task.opened": _("a task was handed over"),
    "task.moved": _("a task went to another unit"),
    "task.closed": _("a task was closed"),
    "task.reopened": _("a task was opened again"),
    "person.struck_off": _("a person was struck off a list"),
    "anomaly.raised": _("an anomaly was raised"),
    "case.opened": _("a case was opened"),
    "case.classified": _("a case was classified otherwise"),
    "contact.judged": _("a contact was judged"),
    "contact.released": _("a contact was released"),
    "exposure.opened": _("an exposure was opened"),
    "round.opened": _("a round of testing was opened"),
    "round.closed": _("a round of testing was closed"),
    "pool.suspect": _("a pool is positive or doubtful"),
    "measure.decided": _("a measure was decided"),
    "measure.served": _("a measure was served"),
    "measure.lifted": _("a measure was lifted"),
    "appeal.decided": _("an appeal was decided"),
}
STATES: dict[str, tuple[str, Promise]] = {
    "waiting": ("soon", _("Waiting")),
    "delivered": ("ontime", _("Delivered")),
    "given_up": ("overdue", _("Given up")),
}


def receivers_page(scope: Scope) -> dict[str, object]:
    """Return the receivers of a scope, those on whom something was given up or waits on top of the rest in force."""
    rows = sorted(subscriptions(scope), key=lambda row: (row.ended_at is not None, -row.given_up, -row.waiting))
    return {
        "rows": [(row, [(event, EVENT_WORDS[event]) for event in row.events]) for row in rows],
        "holding": sum(row.ended_at is None for row in rows),
        "waiting": sum(row.waiting for row in rows),
        "given_up": sum(row.given_up for row in rows if row.ended_at is None),
        "events": [(event, EVENT_WORDS[event]) for event in EVENTS.values()],
        "allowed": settings.WEBHOOK_RECEIVERS,
    }


def deliveries_page(scope: Scope, webhook: str, *, before: str) -> dict[str, object]:
    """Return a page of one receiver's deliveries, the newest first; before: the number of the last one seen."""
    one = subscription(scope, webhook)
    rows = deliveries(scope, webhook, before=int(before) if before.isdecimal() and len(before) < 19 else None)
    return {
        "receiver": one,
        "rows": [(row, STATES[row.state], EVENT_WORDS[row.event]) for row in rows],
        "older": rows[-1].number if len(rows) == PAGE else None,
    }
