"""Looks at personal data, written down in the transaction of the look itself: no record, no plaintext."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.journal.chain import record_hash
from shali.foundation.journal.models import AccessRecord, ChainHead, DayRoot
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.vault.sealing import seal


@transaction.atomic
def record_access(
    *,
    scope: Scope,
    act: str,
    purpose: str,
    subject_kind: str,
    subject: int | None,
    fields: Sequence[str],
    at: datetime,
    people: Sequence[int] = (),
    task: int | None = None,
    reason: str = "",
    request: str = "",
) -> int:
    """Add one look to the chain and return its number. Call it as the last write before plaintext is returned.

    people: ids, where one look shows several; `fields` are names of fields, never their values
    """
    # The head's row is the queue: two looks at once are one after the other, so the chain is one line.
    head = ChainHead.objects.select_for_update().get(one=True)
    number = head.record + 1
    record = AccessRecord(
        pk=number,
        at=at,
        by=scope.name,
        path=scope.path,
        act=act,
        purpose=purpose,
        reason_sealed=seal(reason, table="journal_accessrecord", column="reason", row=number) if reason else None,
        subject_kind=subject_kind,
        subject=subject,
        people=list(people),
        fields=list(fields),
        task=task,
        request=request,
        prev_hash=bytes(head.hash),
    )
    record.hash = record_hash(bytes(head.hash), record)
    record.save(force_insert=True)
    ChainHead.objects.filter(one=True).update(record=number, hash=record.hash)
    return number


def record_refusal(*, scope: Scope, purpose: str, subject: int | None, fields: Sequence[str], at: datetime) -> int:
    """Add a look that was refused because the day's budget is spent; nothing was shown."""
    return record_access(
        scope=scope, act="refused", purpose=purpose, subject_kind="person" if subject else "number",
        subject=subject, fields=fields, at=at,
    )  # fmt: skip


@transaction.atomic
def seal_day(day: date, *, at: datetime) -> DayRoot:
    """Keep the root of a day: the hash of its last record. The same day again changes nothing."""
    with in_scope(system_scope("journal")):
        known = DayRoot.objects.filter(day=day).first()
        if known is not None:
            return known
        ChainHead.objects.select_for_update().get(one=True)
        end = start_of_day(date.fromordinal(day.toordinal() + 1))
        last = AccessRecord.objects.filter(at__lt=end).order_by("-id").first()
        begun = AccessRecord.objects.filter(at__gte=start_of_day(day), at__lt=end).count()
        return DayRoot.objects.create(
            day=day,
            last_record=last.pk if last else 0,
            records=begun,
            root=bytes(last.hash) if last else bytes(32),
            made_at=at,
        )


def seal_finished_days(*, at: datetime) -> list[DayRoot]:
    """Keep the root of every finished day that has none yet, back to the first look."""
    with in_scope(system_scope("journal")):
        first = AccessRecord.objects.order_by("id").values_list("at", flat=True).first()
        if first is None:
            return []
        known = set(DayRoot.objects.values_list("day", flat=True))
    days = range(day_of(first).toordinal(), day_of(at).toordinal())
    return [seal_day(date.fromordinal(n), at=at) for n in days if date.fromordinal(n) not in known]
