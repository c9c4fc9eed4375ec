"""The verification desk's part of pages of the rooms below: of a task's, and of a list's file."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.urls import reverse

from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.intake.web.homes import Home
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.rules import undo_minutes
from shali.foundation.tasks.web.panels import Panel
from shali.foundation.ui.formats import is_chinese
from shali.verification.queries import words
from shali.verification.queries.lists import list_of_batch
from shali.verification.queries.panel import Asker, CheckFigures, check_figures
from shali.verification.rules import Fact, may_undo
from shali.verification.web.present import list_title


def list_home(scope: Scope, batch: int) -> Home | None:
    found = list_of_batch(scope, batch)
    return Home(list_title(found), reverse("verification:list", args=[found.public_id])) if found else None


def check_panel(scope: Scope, task: str, at: datetime) -> Panel:
    """Return the facts, attempts, askers, anomalies and lawful endings of a verification task."""
    figures = check_figures(scope, task)
    names = _names(figures)
    is_open = figures.ending is None
    minutes = undo_minutes(at)
    records = Verb.RECORD_FINDINGS in scope.verbs
    proposed = is_open and bool(figures.proposed_by)
    return Panel(
        "verification/_check.html",
        {
            "check": figures,
            "facts": _facts(figures, names),
            "attempts": [
                {"row": one, "way": words.WAYS[one.way], "result": words.RESULTS[one.result], "who": names[one.by]}
                for one in figures.attempts
            ],
            "askers": [_asker(one, at) for one in figures.askers],
            "anomalies": [
                {
                    "row": one,
                    "who": names[one.by],
                    "kind": words.ANOMALIES[one.kind],
                    "settled": words.SETTLED_AS.get(one.settled_as, one.settled_as),
                }
                for one in figures.anomalies
            ],
            "identity": _identity(figures, names),
            "seen": words.SEEN,
            "records": is_open and records,
            "ended_by": names.get(figures.ended_by, ""),
            "proposed_by": names.get(figures.proposed_by, ""),
            "ending": words.ENDINGS[figures.ending] if figures.ending else "",
            "may_end": is_open and records,
            "may_propose": is_open and records and not proposed and figures.attempts_made >= figures.attempts_required,
            "may_decide": proposed and Verb.DECIDE_NEVER_FOUND in scope.verbs and figures.proposed_by != scope.name,
            "is_proposed": proposed,
            "may_undo": records
            and figures.ended_at is not None
            and may_undo(ended_at=figures.ended_at, at=at, minutes=minutes),
            "undo_until": figures.ended_at + timedelta(minutes=minutes) if figures.ended_at else None,
            "at": at,
        },
    )


def _identity(figures: CheckFigures, names: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {"row": one, "word": words.IDENTITY.get(one.answer, ""), "who": names.get(one.ended_by, "")}
        for one in figures.identity
    ]


def _names(figures: CheckFigures) -> dict[str, str]:
    """Return how everybody who did something here is called: person and unit, a system by its own name."""
    doers = {one.by for rows in (figures.findings, figures.attempts, figures.anomalies) for one in rows}
    doers |= {name for name in (figures.ended_by, figures.proposed_by) if name}
    doers |= {one.ended_by for one in figures.identity if one.ended_by}
    known = who(doers)
    shown = {name: f"{one.name} {one.unit if is_chinese() else one.unit_en or one.unit}" for name, one in known.items()}
    return {name: shown.get(name, name) for name in doers}


def _facts(figures: CheckFigures, names: Mapping[str, str]) -> list[dict[str, object]]:
    """Each of the four facts with the answer that stands and those whose place it took."""
    result: list[dict[str, object]] = []
    for fact, is_established in zip(Fact, figures.established, strict=True):
        given = [
            {"row": one, "answer": words.ANSWERS[one.answer], "way": words.WAYS[one.way], "who": names[one.by]}
            for one in figures.findings
            if one.fact == fact
        ]
        result.append(
            {
                "word": words.FACTS_SHORT[fact],
                "is_established": is_established,
                "stands": given[0] if given else None,
                "earlier": given[1:],
            }
        )
    return result


def _asker(one: Asker, at: datetime) -> dict[str, object]:
    end = one.struck_off_at or at
    return {
        "row": one,
        "title": list_title(one),
        "ending": words.ENDINGS[one.ending] if one.ending else "",
        "is_late": end > one.due_at,
    }
