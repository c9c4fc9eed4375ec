from datetime import datetime

from django.db import transaction

from shali.foundation.intake.models import Batch, BatchState, RememberedMapping
from shali.foundation.intake.reading import Mapping, SheetMapping, inspect_file
from shali.foundation.intake.services.original import opened_file
from shali.foundation.intake.services.structure import structure_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope, WrongInput


def remembered_for(scope: Scope, *, sender: str) -> Mapping:
    """Return what was said of this sender's columns before, by the signature of the headings."""
    found = RememberedMapping.objects.filter(path=scope.path, sender=sender)
    return Mapping(
        remembered={
            bytes(one.signature).hex(): {int(column): name for column, name in one.mapping.items()} for one in found
        }
    )


@transaction.atomic
def correct_mapping(*, scope: Scope, batch: str, columns: dict[str, dict[int, str]], by: str, at: datetime) -> Batch:
    """Say what columns are (by sheet), look at the file again, and remember it for this sender.

    :raises WrongInput: a column was given a field that does not exist
    """
    found = batch_of(scope, public_id=batch)
    tables = {sheet["name"]: sheet["tables"][0] for sheet in found.inspection["sheets"] if sheet["tables"]}
    said = {
        name: SheetMapping(chosen, tuple(tables[name]["header_rows"]))
        for name, chosen in columns.items()
        if name in tables
    }
    try:
        mapping = Mapping.from_json(Mapping(sheets=said).to_json())
    except ValueError as error:
        raise WrongInput(str(error)) from error
    with opened_file(found) as (path, name):
        inspection = inspect_file(path, mapping=mapping, name=name, keep=False)
    found.mapping, found.inspection = mapping.to_json(), structure_of(inspection)
    found.rows_total = inspection.received
    found.save(update_fields=["mapping", "inspection", "rows_total"])
    for name, chosen in columns.items():
        signature = tables.get(name, {}).get("signature", "")
        if signature:
            RememberedMapping.objects.update_or_create(
                path=scope.path,
                sender=found.sender,
                signature=_bytes(signature),
                defaults={"mapping": chosen, "confirmed_by": by, "confirmed_at": at},
            )
    return found


def _bytes(signature: str) -> bytes:
    try:
        return bytes.fromhex(signature)
    except ValueError:
        return signature.encode()[:32]


def batch_of(scope: Scope, *, public_id: str) -> Batch:
    """Return a batch of the scope that is still to be settled.

    :raises NotInScope: there is none
    """
    found = (
        Batch.objects.select_for_update()
        .filter(within(scope.path), public_id=public_id, state__in=(BatchState.MAPPING, BatchState.DIFFERENCE))
        .first()
    )
    if found is None:
        raise NotInScope
    return found
