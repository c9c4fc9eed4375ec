"""Where the keys lie: one folder outside the database and its backups, one subfolder for each outbreak.

`<keys>/<outbreak>/0001.field` seals fields, `<keys>/<outbreak>/blind` makes blind indexes, `<keys>/<outbreak>/outbox`
opens what devices sealed. Destroying an outbreak's folder makes everything sealed under it unreadable for ever, in
backups too. A key service of the operator takes the place of `FolderKeyStore` by offering the same methods.
"""

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic

from shali.foundation.ui.refusal import Erased

KEY_BYTES = 32
# How long a process may go on with keys that it read: a destroyed key opens nothing after that, anywhere.
LOOKED_AT_EVERY = 1.0


class KeyDestroyed(Erased):
    """The key that sealed this value no longer exists; its outbreak was closed."""


@dataclass(frozen=True, slots=True)
class FieldKey:
    outbreak: str
    number: int
    secret: bytes


class FolderKeyStore:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._field_keys: dict[int, FieldKey] = {}
        self._blind_keys: dict[str, bytes] = {}
        self._looked_at = monotonic()

    def current(self, outbreak: str) -> FieldKey:
        """Return the newest field key of an outbreak, making its first one when there is none."""
        newest = max((k for k in self._scan() if k.outbreak == outbreak), key=lambda k: k.number, default=None)
        return newest or self.add(outbreak)

    def add(self, outbreak: str) -> FieldKey:
        """Make a new field key for an outbreak; numbers are unique over all outbreaks."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,40}", outbreak):
            raise ValueError(f"An outbreak's code holds a-z, 0-9 and '-': {outbreak!r}")
        folder = self.folder / outbreak
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = max((k.number for k in self._scan()), default=0) + 1
        secret = _write_once(folder / f"{number:04d}.field")
        key = FieldKey(outbreak, number, secret)
        self._field_keys[number] = key
        return key

    def destroy(self, outbreak: str) -> int:
        """Destroy all keys of an outbreak and return how many: whatever they sealed is unreadable from now on.

        Files are written over before they go; on a disk that keeps old blocks, destroy the disk's own key as well.
        """
        folder = self.folder / outbreak
        keys = sorted(folder.glob("*.field"))
        for path in [*keys, *folder.glob("blind"), *folder.glob("outbox")]:
            path.chmod(0o600)
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
        shutil.rmtree(folder, ignore_errors=True)
        self._forget()
        return len(keys)

    def look_again(self) -> bool:
        """Forget keys that were destroyed meanwhile, by whatever process; say whether one was."""
        now = monotonic()
        if now - self._looked_at < LOOKED_AT_EVERY:
            return False
        self._looked_at = now
        known = self._field_keys.values()
        gone = any(not (self.folder / key.outbreak / f"{key.number:04d}.field").exists() for key in known)
        if gone:
            self._forget()
        return gone

    def _forget(self) -> None:
        self._field_keys.clear()
        self._blind_keys.clear()

    def field_key(self, number: int) -> FieldKey:
        if number not in self._field_keys:
            self._scan()
        try:
            return self._field_keys[number]
        except KeyError:
            raise KeyDestroyed from None

    def blind_key(self, outbreak: str) -> bytes:
        if outbreak not in self._blind_keys:
            path = self.folder / outbreak / "blind"
            self.current(outbreak)
            self._blind_keys[outbreak] = path.read_bytes() if path.exists() else _write_once(path)
        return self._blind_keys[outbreak]

    def outbox_secret(self, outbreak: str) -> bytes:
        """Return what the private key is made from, to which devices seal what they cannot read again."""
        path = self.folder / outbreak / "outbox"
        self.current(outbreak)
        return path.read_bytes() if path.exists() else _write_once(path)

    def _scan(self) -> list[FieldKey]:
        if not self._field_keys and self.folder.exists():
            for path in sorted(self.folder.glob("*/*.field")):
                number = int(path.stem)
                self._field_keys[number] = FieldKey(path.parent.name, number, path.read_bytes())
        return list(self._field_keys.values())


def _write_once(path: Path) -> bytes:
    """Create a key file that nobody can overwrite; of two processes at once, both end with the same key."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


@cache
def keystore() -> FolderKeyStore:
    from django.conf import settings

    return FolderKeyStore(Path(settings.KEY_FOLDER))
