from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.journal.access import record_access
from shali.tracing.queries.case import case_record
from shali.tracing.queries.find import case_in_scope
from shali.tracing.queries.forms import Answered, Question, Questionnaire, answers_of, asked_now, form_of
from shali.tracing.services.investigation import Said, answer, confirm_claims
from shali.tracing.web import present


@policy(verb=Verb.INVESTIGATE)
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: PostRequest, case: str) -> HttpResponse:
    """The questionnaire in pieces, made for a phone. Its answers are plain here, and each opening is on record."""
    if request.method == "POST":
        return _keep(request, case)
    at = now()
    with transaction.atomic():
        row = case_in_scope(request.scope, case)
        form = form_of(request.scope, row)
        answers = answers_of(request.scope, row, form)
        record = case_record(request.scope, case, at=at)
        record_access(
            scope=request.scope,
            act="investigate",
            purpose="investigation",
            subject_kind="person",
            subject=row.person_id,
            people=[row.person_id],
            fields=["answers"],
            at=at,
        )
    asked = asked_now(request.scope, form, answers)
    group = request.GET.get("group", form.groups[0][0])
    context = {
        "found": record,
        "title": present.case_title(record.row.number),
        "form": form,
        "group": group,
        "groups": _groups(form, asked, answers),
        "shown": _shown(asked, answers, group),
        "at": at,
    }
    return render(request, "tracing/questions.html", context)


def _shown(asked: Sequence[Question], answers: Mapping[str, Answered], group: str) -> list[dict[str, object]]:
    names = who([one.by for one in answers.values()])
    return [
        {
            "question": one,
            "answer": answers.get(one.name),
            "chosen": answers[one.name].value.split() if one.name in answers else [],
            "who": names[answers[one.name].by].name if one.name in answers and answers[one.name].by in names else "",
        }
        for one in asked
        if one.asked.group == group
    ]


def _groups(form: Questionnaire, asked: Sequence[Question], answers: Mapping[str, Answered]) -> list[dict[str, object]]:
    done = {one.name for one in asked if one.name in answers and answers[one.name].confirmed}
    return [
        {
            "name": name,
            "label": label,
            "asked": sum(one.asked.group == name for one in asked),
            "confirmed": sum(one.asked.group == name and one.name in done for one in asked),
        }
        for name, label in form.groups
    ]


def _keep(request: PostRequest, case: str) -> HttpResponse:
    """Keep the answers that changed; those left empty stay open."""
    given, at, by = request.POST, now(), request.scope.name
    group = given.get("group", "")
    if given.get("act") == "confirm":
        count = confirm_claims(scope=request.scope, case=case, questions=given.getlist("claimed"), by=by, at=at)
        messages.success(request, _("Confirmed: %(n)d.") % {"n": count})
    else:
        confirmed = given.get("claimed_only") != "1"
        said = []
        for name in given:
            if name.startswith("q_"):
                value = " ".join(one.strip() for one in given.getlist(name) if one.strip())
                if value and value != given.get(f"was_{name[2:]}", ""):
                    said.append(Said(name[2:], value, confirmed))
        answer(scope=request.scope, case=case, said=said, by=by, at=at)
        messages.success(request, _("Kept: %(n)d answers.") % {"n": len(said)})
    response = redirect("tracing:questions", case)
    response["Location"] += f"?group={given.get('next') or group}"
    return response
