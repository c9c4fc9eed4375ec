"""Rows of this desk by their public numbers, within a scope."""

from datetime import datetime

from django.db.models import Q

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.record import person_in_scope
from shali.foundation.ui.refusal import NotInScope
from shali.tracing.models import Case, Contact, Exposure, Relationship, Stay


def case_in_scope(scope: Scope, case: str, *, lock: bool = False) -> Case:
    """Return a case that the scope investigates.

    :raises NotInScope: there is none here
    """
    rows = Case.objects.filter(within(scope.path), public_id=case)
    found = (rows.select_for_update() if lock else rows.select_related("unit", "outbreak")).first()
    if found is None:
        raise NotInScope
    return found


def seen_contacts(scope: Scope) -> Q:
    """Return the filter for contacts that a scope answers for, or whom one of its cases met."""
    met = Relationship.objects.filter(within(scope.path, "source_path")).values("contact_id")
    return within(scope.path) | Q(pk__in=met)


def contact_in_scope(scope: Scope, contact: str, *, ours: bool = False, lock: bool = False) -> Contact:
    """Return a contact whom the scope may see; ours: whom it answers for.

    :raises NotInScope: there is none here
    """
    rows = Contact.objects.filter(within(scope.path) if ours else seen_contacts(scope), public_id=contact)
    found = (rows.select_for_update(of=("self",)) if lock else rows.select_related("unit")).first()
    if found is None:
        raise NotInScope
    return found


def relationship_in_scope(scope: Scope, relationship: str) -> Relationship:
    """Return a relationship whose contact or whose source lies in the scope.

    :raises NotInScope: there is none here
    """
    here = within(scope.path) | within(scope.path, "source_path")
    found = Relationship.objects.select_for_update().filter(here, public_id=relationship).first()
    if found is None:
        raise NotInScope
    return found


def stay_in_scope(scope: Scope, stay: str) -> Stay:
    """Return a stay of a case of the scope.

    :raises NotInScope: there is none here
    """
    rows = Stay.objects.select_for_update(of=("self",)).select_related("case")
    found = rows.filter(within(scope.path, "case__path"), public_id=stay).first()
    if found is None:
        raise NotInScope
    return found


def exposure_in_scope(scope: Scope, exposure: str) -> Exposure:
    """Return an exposure whose roster the scope keeps.

    :raises NotInScope: there is none here
    """
    found = Exposure.objects.select_related("unit", "case").filter(within(scope.path), public_id=exposure).first()
    if found is None:
        raise NotInScope
    return found


def find_person(scope: Scope, person: str, *, at: datetime) -> int:
    """Return the row id of a person whom the scope may know of, by his public number.

    :raises NotInScope: there is none here
    """
    found = person_in_scope(scope, person, at=at)
    return found.merged_into_id or found.pk
