from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from shali.foundation.intake.models import Batch, BatchState
from shali.foundation.intake.services.settle import confirm_batch
from shali.foundation.jurisdictions.scope import Scope

# By name: the job itself calls the services of this room.
SETTLE = "shali.foundation.intake.jobs.settle"


@transaction.atomic
def confirm_and_defer(*, scope: Scope, batch: str, by: str, at: datetime, difference_reason: str = "") -> Batch:
    """Confirm a batch and leave its settling to the worker; the job is written in the transaction of the confirmation.

    difference_reason: why the sender's number need not be ours; without one a difference stops the batch
    """
    confirmed = confirm_batch(
        scope=scope,
        batch=batch,
        by=by,
        at=at,
        accepts_difference=bool(difference_reason),
        difference_reason=difference_reason,
    )
    if confirmed.state == BatchState.SETTLING:
        # One at a time in the whole house: two files that name the same new person must not enrol him twice.
        lock = f"intake:settle:{confirmed.pk}"
        app.configure_task(SETTLE, lock="intake:settle", queueing_lock=lock).defer(batch=confirmed.pk)
    return confirmed
