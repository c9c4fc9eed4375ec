"""Files as they came, and what became of every row.

The accounting identity of a settled batch, held by a constraint:
received = people + duplicates + already_known + rejected + doubtful
`people`: rows that are a person, known or new, whom no other list named before. `already_known`: rows whose person an
earlier settled batch of the same purpose named. `doubtful`: rows that wait for review; each is enrolled as a person of
its own meanwhile and handed over like any other, so that nobody waits for the review; "same person" then merges the
two records (proposed by the rule, decided by whoever reviewed), and undoing the review undoes that merge.

What other rooms call (`services/`), all keyword-only:
`receive.receive_file(scope, path, file_name, purpose, sender, announced, handed_over_at, by, at) -> Received(batch,
public_id, is_new)` stores the sealed file and defers reading; the same bytes for the same purpose give the batch known.
`settle.settle_batch(batch, at)` announces RowSettled for every row that means a person (KNOWN, NEW, ALREADY_KNOWN,
DOUBTFUL; a repeated row of the file announces nothing), in chunks, and BatchSettled once, after the flip.
`original.original_file(scope, batch) -> OriginalFile(name, content)` opens the file as it came, for the reply.
Pages that other rooms link to: `intake:batch` (public id of a batch; ?state=people|duplicate|already_known|rejected|
doubtful lists its rows) and `intake:reviews`.
"""

from shali.foundation.intake.models.batches import Batch, BatchState, RememberedMapping, StoredFile
from shali.foundation.intake.models.reviews import Found, Review, ReviewState
from shali.foundation.intake.models.rows import Candidate, Row, RowState

__all__ = [
    "Batch",
    "BatchState",
    "Candidate",
    "Found",
    "RememberedMapping",
    "Review",
    "ReviewState",
    "Row",
    "RowState",
    "StoredFile",
]
