"""What a person's own link shows him: which day it is, what holds, whether he has reported. No name, no number."""

from dataclasses import dataclass
from datetime import date, datetime

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.ui.refusal import NotInScope
from shali.tracing.models import Contact, ContactState, Day, SelfLink
from shali.tracing.rules.links import digest_of


@dataclass(frozen=True, slots=True)
class OwnDay:
    """number of days: how many the plan has; measure: "" when it has no such day."""

    number: int
    days: int
    measure: str
    ends_on: date | None
    test_due: bool
    reported: bool


def own_day(scope: Scope, secret: str, *, at: datetime) -> OwnDay:
    """Return today's day of the plan of whoever holds a link; scope: the desk's own, for he has no post.

    :raises NotInScope: there is no such link, or it has ended
    """
    with in_scope(scope):
        contact = contact_of_link(scope, secret)
        today = day_of(at)
        day = Day.objects.filter(contact=contact, on=today, dropped=False).first()
        return OwnDay(
            number=(today - contact.last_exposure_on).days,
            days=((contact.ends_on or today) - contact.last_exposure_on).days,
            measure=day.measure if day else "",
            ends_on=contact.ends_on,
            test_due=bool(day and day.test_due and day.tested_at is None),
            reported=bool(day and day.status is not None),
        )


def contact_of_link(scope: Scope, secret: str) -> Contact:
    """Return whose link this is, under the desk's own scope: whoever holds the secret has no post.

    :raises NotInScope: there is no such link, or it has ended
    """
    link = SelfLink.objects.select_related("contact").filter(digest=digest_of(secret), ended_at=None).first()
    if link is None or link.contact.state != ContactState.UNDER_OBSERVATION:
        raise NotInScope
    return link.contact
