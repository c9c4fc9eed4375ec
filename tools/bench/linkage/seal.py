"""The register put under seal, once, with the vault's own functions, as `people.services.enrol` does it a person.

Every folded value is sealed (AES-256-GCM, bound to its column and row), every blocking key made blind (HMAC-SHA-256).
What is kept is a folder: no plain value is in it.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from shali.engines.linkage.batch import Field, Kind, read_fields
from shali.engines.linkage.batch.keys import KEYS
from shali.engines.linkage.batch.register import Column, Index, Register, blind_keys, count_values
from shali.foundation.vault.sealing import blind_many, bulk_open, bulk_seal

sys.path.insert(0, str(Path(__file__).parent))
from ours import CITY, read_both

# Where the product keeps each kind of value.
PLACES = {
    Kind.NAME: ("people_person", "name"),
    Kind.BIRTH: ("people_person", "birth"),
    Kind.DOCUMENT: ("people_document", "number"),
    Kind.PHONE: ("people_phone", "number"),
    Kind.ADDRESS: ("people_address", "text"),
}
LABELS = {number: "+".join(f"{kind}:{what}" for kind, what in key) for number, key in enumerate(KEYS)}
PORTION = 200_000


def settings(folder: Path) -> None:
    """Let the vault keep the keys of this run beside what they seal."""
    from django.conf import settings as django

    django.configure(KEY_FOLDER=folder / "keys", OUTBREAK="bench")


def blinded(number: int, hashes: np.ndarray) -> np.ndarray:
    """Return the blind indexes of the values of one key, their first eight bytes."""
    found = [np.empty(0, dtype=np.uint64)]
    for start in range(0, len(hashes), PORTION):
        written = map("{:x}".format, hashes[start : start + PORTION].tolist())
        indexes = np.frombuffer(b"".join(blind_many(written, kind=LABELS[number])), dtype=np.uint64)
        found.append(indexes[::2])
    return np.concatenate(found)


def seal_fields(fields: list[Field], folder: Path) -> None:
    for field in fields:
        table, column = PLACES[field.kind]
        sealed = bulk_seal(table=table, column=column)
        columns = {}
        for place, codes in enumerate(field.right):
            portions = []
            for start in range(0, len(codes), PORTION):
                records = np.arange(start, min(start + PORTION, len(codes)))
                texts = field.values.gather(np.maximum(codes[records], 0)).to_list()
                said = (codes[records] >= 0).tolist()
                # A second telephone is a row of its own in the product's table.
                rows = zip(texts, said, (records + place * field.records).tolist(), strict=True)
                values = [sealed(text, row) if is_said else None for text, is_said, row in rows]
                portions.append(pl.Series(values, dtype=pl.Binary))
            columns[str(place)] = pl.concat(portions)
        pl.DataFrame(columns).write_ipc(folder / f"{field.name}.sealed", compression="uncompressed")


def main(left_path: str, right_path: str, folder_path: str) -> None:
    folder = Path(folder_path)
    folder.mkdir(parents=True, exist_ok=True)
    settings(folder)
    left, right = read_both(left_path, right_path)
    fields = read_fields(left.head(0), right, CITY)
    began, used = time.perf_counter(), time.process_time()
    seal_fields(fields, folder)
    sealed = time.perf_counter()
    indexes = blind_keys(fields, blinded)
    arrays = {f"{what}{number}": getattr(one, what) for number, one in indexes.items() for what in ("keys", "records")}
    for field in fields:
        often, again = count_values(field)
        arrays |= {f"often {field.name} {what}": counts for what, counts in often.items()}
        arrays |= {f"again {field.name} {what}": np.array(one) for what, one in again.items()}
        arrays[f"said {field.name}"] = field.right >= 0
    np.savez(folder / "indexes.npz", **arrays)
    ended = time.perf_counter()
    steps = {"seal": sealed - began, "blind": ended - sealed}
    print(json.dumps({"seconds": ended - began, "processor": time.process_time() - used, "steps": steps}))


def open_register(folder: Path, fields: list[Field]) -> Register:
    """Return the register that `main` sealed; its values stay sealed until they are asked for."""
    settings(folder)
    with np.load(folder / "indexes.npz") as arrays:
        kept = dict(arrays)
    columns = {}
    for field in fields:
        often, again = (
            {name.split()[-1]: kept[name] for name in kept if name.startswith(f"{what} {field.name} ")}
            for what in ("often", "again")
        )
        columns[field.name] = Column(
            kept[f"said {field.name}"],
            often,
            {what: float(one) for what, one in again.items()},
            _opener(field, folder, kept[f"said {field.name}"].shape[1]),
        )
    numbers = [int(name.removeprefix("keys")) for name in kept if name.startswith("keys")]
    indexes = {number: Index(kept[f"keys{number}"], kept[f"records{number}"]) for number in numbers}
    return Register(next(iter(columns.values())).said.shape[1], indexes, columns, blinded)


def _opener(field: Field, folder: Path, everybody: int):
    table, column = PLACES[field.kind]
    opened = bulk_open(table=table, column=column)
    sealed = pl.read_ipc(folder / f"{field.name}.sealed")

    def some(place: int, records: np.ndarray) -> list[str]:
        return opened(sealed[str(place)].gather(records).to_list(), (records + place * everybody).tolist())

    return some


if __name__ == "__main__":
    main(*sys.argv[1:])
