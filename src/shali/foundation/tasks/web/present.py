"""Tasks made ready for the pages: words, addresses, and what a post may do, with the reason where it may not."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.queries.asked import JointRow, TransferRow
from shali.foundation.tasks.queries.desk import TaskRow
from shali.foundation.tasks.queries.task import Line, TaskRecord
from shali.foundation.tasks.rules import may_insist
from shali.foundation.tasks.web import words
from shali.foundation.ui.paging import Page


@dataclass(frozen=True, slots=True)
class Chip:
    word: Promise
    count: int
    href: str
    is_current: bool
    tone: str


def chips(counts: dict[str, int], *, which: str, unit: str) -> list[Chip]:
    return [
        Chip(
            word,
            counts[code],
            "?" + urlencode({"which": code, **({"unit": unit} if unit else {})}),
            code == which,
            words.TONES.get(code, "") if counts[code] else "",
        )
        for code, word in words.WHICH.items()
    ]


def rows(page: Page[TaskRow]) -> list[dict[str, object]]:
    return [
        {
            "row": row,
            "why": words.WHY[row.why],
            "kind": words.KINDS.get(row.kind, row.kind),
            "waits_for": words.BLOCKED_ON.get(row.blocked_on, ""),
        }
        for row in page.rows
    ]


def history(lines: tuple[Line, ...]) -> list[dict[str, object]]:
    return [{"line": line, "act": words.ACTS[line.act], "why": _why(line)} for line in lines]


def _why(line: Line) -> str:
    """Say in words what stands in the line's codes."""
    detail = {key: str(value) for key, value in line.detail.items()}
    said: list[object] = []
    for key, known in (
        ("reason", words.REASONS),
        ("waits_for", words.BLOCKED_ON),
        ("ask", words.ASKS),
        ("answer", words.ANSWERS),
        ("step", words.STEPS),
    ):
        # A capability's own codes, as the answer to a fact, are said in its part of the page.
        if detail.get(key) in known:
            said.append(known[detail[key]])
    if line.act == "asked_again" and line.detail.get("due_brought_forward"):
        said.append(_("the deadline came forward"))
    return _("; ").join(str(word) for word in said)


def transfers(
    found: tuple[TransferRow, ...] | list[TransferRow], scope: Scope, *, at: datetime
) -> list[dict[str, object]]:
    return [
        {
            "row": one,
            "reason": words.REASONS.get(one.reason, one.reason),
            "state": words.TRANSFER_STATES[one.state],
            "may_answer": one.state == 1 and scope.holds(one.to_path) and one.asked_by != scope.name,
            "may_withdraw": one.state in (1, 4) and scope.holds(one.from_path),
            "may_insist": place == 0
            and scope.holds(one.from_path)
            and may_insist(
                is_refused=one.state == 3, is_pending=one.state == 1, answer_due_at=one.answer_due_at, at=at
            ),
            "may_arbitrate": one.state == 4 and scope.holds(one.arbiter_path) and one.asked_by != scope.name,
        }
        for place, one in enumerate(found)
    ]


def joint(found: tuple[JointRow, ...] | list[JointRow]) -> list[dict[str, object]]:
    return [{"row": one, "ask": words.ASKS[one.ask], "answer": words.ANSWERS.get(one.answer, "")} for one in found]


def why_not(record: TaskRecord, scope: Scope) -> dict[str, str]:
    """Return for each act the sentence that says why this post may not do it now; "" where it may."""
    closed = _("The task is closed.") if record.is_closed else ""
    foreign = "" if record.is_ours else _("Another unit owns the task; answer its request below.")
    waiting = any(one.state in (1, 4) for one in record.transfers)
    asked = _("A request waits already.") if waiting else ""
    accepted = _("Accepted already.") if record.is_accepted else ""
    verbs = {
        "accept": "accept_tasks",
        "assign": "assign_tasks",
        "transfer": "transfer_tasks",
        "remind": "remind",
        "joint": "ask_departments",
        "work": "accept_tasks",
    }
    own = {"accept": accepted, "transfer": asked}
    return {
        act: foreign
        or closed
        or own.get(act, "")
        or ("" if verb in scope.verbs else _("Your post does not do this; the desk above does."))
        for act, verb in verbs.items()
    }
