"""One part of the city's residents: sealed, with their documents, telephones, addresses and blocking keys."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from shali.config.city.copying import NULL, bytes_of, copy_lines, take_numbers
from shali.config.city.people import Home, Member, homes
from shali.config.city.plan import Plan, Share
from shali.foundation.people.bridge import Claim, DocumentClaim, blocking_keys
from shali.foundation.people.models import AddressKind, DocumentKind
from shali.foundation.vault.public_id import ALPHABET, LENGTH
from shali.foundation.vault.sealing import bulk_blind, bulk_blind_number, bulk_seal

Lines = list[str]
COLUMNS = {
    "places_household": ("id", "unit_id", "path", "door_blind", "door_sealed"),
    "people_person": (
        *("id", "public_id", "unit_id", "path", "household_id", "sex", "source", "enrolled_at"),
        *("name_sealed", "birth_sealed"),
    ),
    "people_document": ("id", "person_id", "kind", "whole", "source", "seen_at", "number_blind", "number_sealed"),
    "people_phone": ("id", "person_id", "source", "seen_at", "number_blind", "number_sealed"),
    "people_address": ("id", "person_id", "kind", "unit_id", "source", "seen_at", "text_sealed"),
    "people_key": ("person_id", "value"),
}
SOURCE = "register"


def public_id(seed: int, kind: str, number: int) -> str:
    """Return the public number that something of the city has on every machine that makes it."""
    digest = hmac.digest(b"shali city", f"{seed}|{kind}|{number}".encode(), "sha256")
    bits = int.from_bytes(digest[:8], "big")
    return "".join(ALPHABET[(bits >> (5 * place)) & 31] for place in range(LENGTH))


@dataclass
class _Writer:
    plan: Plan
    lines: dict[str, Lines] = field(default_factory=lambda: {table: [] for table in COLUMNS})
    blind: Callable[[str, str], bytes] = field(default_factory=bulk_blind)
    blind_number: Callable[[str, str], int] = field(default_factory=bulk_blind_number)
    seals: dict[str, Callable[[str, int], bytes]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table, column in (
            ("places_household", "door"),
            ("people_person", "name"),
            ("people_person", "birth"),
            ("people_document", "number"),
            ("people_phone", "number"),
            ("people_address", "text"),
        ):
            self.seals[f"{table}.{column}"] = bulk_seal(table=table, column=column)

    def next(self, table: str) -> int:
        self.numbers[table] += 1
        return self.numbers[table] - 1

    def add(self, home: Home, share: Share) -> None:
        row = self.next("places_household")
        sealed = self.seals["places_household.door"](home.address, row)
        door = bytes_of(self.blind(home.address, "door"))
        self.lines["places_household"].append(f"{row}\t{share.unit}\t{share.path}\t{door}\t{bytes_of(sealed)}")
        for member in home.members:
            self._member(member, home.address, row, share)

    def _member(self, one: Member, address: str, household: int, share: Share) -> None:
        row, at = self.plan.first_person + one.number, self.plan.enrolled_at
        name = self.seals["people_person.name"](one.name, row)
        birth = self.seals["people_person.birth"](one.birth.on.isoformat(), row)
        public = public_id(self.plan.seed, "person", one.number)
        self.lines["people_person"].append(
            f"{row}\t{public}\t{share.unit}\t{share.path}\t{household}\t{one.birth.sex}\t{SOURCE}\t{at}"
            f"\t{bytes_of(name)}\t{bytes_of(birth)}"
        )
        self._document(row, DocumentKind.RESIDENT_ID, one.id_number)
        if one.passport:
            self._document(row, DocumentKind.PASSPORT, one.passport)
        for phone in one.phones:
            number = self.next("people_phone")
            sealed = self.seals["people_phone.number"](phone, number)
            index = bytes_of(self.blind(phone, "phone"))
            self.lines["people_phone"].append(f"{number}\t{row}\t{SOURCE}\t{at}\t{index}\t{bytes_of(sealed)}")
        number = self.next("people_address")
        sealed = self.seals["people_address.text"](address, number)
        self.lines["people_address"].append(
            f"{number}\t{row}\t{AddressKind.HOME:d}\t{share.unit}\t{SOURCE}\t{at}\t{bytes_of(sealed)}"
        )
        keys, blind = self.lines["people_key"], self.blind_number
        for kind, value in blocking_keys(_claim(one, share.community.code)):
            keys.append(f"{row}\t{blind(value, kind)}")

    def _document(self, person: int, kind: DocumentKind, text: str) -> None:
        number, at = self.next("people_document"), self.plan.enrolled_at
        sealed = self.seals["people_document.number"](text, number)
        index = bytes_of(self.blind(text, "document"))
        self.lines["people_document"].append(
            f"{number}\t{person}\t{kind:d}\tt\t{SOURCE}\t{at}\t{index}\t{bytes_of(sealed)}"
        )


def _claim(one: Member, division: str) -> Claim:
    documents = [DocumentClaim(str(int(DocumentKind.RESIDENT_ID)), one.id_number, True)]
    if one.passport:
        documents.append(DocumentClaim(str(int(DocumentKind.PASSPORT)), one.passport, True))
    return Claim(
        name=one.name, sex=None, birth_on=one.birth.on, documents=tuple(documents), phones=one.phones, address=None,
        division=division,
    )  # fmt: skip


def enter_part(plan: Plan, shares: list[Share]) -> tuple[int, bytes]:
    """Enter the residents of some communities in the open transaction; return the rows and a digest of who they are."""
    made = [
        (share, list(homes(plan.census, share.community, first=share.first, people=share.people, seed=plan.seed)))
        for share in shares
    ]
    everybody = [member for _, found in made for home in found for member in home.members]
    writer = _Writer(plan)
    counts = {
        "places_household": sum(len(found) for _, found in made),
        "people_document": sum(1 + bool(member.passport) for member in everybody),
        "people_phone": sum(len(member.phones) for member in everybody),
        "people_address": len(everybody),
    }
    writer.numbers = {table: take_numbers(table, count) if count else 0 for table, count in counts.items()}
    digest = hashlib.sha256()
    for share, found in made:
        for home in found:
            digest.update(repr(home).encode())
            writer.add(home, share)
    return sum(copy_lines(table, COLUMNS[table], lines) for table, lines in writer.lines.items()), digest.digest()


__all__ = ["NULL", "enter_part", "public_id"]
