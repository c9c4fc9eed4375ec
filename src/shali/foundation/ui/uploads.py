"""Files that somebody hands in: every upload lies on the disk before a page or an endpoint sees it (settings)."""

from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest

from shali.foundation.ui.refusal import WrongInput


@dataclass(frozen=True, slots=True)
class Upload:
    """path: where it lies until the request ends; name: what its sender calls it."""

    path: Path
    name: str


def uploaded(file: UploadedFile) -> Upload:
    """Return where an upload lies."""
    if not isinstance(file, TemporaryUploadedFile):
        raise TypeError("An upload that is not on the disk: see FILE_UPLOAD_HANDLERS.")
    return Upload(Path(file.temporary_file_path()), file.name or "")


def must_upload(request: HttpRequest, said: str, *, name: str = "file") -> Upload:
    """Return the file of a form's field.

    :raises WrongInput: there is none; said: what to choose
    """
    file = request.FILES.get(name)
    if not isinstance(file, UploadedFile):
        raise WrongInput(said, fields={name: "missing"})
    return uploaded(file)
