from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.ui.refusal import WrongInput
from shali.testing.queries import words
from shali.testing.queries.behind import behind
from shali.testing.queries.left import WHICH, left_page
from shali.testing.queries.narrowed import groups_to_choose, lines_of
from shali.testing.queries.rounds import round_head
from shali.testing.services.left import (
    exempt_narrowed,
    exempt_people,
    name_missing,
    take_back_exemptions,
    visit_at_home,
)
from shali.testing.web import present
from shali.testing.web.given import narrow_of, number_of, numbers_of


@policy(verb=Verb.SEE_TESTING)
@require_GET
def people(request: PostRequest, testing_round: str) -> HttpResponse:
    """Who of a round is under a word; by default who has not been sampled, until nobody is left."""
    at = now()
    asked = request.GET.get("which", "left")
    which = asked if asked in WHICH else "left"
    unit = request.GET.get("unit", "")[:60]
    after = number_of(request.GET.get("after", ""))
    wanted = narrow_of(request.GET)
    own, door = wanted.own, wanted.door
    found = behind(request.scope, testing_round, unit, own=own)
    is_narrow = which == "left" and wanted.is_narrow
    lines = lines_of(request.scope, testing_round, wanted, at=at) if is_narrow else None
    page = left_page(request.scope, testing_round, which, unit=found.area, own=own, lines=lines, at=at, after=after)
    view = round_head(request.scope, testing_round)
    counted = found.sums.people
    chips = [
        ("left", _("not sampled yet"), counted.left),
        ("sampled", _("sampled"), counted.sampled),
        ("exempt", _("exempt"), counted.exempt),
        ("missing", _("missing by name"), counted.missing),
        ("guests", _("guests"), counted.guests),
    ]
    if counted.merged:
        chips.append(("merged", _("on another line since a merge"), counted.merged))
    rows = [present.left_line(one, view.row.exempt_rules) for one in page.rows]
    context = {
        "view": view,
        "rows": rows,
        "page": page,
        "which": which,
        "chips": chips,
        "standings": present.standings(found.sums.standings, testing_round),
        "unit": found.area if unit else "",
        "found": found,
        "own": own,
        "door": door,
        "wanted": wanted,
        "meant": None if lines is None else len(lines),
        "groups": groups_to_choose(request.scope) if which == "left" else [],
        "take_back": words.TAKE_BACK.items(),
        "exemptions": words.EXEMPTIONS.items(),
        "missing": words.MISSING.items(),
        "at": at,
    }
    return render(request, "testing/people.html", context)


@policy(verb=Verb.NAME_LEFT)
@require_POST
def act(request: PostRequest, testing_round: str) -> HttpResponse:
    """Exempt those who were chosen, name them missing, or send somebody to their doors."""
    form, at, by = request.POST, now(), request.scope.name
    chosen = numbers_of(request, "line")
    what = form.get("act", "")
    if what == "home":
        done = visit_at_home(scope=request.scope, made=testing_round, people=chosen, by=by, at=at)
        said = ngettext("%(n)d task at the door.", "%(n)d tasks at the doors.", done)
    elif what == "narrowed":
        return _exempt_narrowed(request, testing_round)
    elif not chosen:
        raise WrongInput(_("Choose at least one person."), fields={"line": "missing"})
    elif what == "exempt":
        why = form.get("exempt", "")
        done = exempt_people(scope=request.scope, made=testing_round, people=chosen, why=why, by=by, at=at)
        said = ngettext("%(n)d person exempt.", "%(n)d people exempt.", done)
    elif what == "take_back":
        why = form.get("take_back", "")
        done = take_back_exemptions(scope=request.scope, made=testing_round, people=chosen, why=why, by=by, at=at)
        said = ngettext("%(n)d exemption taken back.", "%(n)d exemptions taken back.", done)
    else:
        why = form.get("missing", "")
        done = name_missing(scope=request.scope, made=testing_round, people=chosen, why=why, by=by, at=at)
        said = ngettext("%(n)d person missing by name.", "%(n)d people missing by name.", done)
    messages.success(request, said % {"n": done})
    return redirect("testing:people", testing_round)


def _exempt_narrowed(request: PostRequest, testing_round: str) -> HttpResponse:
    form = request.POST
    done = exempt_narrowed(
        scope=request.scope,
        made=testing_round,
        wanted=narrow_of(form),
        count=number_of(form.get("count", "")),
        why=form.get("exempt", ""),
        by=request.scope.name,
        at=now(),
    )
    messages.success(request, ngettext("%(n)d person exempt.", "%(n)d people exempt.", done) % {"n": done})
    return redirect("testing:people", testing_round)
