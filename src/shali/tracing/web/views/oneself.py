from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shali.foundation.accounts.policy import policy
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import system_scope
from shali.foundation.ui.refusal import Refusal
from shali.tracing.queries import words
from shali.tracing.queries.oneself import own_day
from shali.tracing.rules import Seen
from shali.tracing.services.observing import Told, observe_oneself


@policy(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def today(request: HttpRequest, secret: str) -> HttpResponse:
    """A person reports his own day by his link: well or not, and what is wrong. It asks for no name and no number."""
    at = now()
    kept, wrong = False, ""
    if request.method == "POST":
        status = request.POST.get("status", "")
        if status in {"1", "2"}:
            symptoms = tuple(request.POST.getlist("symptom")) if status == "2" else ()
            told = Told(Seen(int(status)), request.POST.get("temperature", "")[:5], symptoms)
            try:
                observe_oneself(secret=secret, told=told, at=at)
                kept = True
            except Refusal as refused:
                wrong = refused.message
        else:
            wrong = _("Say how you are.")
    day = own_day(system_scope("tracing.self"), secret, at=at)
    context = {"day": day, "kept": kept, "wrong": wrong, "symptoms": words.SYMPTOMS.items(), "at": at}
    context["measure"] = words.MEASURES.get(day.measure, day.measure)
    return render(request, "tracing/oneself.html", context, status=422 if wrong else 200)
