"""One chunk of rows, looked at: who each means besides the register, and everything that is written of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from shali.foundation.intake.facts import RowSettled
from shali.foundation.intake.models import Batch, Candidate, Review, Row, RowState
from shali.foundation.intake.services.claims import new_person_of
from shali.foundation.intake.services.look import Keys, Looked, RowLooked
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import insert_models, insert_rows, next_ids
from shali.foundation.people.models import Document
from shali.foundation.people.services.enrol import NewPerson, add_phones, enrol_people
from shali.foundation.people.services.identify import Claim, Decision, KeysOf, Outcome, decide_among
from shali.foundation.policy.rules import limit
from shali.foundation.vault.public_id import new_public_id
from shali.foundation.vault.sealing import bulk_blind, bulk_seal

ROW_COLUMNS = (
    *("id", "sheet", "table", "row_no", "state", "reasons", "person_id", "same_as_id", "division"),
    *("row_blind", "cells_sealed"),
)


@dataclass(slots=True)
class _Work:
    """A row on its way: what it says, what was decided, who it means in the end."""

    number: int
    claim: Claim
    division: str
    decision: Decision
    place: int  # among the rows that were looked at
    state: RowState = RowState.RECEIVED
    person: int | None = None
    same_as: int | None = None
    # Place in `works` of the row that enrols the person whom this row repeats.
    repeats: int | None = None
    # Place in `works` of a row that bears the same number under another name, and what was found.
    rival: int | None = None
    ranked: list[tuple[int, float, tuple[str, ...]]] = field(default_factory=list)

    @property
    def is_doubtful(self) -> bool:
        return self.decision.outcome is Outcome.DOUBTFUL


class Settler:
    """Settles chunks of one batch, in the open transaction."""

    def __init__(self, batch: Batch, *, at: datetime) -> None:
        self.batch, self.at = batch, at
        self._sealed = bulk_seal(table="intake_row", column="cells")
        self.source = f"batch:{batch.public_id}"
        self.units = {code: (n, path) for code, n, path in Unit.objects.values_list("code", "id", "path")}
        self.by_path = {path: number for number, path in self.units.values()}

    def settle(self, looked: Looked) -> Keys:
        """Store rows with their states, enrol who is new, open reviews, and announce whom each row means.

        Returns the keys of those who were enrolled.
        """
        rows = looked.rows
        numbers = self._numbers(rows)
        taken = [n for row, n in zip(rows, numbers, strict=True) if row.is_taken]
        works = [
            _Work(n, claim, division, decision, place)
            for place, (n, claim, division, decision) in enumerate(
                zip(taken, looked.claims, looked.divisions, looked.decisions, strict=True)
            )
        ]
        self._compare_with_each_other(works, looked.keys)
        brought = self._enrol(works, looked.keys)
        self._place(works)
        self._store(rows, numbers, {work.number: work for work in works})
        self._open_reviews(works)
        self._add_what_is_new(works)
        named = [work for work in works if work.person is not None and work.state != RowState.DUPLICATE]
        announce(
            [RowSettled(self.batch.pk, w.number, w.person or 0, w.division) for w in named],
            by="system:intake",
            at=self.at,
        )
        return brought

    def _numbers(self, rows: Sequence[RowLooked]) -> list[int]:
        return next_ids("intake_row", count=len(rows))

    def _compare_with_each_other(self, works: list[_Work], keys_by_place: KeysOf) -> None:
        """Find rows that mean somebody whom an earlier row of this chunk brings in."""
        brought: dict[tuple[str, str], list[int]] = {}
        for place, work in enumerate(works):
            if work.decision.outcome is Outcome.KNOWN:
                continue
            keys = keys_by_place[place]
            earlier = sorted({other for key in keys for other in brought.get(key, ())})
            if earlier:
                among = decide_among(work.claim, others=[(other, works[other].claim) for other in earlier])
                if among.outcome is Outcome.KNOWN and among.key is not None:
                    work.repeats = among.key
                    continue
                if "number_of_another_name" in among.reasons:
                    # One number, two names: the first row holds it, and somebody looks at the second.
                    work.rival, work.decision = among.ranked[0].key, among
            for key in keys:
                brought.setdefault(key, []).append(place)

    def _enrol(self, works: list[_Work], keys: KeysOf) -> Keys:
        """Enrol whoever is new, and whoever is doubtful as a person of his own until somebody has looked."""
        fresh = [w for w in works if w.decision.outcome is not Outcome.KNOWN and w.repeats is None]
        held = self._numbers_held(fresh)
        people = self._people(fresh, held)
        ids = enrol_people(people, source=self.source, at=self.at, keys=keys.blind([work.place for work in fresh]))
        for work, person in zip(fresh, ids, strict=True):
            work.person = person
            work.state = RowState.DOUBTFUL if work.is_doubtful else RowState.NEW
            if work.rival is not None:
                said = work.decision.ranked[0]
                work.ranked = [(works[work.rival].person or 0, said.bits, said.reasons)]
            elif work.is_doubtful:
                work.ranked = [(one.key, one.bits, one.reasons) for one in work.decision.ranked]
        for work in works:
            if work.repeats is not None:
                first = works[work.repeats]
                work.person, work.state, work.same_as = first.person, RowState.DUPLICATE, first.number
            elif work.decision.outcome is Outcome.KNOWN:
                work.person = work.decision.key
        return {key for work in fresh for key in keys[work.place]}

    def _numbers_held(self, works: list[_Work]) -> set[str]:
        """Numbers that somebody of the register holds: a doubtful row may repeat one, but cannot hold it too."""
        numbers = {d.number for w in works for d in w.claim.documents if d.trusted}
        blinded = bulk_blind()
        by_blind = {blinded(number, "document"): number for number in numbers}
        found = Document.objects.filter(number_blind__any_of=by_blind, whole=True, ended_at=None)
        return {by_blind[bytes(value)] for value in found.values_list("number_blind", flat=True)}

    def _people(self, works: list[_Work], held: set[str]) -> list[NewPerson]:
        """Return the people to enrol: a number that an earlier one of them holds is kept as written only."""
        people = []
        for work in works:
            people.append(self._new_person(work, held))
            held |= {d.number for d in work.claim.documents if d.trusted}
        return people

    def _new_person(self, work: _Work, held: set[str]) -> NewPerson:
        whole_city = self.by_path[self.batch.path], self.batch.path
        unit, path = self.units.get(work.division, whole_city)
        return new_person_of(work.claim, unit=unit, path=path, division=work.division, held=held)

    def _place(self, works: list[_Work]) -> None:
        """Give rows of known people their state: first in this file, repeated in it, or on another list before."""
        people = {w.person for w in works if w.state == RowState.RECEIVED and w.person is not None}
        rows = Row.objects.filter(person_id__any_of=people).exclude(state=RowState.DUPLICATE)
        here = dict(rows.filter(batch=self.batch).order_by("-id").values_list("person_id", "id"))
        elsewhere = set(
            rows.filter(batch__purpose=self.batch.purpose, batch__state=5)
            .exclude(batch=self.batch)
            .values_list("person_id", flat=True)
        )
        for work in works:
            if work.state != RowState.RECEIVED or work.person is None:
                continue
            if work.person in here:
                work.state, work.same_as = RowState.DUPLICATE, here[work.person]
                continue
            here[work.person] = work.number
            work.state = RowState.ALREADY_KNOWN if work.person in elsewhere else RowState.KNOWN

    def _store(self, rows: Sequence[RowLooked], numbers: list[int], works: dict[int, _Work]) -> None:
        insert_rows(
            Row,
            ROW_COLUMNS,
            (self._row(row, n, works.get(n)) for row, n in zip(rows, numbers, strict=True)),
            same=self._same_of_all(),
        )

    def _same_of_all(self) -> dict[str, object]:
        return {"batch_id": self.batch.pk, "path": self.batch.path, "decided_by": "rule", "decided_at": self.at}

    def _row(self, row: RowLooked, number: int, work: _Work | None) -> tuple[object, ...]:
        reasons = row.reasons
        if work is not None:
            reasons = reasons + [{"code": code, "column": ""} for code in work.decision.reasons]
        state = work.state if work else RowState.REJECTED
        return (
            *(number, row.sheet, row.table, row.row, state.value),
            orjson.dumps(reasons or [{"code": "rejected", "column": ""}]).decode(),
            *((work.person, work.same_as, work.division) if work else (None, None, "")),
            row.blind,
            self._sealed(row.content, number),
        )

    def _open_reviews(self, works: list[_Work]) -> None:
        doubtful = [work for work in works if work.state == RowState.DOUBTFUL]
        hours = limit("review", self.batch.handed_over_at).hours
        insert_models(
            [
                Review(
                    row_id=work.number,
                    public_id=new_public_id(),
                    path=self.batch.path,
                    opened_at=self.at,
                    due_at=self.batch.handed_over_at + timedelta(hours=hours),
                )
                for work in doubtful
            ]
        )
        insert_models(
            [
                Candidate(row_id=work.number, person_id=person, rank=rank, score=bits, reasons=list(reasons))
                for work in doubtful
                for rank, (person, bits, reasons) in enumerate(work.ranked, start=1)
            ]
        )

    def _add_what_is_new(self, works: list[_Work]) -> None:
        """Keep telephones that a list knows of a registered person and we did not."""
        known = [w for w in works if w.state in (RowState.KNOWN, RowState.ALREADY_KNOWN) and w.person is not None]
        wanted = {(w.person or 0, phone) for w in known for phone in w.claim.phones}
        if not wanted:
            return
        from shali.foundation.people.models import Phone

        have = set(
            Phone.objects.filter(person_id__any_of={p for p, _ in wanted}).values_list("person_id", "number_blind")
        )
        had = {(person, bytes(value)) for person, value in have}
        blinded = bulk_blind()
        fresh = [(p, phone) for p, phone in sorted(wanted) if (p, blinded(phone, "phone")) not in had]
        add_phones(fresh, source=self.source, at=self.at)
