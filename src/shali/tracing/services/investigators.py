"""Who investigates: trained until a day, on shift between two hours."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import Post
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.tracing.models import Investigator


@transaction.atomic
def enter_investigator(
    *,
    scope: Scope,
    post: str,
    trained_until: date,
    shift_from: datetime | None,
    shift_until: datetime | None,
    by: str,
    at: datetime,
) -> Investigator:
    """Enter a post as investigator, or change until when it is trained and on shift.

    :raises WrongInput: a shift ends before it begins
    :raises NotInScope: there is no such post here
    """
    found = Post.objects.filter(within(scope.path), public_id=post).first()
    if found is None:
        raise NotInScope
    if bool(shift_from) != bool(shift_until) or (shift_from and shift_until and shift_until <= shift_from):
        raise WrongInput(_("A shift has a beginning and a later end."), fields={"shift_until": "wrong"})
    row, _is_new = Investigator.objects.update_or_create(
        post=found,
        defaults={
            "path": found.path,
            "trained_until": trained_until,
            "shift_from": shift_from,
            "shift_until": shift_until,
            "entered_by": by,
            "entered_at": at,
        },
    )
    return row
