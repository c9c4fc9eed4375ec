import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language

from shali.foundation.intake.models import Batch, BatchState, StoredFile
from shali.foundation.intake.reading import Inspection, Mapping, Reading, UnreadableFile, inspect_file
from shali.foundation.intake.services.kept import Keeping
from shali.foundation.intake.services.mappings import remembered_for
from shali.foundation.intake.services.original import stored_path
from shali.foundation.intake.services.structure import structure_of
from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.sealing import seal


class FileRefused(WrongInput):
    """The file cannot be read safely; the sentence says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Received:
    """A batch for a file. is_new: false when the same bytes had come for the same purpose before."""

    batch: int
    public_id: str
    is_new: bool


@transaction.atomic
def receive_file(
    *,
    scope: Scope,
    path: Path,
    file_name: str,
    purpose: str,
    sender: str,
    announced: int | None,
    handed_over_at: datetime,
    by: str,
    at: datetime,
) -> Received:
    """Store a file exactly as it came, sealed, and look at how it would be taken.

    The same file for the same purpose is received once: its batch comes back and nothing is done twice.
    :raises FileRefused: it cannot be read safely
    """
    digest = _digest(path)
    known = _known(digest, purpose)
    if known is not None:
        return Received(known.pk, known.public_id, is_new=False)
    before = StoredFile.objects.filter(sha256=digest).first()
    number = before.pk if before else next_ids("intake_storedfile", count=1)[0]
    inspection = _inspect(path, file_name, digest, number, mapping=remembered_for(scope, sender=sender), at=at)
    stored = before or _store(scope, path, file_name, digest, inspection, number=number, by=by, at=at)
    batch = Batch.objects.create(
        file=stored,
        path=scope.path,
        purpose=purpose,
        sender=sender,
        outbreak=settings.OUTBREAK,
        announced=announced if announced is not None else inspection.announced,
        announced_in="officer" if announced is not None else inspection.announced_in,
        state=BatchState.MAPPING,
        inspection=structure_of(inspection),
        rows_total=inspection.received,
        handed_over_at=handed_over_at,
        received_at=at,
        received_by=by,
    )
    return Received(batch.pk, batch.public_id, is_new=True)


def _known(digest: bytes, purpose: str) -> Batch | None:
    with connection.cursor() as cursor:
        # Two clerks with the same file: the second waits here and finds the first one's batch.
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"file:{digest.hex()}:{purpose}"])
    return (
        Batch.objects.filter(file__sha256=digest, purpose=purpose)
        .exclude(state__in=[BatchState.UNDONE, BatchState.REFUSED])
        .first()
    )


def _inspect(path: Path, file_name: str, digest: bytes, number: int, *, mapping: Mapping, at: datetime) -> Inspection:
    """Look at the whole file, and keep what was found for whoever settles it with the same columns."""
    with Keeping(digest, number) as keep:
        reading = Reading(path, name=file_name, mapping=mapping, with_cells=True, tap=keep)
        try:
            inspection = inspect_file(path, keep=False, reading=reading)
        except UnreadableFile as refused:
            raise FileRefused(refused.sentence(get_language() or "zh")) from refused
        keep.done(reading, at=at)
    return inspection


def _store(
    scope: Scope,
    path: Path,
    file_name: str,
    digest: bytes,
    inspection: Inspection,
    *,
    number: int,
    by: str,
    at: datetime,
) -> StoredFile:
    content = path.read_bytes()
    place = stored_path(digest)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.write_bytes(seal(content, table="intake_storedfile", column="content", row=number))
    return StoredFile.objects.create(
        pk=number,
        sha256=digest,
        size=len(content),
        format=inspection.format[:10],
        path=scope.path,
        received_at=at,
        received_by=by,
        name_sealed=seal(file_name, table="intake_storedfile", column="name", row=number),
    )


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
