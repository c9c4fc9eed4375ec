"""Groups that come together: schools, enterprises; who is of them, and when they come in a round."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import children, unit
from shali.foundation.ui.uploads import must_upload
from shali.testing.queries import words
from shali.testing.queries.groups import ORDER, PARTS, files_of, groups, groups_of_round, members_page, one_group
from shali.testing.queries.rounds import newest_open, round_head
from shali.testing.queries.sites import sites
from shali.testing.rules import RoundState
from shali.testing.services.groups import Hours, close_group, make_group, receive_group_file, set_hours, take_off
from shali.testing.services.sites import SILENT
from shali.testing.web.given import after_of, must_hour, number_of, numbers_of, word_of


@policy(verb=Verb.SEE_TESTING)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    """The groups of the scope, and the form that enters one."""
    here = unit(request.scope, request.scope.path)
    page = groups(request.scope, after=after_of(request))
    context = {
        "page": page,
        "rows": [(one, words.GROUP_KINDS[one.kind]) for one in page.rows],
        "kinds": words.GROUP_KINDS.items(),
        "here": here,
        "units": children(request.scope, here.path),
        "at": now(),
    }
    return render(request, "testing/groups.html", context)


@policy(verb=Verb.RUN_SITES)
@require_POST
def new(request: PostRequest) -> HttpResponse:
    form = request.POST
    made = make_group(
        scope=request.scope,
        name=form.get("name", ""),
        kind=form.get("kind", ""),
        unit=form.get("unit", ""),
        by=request.scope.name,
        at=now(),
    )
    messages.success(request, _("Entered. Its people come with a file."))
    return redirect("testing:group", made.public_id)


@policy(verb=Verb.SEE_TESTING)
@require_GET
def one(request: PostRequest, group: str) -> HttpResponse:
    """A group's people, with where they stand in the newest round that is open; or in the one that was asked for."""
    at = now()
    found = one_group(request.scope, group)
    asked = request.GET.get("round", "")[:12]
    made = asked or newest_open(request.scope)
    which = part if made and (part := request.GET.get("which", "")) in PARTS else ""
    page = members_page(
        request.scope,
        group,
        testing_round=made,
        which=which,
        at=at,
        after=number_of(request.GET.get("after", "")),
    )
    context = {
        "found": found,
        "kind": words.GROUP_KINDS[found.kind],
        "rows": [
            (row, words.STANDINGS[row.standing] if row.standing is not None else "")  # type: ignore[index]
            for row in page.rows
        ],
        "page": page,
        "made": made,
        "which": which,
        "parts": words.GROUP_PARTS.items(),
        "files": files_of(request.scope, group),
        "at": at,
    }
    return render(request, "testing/group.html", context)


@policy(verb=Verb.RUN_SITES)
@require_POST
def act(request: PostRequest, group: str) -> HttpResponse:
    """Take people off a group, or let it come no more."""
    by, at = request.scope.name, now()
    if request.POST.get("act") == "close":
        close_group(scope=request.scope, group=group, by=by, at=at)
        messages.success(request, _("Closed. What it was stays on record."))
        return redirect("testing:groups")
    off = take_off(scope=request.scope, group=group, members=numbers_of(request, "member"), by=by, at=at)
    said = ngettext("%(n)d person taken off.", "%(n)d people taken off.", off)
    messages.success(request, said % {"n": off})
    return redirect("testing:group", group)


@policy(verb=Verb.RUN_SITES)
@require_POST
def file(request: PostRequest, group: str) -> HttpResponse:
    """Take a file of a group's people; the next page shows how each column is taken."""
    upload = must_upload(request, _("Choose the file of the group's people."))
    batch = receive_group_file(
        scope=request.scope,
        group=group,
        path=upload.path,
        file_name=upload.name,
        by=request.scope.name,
        at=now(),
    )
    return redirect("intake:batch", batch)


@policy(verb=Verb.RUN_SITES)
@require_POST
def hours(request: PostRequest, testing_round: str) -> HttpResponse:
    """Say when, and where, a group comes in a round."""
    form = request.POST
    set_hours(
        scope=request.scope,
        made=testing_round,
        group=form.get("group", "")[:12],
        hours=Hours(must_hour(request, "starts_at"), must_hour(request, "ends_at"), form.get("site", "")[:12]),
        by=request.scope.name,
        at=now(),
    )
    messages.success(request, _("Kept."))
    return redirect("testing:round_groups", testing_round)


@policy(verb=Verb.SEE_TESTING)
@require_GET
def of_round(request: PostRequest, testing_round: str) -> HttpResponse:
    """How the groups stand in a round: whose hours are over with somebody left on top."""
    at = now()
    view = round_head(request.scope, testing_round)
    which = word_of(request, ORDER, "all")
    found = groups_of_round(request.scope, testing_round, which, at=at, after=after_of(request))
    context = {
        "view": view,
        "row": view.row,
        "rows": [(one, words.GROUP_KINDS[one.group.kind], words.GROUPS_STAND[one.stands]) for one in found.page.rows],
        "page": found.page,
        "chips": [(code, words.GROUPS_STAND[code], found.counts[code]) for code in ORDER],
        "which": which,
        "groups": sum(found.counts.values()),
        "points": [one for one in sites(request.scope, testing_round, silent_since=at - SILENT) if not one.closed_at],
        "may_set": view.row.state != RoundState.CLOSED and Verb.RUN_SITES in request.scope.verbs,
        "at": at,
    }
    return render(request, "testing/round_groups.html", context)
