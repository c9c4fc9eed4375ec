from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import posts_at
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import ancestors
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.ui.shown import refuse_more, shown_of
from shali.tracing.queries import words
from shali.tracing.queries.contacts import contacts_page
from shali.tracing.queries.ring import Part, gap_rows, gaps_below, ring
from shali.tracing.rules import GAPS
from shali.tracing.services.contacts import Entered, enter_contacts, enter_second_ring, take_over_household
from shali.tracing.services.observing import assign_contacts
from shali.tracing.services.releasing import GAP_WORDS, release_many
from shali.tracing.web import present
from shali.tracing.web.given import lines_of, meeting_of, skip_of

MOST_RELEASED = 10_000


def may_follow_up(role: str) -> bool:
    return Verb.FOLLOW_UP in Role.by_code(role).verbs


@policy(Verb.SEE_TRACING, Verb.FOLLOW_UP)
@require_GET
def ring_page(request: PostRequest) -> HttpResponse:
    """The list that must become empty: whom nobody holds yet, of the city, a unit or a case."""
    at = now()
    unit, case = request.GET.get("unit", ""), request.GET.get("case", "")
    part = Part(unit, case)
    asked = request.GET.get("which", "any")
    which = asked if asked in (*GAPS, "any", "all", "ready") else "any"
    found = ring(request.scope, part, at=at)
    page = contacts_page(request.scope, part, which, at=at, skip=skip_of(request))
    here = part.unit or request.scope.path
    address = f"{reverse('tracing:ring')}?unit={part.unit}&case={part.case}"
    return render(
        request,
        "tracing/ring.html",
        {
            "ring": found,
            "identity": present.ring_identity(found, address),
            "chips": [(one, words.GAPS[one], found.gaps[one]) for one in GAPS],
            "rows": present.contact_lines(list(page.rows), at=at),
            "page": page,
            "which": which,
            "address": address,
            "part": part,
            "above": [one for one in ancestors(request.scope, here) if request.scope.holds(one.path)],
            "below": [] if part.case else gaps_below(request.scope, part, at=at),
            "posts": [one for one in posts_at(request.scope, here, at=at) if may_follow_up(one.role)],
            "at": at,
        },
    )


@policy(verb=Verb.INVESTIGATE)
@require_POST
def enter(request: PostRequest, case: str) -> HttpResponse:
    entered = enter_contacts(scope=request.scope, case=case, lines=lines_of(request), by=request.scope.name, at=now())
    _tell(request, entered)
    return redirect(reverse("tracing:case", args=[case]) + "#contacts")


@policy(verb=Verb.INVESTIGATE)
@require_POST
def household(request: PostRequest, case: str) -> HttpResponse:
    meeting = meeting_of(request)
    entered = take_over_household(scope=request.scope, case=case, meeting=meeting, by=request.scope.name, at=now())
    _tell(request, entered)
    return redirect(reverse("tracing:case", args=[case]) + "#contacts")


@policy(verb=Verb.INVESTIGATE)
@require_POST
def second_ring(request: PostRequest, contact: str) -> HttpResponse:
    entered = enter_second_ring(
        scope=request.scope, contact=contact, lines=lines_of(request), by=request.scope.name, at=now()
    )
    _tell(request, entered)
    return redirect("tracing:contact", contact)


def _tell(request: PostRequest, entered: list[Entered]) -> None:
    fresh = sum(one.is_new for one in entered)
    said = ngettext("%(n)d line entered", "%(n)d lines entered", len(entered)) % {"n": len(entered)}
    more = ngettext("%(n)d is a new contact.", "%(n)d are new contacts.", fresh) % {"n": fresh}
    messages.success(
        request, _("%(lines)s; %(new)s Each was judged by the rules of the day.") % {"lines": said, "new": more}
    )


@policy(verb=Verb.FOLLOW_UP)
@require_POST
def release(request: PostRequest) -> HttpResponse:
    """Release those who were ticked, or everybody of this part of the ring for whom every condition holds."""
    form, scope, at = request.POST, request.scope, now()
    part = Part(form.get("unit", ""), form.get("case", ""))
    chosen = form.getlist("contact")[:MOST_RELEASED]
    if "all" in form:
        ready = gap_rows(scope, part, "ready", at=at).values_list("public_id", flat=True)
        chosen = list(ready[: MOST_RELEASED + 1])
        refuse_more(len(chosen), shown_of(form["all"]))
    if not chosen:
        raise WrongInput(_("Tick at least one contact."))
    done = release_many(scope=scope, contacts=chosen, by=scope.name, at=at)
    messages.success(request, ngettext("%(n)d released.", "%(n)d released.", done.released) % {"n": done.released})
    if done.left_out:
        why = _(", ").join(f"{GAP_WORDS()[gap]} {count}" for gap, count in done.gaps.items())
        messages.warning(request, _("Not released, %(n)d: %(why)s") % {"n": done.left_out, "why": why})
    return redirect(f"{reverse('tracing:ring')}?unit={part.unit}&case={part.case}&which=ready")


@policy(verb=Verb.ASSIGN_TASKS)
@require_POST
def assign(request: PostRequest) -> HttpResponse:
    """Give the contacts that were ticked to workers: the nearest first, then evenly."""
    form = request.POST
    given = assign_contacts(
        scope=request.scope,
        contacts=form.getlist("contact")[:2_000],
        posts=form.getlist("post")[:50],
        by=request.scope.name,
        at=now(),
    )
    messages.success(request, _("Assigned: %(n)d.") % {"n": sum(given.values())})
    return redirect(f"{reverse('tracing:ring')}?which={form.get('which', 'any')}")
