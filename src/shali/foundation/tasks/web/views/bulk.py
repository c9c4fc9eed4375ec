from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.tasks.queries.bulk import PARTS, bulk_act, bulk_tasks
from shali.foundation.tasks.services.undo_bulk import undo_bulk
from shali.foundation.tasks.web import words


@policy(verb=Verb.SEE_TASKS)
@require_GET
def bulk(request: PostRequest, act: str) -> HttpResponse:
    """Show how far an act over many tasks is, and what became of each of them."""
    at, which = now(), request.GET.get("which", "")
    found = bulk_act(request.scope, act, at=at)
    if which not in PARTS:
        # What was left alone is what somebody has to do something about.
        which = "skipped" if found.counts["skipped"] else "all"
    page = bulk_tasks(request.scope, act, which=which, at=at, after=request.GET.get("after", ""))
    rows = [
        {"row": one, "state": words.BULK_STATES[one.state], "why": words.LEFT_ALONE.get(one.reason, "")}
        for one in page.rows
    ]
    chips = [
        {"part": part, "word": word, "count": found.counts[part], "is_current": part == which}
        for part, word in words.BULK_PARTS.items()
        if found.counts[part] or part in ("all", "done", which)
    ]
    title = words.BULK[found.kind]
    said = {"found": found, "title": title, "page": page, "rows": rows, "chips": chips, "at": at}
    return render(request, "tasks/bulk.html", said)


@policy(Verb.ACCEPT_TASKS, Verb.ASSIGN_TASKS)
@require_POST
def undo(request: PostRequest, act: str) -> HttpResponse:
    undo_bulk(scope=request.scope, act=act, by=request.scope.name, at=now())
    return redirect("tasks:bulk", act)
