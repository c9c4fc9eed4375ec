from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import Policy as Needs
from shali.foundation.accounts.policy import PostRequest, authorise, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import ancestors, children
from shali.foundation.tasks.queries.desk import WHICH, Filter, counts, tasks_page
from shali.foundation.tasks.queries.task import asked_of_department, disputes, posts_of_unit, units_to_choose
from shali.foundation.tasks.services import bulk
from shali.foundation.tasks.services.department import answer_department
from shali.foundation.tasks.web import present, words
from shali.foundation.ui.refusal import WrongInput

SHOWN_SKIPPED = 5


@policy(verb=Verb.SEE_TASKS)
@require_GET
def desk(request: PostRequest) -> HttpResponse:
    at = now()
    chosen = _filter(request.GET.get("which", ""), request.GET.get("unit", ""), request)
    found = counts(request.scope, unit=chosen.unit, at=at)
    page = tasks_page(request.scope, chosen, at=at, after=request.GET.get("after", ""), counted=found.get(chosen.which))
    unit = chosen.unit or request.scope.path
    return render(
        request,
        "tasks/desk.html",
        {
            "page": page,
            "rows": present.rows(page),
            "chips": present.chips(found, which=chosen.which, unit=chosen.unit),
            "counts": found,
            "which": chosen.which,
            "which_word": words.WHICH[chosen.which],
            "unit": chosen.unit,
            "above": [one for one in ancestors(request.scope, unit) if request.scope.holds(one.path)],
            "below": children(request.scope, unit),
            "posts": posts_of_unit(request.scope, unit, at=at),
            "post_unit": unit,
            "may_select": chosen.which not in ("to_answer", "closed_today"),
            "at": at,
        },
    )


def _filter(which: str, unit: str, request: PostRequest) -> Filter:
    return Filter(which if which in WHICH else "open", unit if request.scope.holds(unit) else "")


@policy(Verb.ACCEPT_TASKS, Verb.ASSIGN_TASKS, Verb.REMIND)
@require_POST
def many(request: PostRequest) -> HttpResponse:
    """Do one act to the tasks that were ticked, or to everything that the filter holds."""
    form = request.POST
    chosen = _filter(form.get("which", ""), form.get("unit", ""), request)
    selection = (
        bulk.Selection(all_of=chosen) if form.get("all") else bulk.Selection(tasks=form.getlist("task")[:10_000])
    )
    scope, by, at = request.scope, request.scope.name, now()
    match form.get("act"):
        case "accept" if _may(request, Verb.ACCEPT_TASKS):
            outcome = bulk.accept_many(scope=scope, selection=selection, by=by, at=at)
        case "assign" if _may(request, Verb.ASSIGN_TASKS):
            unit = chosen.unit or scope.path
            outcome = bulk.assign_many(
                scope=scope, selection=selection, unit=unit, post=form.get("post", ""), by=by, at=at
            )
        case "remind" if _may(request, Verb.REMIND):
            outcome = bulk.remind_many(scope=scope, selection=selection, by=by, at=at)
        case _:
            raise WrongInput(_("Choose what to do with the tasks."))
    _tell(request, outcome)
    return redirect(f"{reverse('tasks:desk')}?which={chosen.which}&unit={chosen.unit}")


def _may(request: PostRequest, verb: Verb) -> bool:
    return authorise(request.post, Needs(verbs=frozenset({verb})))


def _tell(request: PostRequest, outcome: bulk.Outcome) -> None:
    messages.success(request, ngettext("Done: %(n)d task.", "Done: %(n)d tasks.", outcome.done) % {"n": outcome.done})
    for skipped in outcome.skipped[:SHOWN_SKIPPED]:
        messages.warning(request, _("Skipped %(task)s: %(why)s") % {"task": skipped.task, "why": skipped.reason})
    more = len(outcome.skipped) - SHOWN_SKIPPED
    if more > 0:
        messages.warning(request, ngettext("%(n)d more skipped.", "%(n)d more skipped.", more) % {"n": more})


@policy(verb=Verb.ARBITRATE)
@require_GET
def arbitration(request: PostRequest) -> HttpResponse:
    at = now()
    found = disputes(request.scope, at=at)
    rows = [
        {**one, "units": units_to_choose(request.scope, found[place].from_path)}
        for place, one in enumerate(present.transfers(found, request.scope, at=at))
    ]
    return render(request, "tasks/arbitration.html", {"rows": rows, "at": at})


@policy(verb=Verb.ANSWER_FOR_DEPARTMENT)
@require_GET
def department(request: PostRequest) -> HttpResponse:
    at = now()
    rows = present.joint(asked_of_department(request.scope, at=at))
    return render(request, "tasks/department.html", {"rows": rows, "answers": words.ANSWERS, "at": at})


@policy(verb=Verb.ANSWER_FOR_DEPARTMENT)
@require_POST
def answer(request: PostRequest, joint: str) -> HttpResponse:
    answer_department(
        scope=request.scope,
        request=joint,
        answer=request.POST.get("answer", ""),
        note=request.POST.get("note", "")[:500],
        by=request.scope.name,
        at=now(),
    )
    messages.success(request, _("Answered. The unit sees it now."))
    return redirect("tasks:department")
