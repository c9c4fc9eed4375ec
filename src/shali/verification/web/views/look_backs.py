from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import units_at
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.web.panels import Panel
from shali.foundation.ui.formats import num
from shali.foundation.ui.refusal import WrongInput
from shali.verification.queries import words
from shali.verification.queries.cohort import cohort_checks, cohort_lists
from shali.verification.queries.lists import lists
from shali.verification.queries.look_back import asked_of, differences, one_round, rounds
from shali.verification.queries.words import Way
from shali.verification.services.freeze import freeze_cohort, freeze_lists
from shali.verification.services.look_back import Said, answer_again, settle_difference
from shali.verification.web.asked_again import answer_word, asked_questions, question_word
from shali.verification.web.cohort import chosen_words, findings, matches, read_cohort, units_to_choose
from shali.verification.web.present import Term, identity, list_title


@policy(verb=Verb.SEE_LISTS)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    closed = request.GET.get("closed") == "1"
    page = rounds(request.scope, closed=closed, after=request.GET.get("after", "")[:200])
    return render(request, "verification/look_backs.html", {"page": page, "closed": closed, "at": now()})


@policy(verb=Verb.RECEIVE_LISTS)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: PostRequest) -> HttpResponse:
    """Whom a round asks: chosen and counted with GET, frozen with POST under the number that was shown."""
    at, scope = now(), request.scope
    if request.method == "POST":
        people = request.POST.get("people", "")
        if not people.isdigit():
            raise WrongInput(_("Count first, and freeze the number that the page shows."))
        cohort = read_cohort(request.POST)
        made = freeze_cohort(scope=scope, cohort=cohort, people=int(people), by=scope.name, at=at)
        return _frozen(request, made.public_id, made.people)
    cohort = read_cohort(request.GET)
    counted = "count" in request.GET
    meant = cohort_lists(scope, cohort) if counted else []
    return render(
        request,
        "verification/choose_people.html",
        {
            "cohort": cohort,
            "finding": f"{cohort.fact}:{cohort.answer}" if cohort.fact else "",
            "lists": [
                (row, list_title(row), row.public_id in cohort.lists)
                for row in lists(scope, at=at)
                if row.public_id in cohort.lists or matches(row, cohort)
            ],
            "counted": counted,
            "meant": meant,
            "people": cohort_checks(scope, cohort, meant, at=at).count() if counted else None,
            "channels": words.CHANNELS,
            "units": units_to_choose(scope, cohort.unit),
            "unit": cohort.unit or scope.path,
            "findings": findings(),
        },
    )


@policy(verb=Verb.SEE_LISTS)
@require_GET
def one(request: PostRequest, look_back: str) -> HttpResponse:
    at, settled = now(), request.GET.get("settled") == "1"
    found = one_round(request.scope, look_back)
    page = differences(request.scope, look_back, at=at, settled=settled, after=request.GET.get("after", "")[:200])
    rows = [
        {
            "row": row,
            "question": question_word(request.scope, row.questionnaire, row.question),
            "first": answer_word(request.scope, row.questionnaire, row.question, row.first),
            "second": answer_word(request.scope, row.questionnaire, row.question, row.second),
            "settled": words.SETTLEMENTS.get(row.settled_as),
        }
        for row in page.rows
    ]
    terms = (
        Term(_("People asked again"), found.people),
        Term(_("answered and settled"), found.closed, "="),
        Term(_("open"), found.open, "+"),
    )
    return render(
        request,
        "verification/look_back.html",
        {
            "found": found,
            "identity": identity(_("Everybody is asked again"), terms),
            "rows": rows,
            "page": page,
            "chosen": chosen_words(found.chosen),
            "unit": units_at([str(found.chosen.get("unit", ""))]).get(str(found.chosen.get("unit", ""))),
            "settled": settled,
            "settlements": words.SETTLEMENTS,
            "may_settle": Verb.DECIDE_NEVER_FOUND in request.scope.verbs,
            "at": at,
        },
    )


@policy(verb=Verb.RECEIVE_LISTS)
@require_POST
def freeze(request: PostRequest, pushed_list: str) -> HttpResponse:
    """Ask everybody of a finished list again; what stands is frozen now."""
    made = freeze_lists(scope=request.scope, lists=[pushed_list], unit="", by=request.scope.name, at=now())
    return _frozen(request, made.public_id, made.people)


def _frozen(request: PostRequest, look_back: str, people: int) -> HttpResponse:
    said = ngettext(
        "Frozen: %(n)s person. The units above those who answered first ask again.",
        "Frozen: %(n)s people. The units above those who answered first ask again.",
        people,
    )
    messages.success(request, said % {"n": num(people)})
    return redirect("verification:look_back", look_back)


@policy(verb=Verb.RECORD_FINDINGS)
@require_POST
def answer(request: PostRequest, task: str) -> HttpResponse:
    """Take the answers of one person's form; those that did not change are not entered again."""
    at, asked = now(), asked_of(request.scope, task)
    way = request.POST.get("way", "")
    for question in asked.questions:
        given = request.POST.get(question, "")
        if given and given != asked.second.get(question):
            said = Said(uuid4(), question, given, Way(int(way)) if way.isdigit() else Way.PHONE, at)
            answer_again(scope=request.scope, task=task, said=said, by=request.scope.name, at=at)
    messages.success(request, _("Kept."))
    return redirect("tasks:task", task)


@policy(verb=Verb.DECIDE_NEVER_FOUND)
@require_POST
def settle(request: PostRequest, difference: str) -> HttpResponse:
    settle_difference(
        scope=request.scope,
        difference=difference,
        settled_as=request.POST.get("settled_as", ""),
        by=request.scope.name,
        at=now(),
    )
    look_back = request.POST.get("look_back", "")
    return redirect("verification:look_back", look_back) if look_back else redirect("verification:look_backs")


def look_back_panel(scope: Scope, task: str, at: datetime) -> Panel:
    """What a task of a round asks, beside what was answered the first time."""
    asked = asked_of(scope, task)
    return Panel(
        "verification/_asked_again.html",
        {
            "asked": asked,
            "task_number": task,
            "questions": asked_questions(scope, asked),
            "ways": words.WAYS,
            "answered_first": scope.name in asked.first_by,
        },
    )
