from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.ui.uploads import uploaded
from shali.verification.queries import words
from shali.verification.queries.entries import WHICH, entries_page
from shali.verification.queries.lists import ListFigures, figures_and_first, lists, lists_page
from shali.verification.rules import AGE_BANDS
from shali.verification.services.receive import receive_list
from shali.verification.services.reply import make_reply
from shali.verification.web import present
from shali.verification.web.forms import ReceiveForm


@policy(verb=Verb.SEE_LISTS)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    at = now()
    closed = request.GET.get("which") == "closed"
    page = lists_page(request.scope, at=at, closed=closed, after=request.GET.get("after", ""))
    soon_share = due_soon_share(at)
    shown = [
        {
            "row": row,
            "title": present.list_title(row),
            "channel": words.CHANNELS[row.channel],
            "state_word": words.LIST_STATES[row.state],
            "state": present.list_verdict(row, at, soon_share=soon_share),
        }
        for row in page.rows
    ]
    return render(request, "verification/lists.html", {"lists": shown, "page": page, "is_closed": closed, "at": at})


@policy(verb=Verb.RECEIVE_LISTS)
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: PostRequest) -> HttpResponse:
    known = [(row.public_id, present.list_title(row)) for row in lists(request.scope, at=now(), limit=50)]
    form = ReceiveForm(request.POST or None, request.FILES or None, lists=known)
    if request.method != "POST" or not form.is_valid():
        return render(request, "verification/receive.html", {"form": form}, status=422 if form.errors else 200)
    upload = uploaded(form.cleaned_data["file"])
    received = receive_list(
        scope=request.scope,
        path=upload.path,
        file_name=upload.name,
        hand_over=form.hand_over(),
        by=request.scope.name,
        at=now(),
    )
    return redirect("intake:batch", received.batch_public_id)


@policy(verb=Verb.SEE_LISTS)
@require_GET
def one_list(request: PostRequest, pushed_list: str) -> HttpResponse:
    at = now()
    figures, first = figures_and_first(request.scope, pushed_list, at=at)
    which = asked if (asked := request.GET.get("which", "open")) in WHICH else "open"
    unit = request.GET.get("unit", "")
    fact_open = request.GET.get("fact_open", "")
    band = next((b for b in AGE_BANDS if str(b.from_hours) == request.GET.get("hours")), None)
    is_part = bool(unit or fact_open or band)
    page = entries_page(
        request.scope,
        at=at,
        which=which,
        pushed_list=figures.id,
        unit=unit,
        # The unit's own row in the table of its units holds what it answers for itself.
        only_own=unit == request.scope.path,
        fact_open=int(fact_open) if fact_open.isdigit() else None,
        hours=(band.from_hours, band.to_hours) if band else None,
        after=request.GET.get("after", ""),
        counted=None if is_part else _counted(figures, which),
        first=first if which == "open" and not is_part and not request.GET.get("after") else (),
    )
    line, agrees = present.announced_line(figures)
    return render(
        request,
        "verification/list.html",
        {
            "figures": figures,
            "title": present.list_title(figures),
            "identities": present.list_identities(figures),
            "announced": line,
            "agrees": agrees,
            "bars": present.age_bars(figures),
            "facts": present.fact_bars(figures),
            "page": page,
            "which": which,
            "unit": unit,
            "band": band,
            "fact_open": fact_open,
            "fact_word": words.FACTS_SHORT.get(int(fact_open)) if fact_open.isdigit() else "",
            "channel": words.CHANNELS[figures.channel],
            "endings": words.ENDINGS,
            "at": at,
        },
    )


def _counted(figures: ListFigures, which: str) -> int | None:
    known = {"open", "overdue", "soon", "blocked", "not_accepted", "closed"}
    return figures.people if which == "all" else getattr(figures, which) if which in known else None


@policy(verb=Verb.REPLY_TO_LISTS)
@require_POST
def reply(request: PostRequest, pushed_list: str) -> FileResponse:
    made = make_reply(scope=request.scope, pushed_list=pushed_list, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name, content_type=made.content_type)
