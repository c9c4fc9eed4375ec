"""Words for the codes of a measure, in the reader's language."""

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shali.foundation.measures.queries import words
from shali.foundation.measures.queries.record import MeasureRecord
from shali.foundation.policy.measures import MeasureKind, bases, measure_kinds
from shali.foundation.ui.formats import day_time, is_chinese

BADGES = {"proposed": "soon", "in_force": "ontime", "coming": "ontime", "refused": "done", "withdrawn": "done"}
BADGES |= {"lifted": "done", "expired": "done"}


def kind_word(code: str, at: datetime) -> str:
    kind = measure_kinds(at).get(code)
    return kind.words["zh" if is_chinese() else "en"] if kind else code


def basis_word(code: str, at: datetime) -> str:
    basis = bases(at).get(code)
    return basis.words["zh" if is_chinese() else "en"] if basis else code


def row_context(row: Any, at: datetime) -> dict[str, object]:
    """row: a MeasureRow or a MeasureRecord."""
    return {
        "row": row,
        "kind": kind_word(row.kind, at),
        "basis": basis_word(row.basis, at),
        "origin": words.ORIGINS.get(row.origin_kind, row.origin_kind),
        "stands": words.STANDINGS[row.stands],
        "badge": BADGES[row.stands],
        "days": round((row.ends_at - row.starts_at).total_seconds() / 86_400),
    }


def why_proposed(record: MeasureRecord, at: datetime) -> str:
    """Explain in a sentence what proposed a measure and on what."""
    values = {
        "kind": kind_word(record.kind, at),
        "origin": words.ORIGINS.get(record.origin_kind, record.origin_kind),
        "id": record.origin_id,
        "start": day_time(record.starts_at),
        "end": day_time(record.ends_at),
        "rule": record.proposal_rule,
        "max": record.max_hours // 24,
    }
    if record.proposal_rule:
        return (
            _("Rule %(rule)s proposes %(kind)s for %(origin)s %(id)s: %(start)s to %(end)s, at most %(max)d days.")
            % values
        )
    return _("An officer proposes %(kind)s for %(origin)s %(id)s: %(start)s to %(end)s, at most %(max)d days.") % values


def kinds_for(on: str, at: datetime) -> list[tuple[MeasureKind, str, list[tuple[str, str]]]]:
    """Return the kinds for a person or an area with their words and articles, as a form shows them."""
    return [
        (kind, kind_word(kind.code, at), [(code, basis_word(code, at)) for code in kind.bases])
        for kind in measure_kinds(at).values()
        if kind.on == on
    ]


def act_word(act: str) -> Promise | str:
    return words.ACTS.get(act, act)
