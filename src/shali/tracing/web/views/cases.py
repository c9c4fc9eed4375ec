from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.services.find import find_by_number
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.queries import words
from shali.tracing.queries.cases import WHICH, case_figures, cases_page
from shali.tracing.rules import Classification
from shali.tracing.services.cases import CaseNews, open_case
from shali.tracing.web import present
from shali.tracing.web.given import day_of_form, hour_of, must_hour, skip_of


@policy(verb=Verb.SEE_TRACING)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    at = now()
    asked = request.GET.get("which", "open")
    which = asked if asked in WHICH else "open"
    figures = case_figures(request.scope, at=at)
    page = cases_page(request.scope, which, at=at, skip=skip_of(request))
    counts = {
        "open": figures.open,
        "core_overdue": figures.core_overdue,
        "report_overdue": figures.report_overdue,
        "no_source": figures.no_source,
        "discarded": figures.by_class[5],
        "all": figures.total,
    }
    return render(
        request,
        "tracing/cases.html",
        {
            "identity": present.cases_identity(figures),
            "page": page,
            "rows": present.case_lines(list(page.rows), at=at, soon_share=due_soon_share(at)),
            "which": which,
            "chips": [(one, words.CASE_FILTERS[one], counts[one], one.endswith("overdue")) for one in WHICH],
            "at": at,
        },
    )


@policy(verb=Verb.CLASSIFY_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PostRequest) -> HttpResponse:
    """Find the person by a number, then say what is known; the number goes in the body, never in the address."""
    at, form = now(), request.POST
    context: dict[str, object] = {
        "classes": list(words.CLASSIFICATIONS.items())[:4],
        "evidence": words.EVIDENCE.items(),
        "origins": words.ORIGINS.items(),
        "at": at,
    }
    if request.method == "POST" and form.get("act") == "find":
        try:
            context["found"] = find_by_number(scope=request.scope, number=form.get("number", "")[:60], at=at)
            context["asked"] = True
        except WrongInput as wrong:
            return render(request, "tracing/new_case.html", {**context, "wrong": wrong.message}, status=422)
    elif request.method == "POST":
        made = open_case(
            scope=request.scope,
            person=form.get("person", ""),
            news=CaseNews(
                classification=_classification(form.get("classification", "")),
                reported_at=must_hour(request, "reported_at"),
                origin=form.get("origin", ""),
                evidence=form.get("evidence", ""),
                onset_on=day_of_form(request, "onset_on"),
                first_positive_at=hour_of(request, "first_positive_at"),
                origin_ref=form.get("origin_ref", "").strip()[:60],
                evidence_ref=form.get("evidence_ref", "").strip()[:60],
            ),
            by=request.scope.name,
            at=at,
        )
        messages.success(request, _("Case %(n)02d is open; its clocks run from the report.") % {"n": made.number})
        return redirect("tracing:case", made.public_id)
    elif request.GET.get("person"):
        context["person"] = request.GET["person"][:12]
    return render(request, "tracing/new_case.html", context)


def _classification(text: str) -> Classification:
    if text not in {str(int(one)) for one in Classification}:
        raise WrongInput(_("Say what the case is."), fields={"classification": "missing"})
    return Classification(int(text))
