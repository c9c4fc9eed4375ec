from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from shali.foundation.intake.models import Batch, StoredFile
from shali.foundation.vault.sealing import open_bytes, open_text


def stored_path(digest: bytes) -> Path:
    """Return where a file lies: under its hash, never under its name."""
    return Path(settings.FILE_FOLDER) / digest.hex()[:2] / digest.hex()


@contextmanager
def opened_file(batch: Batch) -> Iterator[tuple[Path, str]]:
    """Open a batch's file as it came, for one block: (path of a private copy, the sender's name for it)."""
    stored: StoredFile = batch.file
    content = open_bytes(
        stored_path(bytes(stored.sha256)).read_bytes(), table="intake_storedfile", column="content", row=stored.pk
    )
    name = open_text(stored.name_sealed, table="intake_storedfile", column="name", row=stored.pk)
    with TemporaryDirectory(prefix="shali-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        yield path, name
