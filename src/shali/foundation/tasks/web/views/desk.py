from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import Policy as Needs
from shali.foundation.accounts.policy import PostRequest, authorise, policy
from shali.foundation.accounts.queries import posts_at
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import ancestors, children
from shali.foundation.tasks.queries.asked import asked_of_department, disputes
from shali.foundation.tasks.queries.choices import units_to_choose
from shali.foundation.tasks.queries.counts import counts
from shali.foundation.tasks.queries.desk import WHICH, Filter, tasks_page
from shali.foundation.tasks.services import bulk
from shali.foundation.tasks.services.department import answer_department
from shali.foundation.tasks.web import present, words
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.ui.shown import shown_of


@policy(verb=Verb.SEE_TASKS)
@require_GET
def desk(request: PostRequest) -> HttpResponse:
    at = now()
    chosen = _filter(request.GET.get("which", ""), request.GET.get("unit", ""))
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
            "posts": posts_at(request.scope, unit, at=at),
            "post_unit": unit,
            "may_select": chosen.which not in ("to_answer", "closed_today"),
            "at": at,
        },
    )


def _filter(which: str, unit: str) -> Filter:
    return Filter(which if which in WHICH else "open", unit)


@policy(Verb.ACCEPT_TASKS, Verb.ASSIGN_TASKS, Verb.REMIND)
@require_POST
def many(request: PostRequest) -> HttpResponse:
    """Do one act to the tasks that were ticked, or to everything that the filter holds."""
    form = request.POST
    selection, unit = _selection(form), form.get("unit", "")
    scope, by, at = request.scope, request.scope.name, now()
    match form.get("act"):
        case "accept" if _may(request, Verb.ACCEPT_TASKS):
            asked = bulk.accept_many(scope=scope, selection=selection, by=by, at=at)
        case "assign" if _may(request, Verb.ASSIGN_TASKS):
            asked = bulk.assign_many(
                scope=scope, selection=selection, unit=unit or scope.path, post=form.get("post", ""), by=by, at=at
            )
        case "remind" if _may(request, Verb.REMIND):
            asked = bulk.remind_many(scope=scope, selection=selection, by=by, at=at)
        case _:
            raise WrongInput(_("Choose what to do with the tasks."))
    return redirect("tasks:bulk", asked.act)


def _selection(form: QueryDict) -> bulk.Selection:
    """Read what was ticked. "all" is sent with the number that stood beside it, and says nothing without one."""
    shown, ticked = form.get("all"), form.getlist("task")
    if shown is None:
        return bulk.Selection(tasks=ticked)
    return bulk.Selection(
        tasks=ticked, all_of=Filter(form.get("which", ""), form.get("unit", "")), count=shown_of(shown)
    )


def _may(request: PostRequest, verb: Verb) -> bool:
    return authorise(request.post, Needs(verbs=frozenset({verb})))


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
