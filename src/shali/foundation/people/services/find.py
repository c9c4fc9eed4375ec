"""Finding a person by a number that he has; never by his name alone, and always on record."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.journal.access import record_access, record_refusal
from shali.foundation.journal.queries import searches_since
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.models import Document, Person, Phone
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.people.queries.record import visible
from shali.foundation.people.rules import UNKNOWN, clean_number, eighteen_of_old, read_document
from shali.foundation.people.services.reveal import BudgetSpent, budget_of
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.sealing import blind

SHORTEST = 7
MOST_FOUND = 20


@transaction.atomic
def find_by_number(*, scope: Scope, number: str, at: datetime) -> list[Masked]:
    """Return the people of the scope who have a document or a telephone of this number, masked.

    Finding nobody is on record as well. :raises WrongInput: that is no number
    :raises BudgetSpent: as many numbers were looked up today as a post may
    """
    clean = clean_number(number)
    if len(clean) < SHORTEST or not any(character.isdigit() for character in clean):
        raise WrongInput(
            _("Give a whole document number or telephone; a name alone finds nobody."), fields={"number": "wrong"}
        )
    candidates = {clean, eighteen_of_old(clean) or clean}
    held = Document.objects.filter(number_blind__in=[blind(one, kind="document") for one in candidates])
    ringing = Phone.objects.filter(number_blind=blind(clean.removeprefix("+86"), kind="phone"))
    numbers = {*held.values_list("person_id", flat=True), *ringing.values_list("person_id", flat=True)}
    found = Person.objects.filter(visible(scope, at=at), pk__in=numbers).order_by("id")[:MOST_FOUND]
    people = [person.pk for person in found]
    fields = ["document" if read_document(clean).kind != UNKNOWN else "phone"]
    record_access(
        scope=scope,
        act="search",
        purpose="verify_identity",
        subject_kind="number",
        subject=None,
        fields=fields,
        people=people,
        at=at,
    )
    budget = budget_of(scope=scope, at=at)
    if searches_since(scope, since=start_of_day(day_of(at))) > budget:
        said = _(
            "You have looked up %(budget)d numbers today; that is your limit until midnight. "
            "This request is on record. Ask the desk above you."
        )
        refused = partial(record_refusal, scope=scope, purpose="verify_identity", subject=None, fields=fields, at=at)
        raise BudgetSpent(said % {"budget": budget}, afterwards=refused)
    masked = masked_many(scope, people, on=day_of(at))
    return [masked[number] for number in people if number in masked]
