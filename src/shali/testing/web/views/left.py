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
from shali.testing.queries.left import WHICH, left_page
from shali.testing.queries.rounds import round_view
from shali.testing.services.left import exempt_people, name_missing, visit_at_home
from shali.testing.web import present
from shali.testing.web.given import number_of, numbers_of


@policy(verb=Verb.SEE_TESTING)
@require_GET
def people(request: PostRequest, testing_round: str) -> HttpResponse:
    """Who of a round is under a word; by default who has not been sampled, until nobody is left."""
    at = now()
    asked = request.GET.get("which", "left")
    which = asked if asked in WHICH else "left"
    unit = request.GET.get("unit", "")[:60]
    after = number_of(request.GET.get("after", ""))
    page = left_page(request.scope, testing_round, which, unit=unit, at=at, after=after)
    view = round_view(request.scope, testing_round, at=at)
    counted = view.balance
    chips = [
        ("left", _("not sampled yet"), counted.not_sampled),
        ("sampled", _("sampled"), counted.sampled),
        ("exempt", _("exempt"), counted.exempt),
        ("missing", _("missing by name"), counted.named_missing),
        ("guests", _("guests"), counted.guests),
    ]
    rows = [
        {
            "row": one,
            "standing": words.STANDINGS[one.standing],  # type: ignore[index]  # a standing is its number
            "why": words.EXEMPTIONS.get(one.exempt) or words.MISSING.get(one.missing) or "",
        }
        for one in page.rows
    ]
    context = {
        "view": view,
        "rows": rows,
        "page": page,
        "which": which,
        "chips": chips,
        "standings": present.standings(view.standings, testing_round),
        "unit": unit,
        "units": view.units,
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
    elif not chosen:
        raise WrongInput(_("Choose at least one person."), fields={"line": "missing"})
    elif what == "exempt":
        why = form.get("exempt", "")
        done = exempt_people(scope=request.scope, made=testing_round, people=chosen, why=why, by=by, at=at)
        said = ngettext("%(n)d person exempt.", "%(n)d people exempt.", done)
    else:
        why = form.get("missing", "")
        done = name_missing(scope=request.scope, made=testing_round, people=chosen, why=why, by=by, at=at)
        said = ngettext("%(n)d person missing by name.", "%(n)d people missing by name.", done)
    messages.success(request, said % {"n": done})
    return redirect("testing:people", testing_round)
