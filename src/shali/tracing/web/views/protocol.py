from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.policy.contacts import contact_classes
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.ui.shown import shown_of
from shali.tracing.queries import words
from shali.tracing.queries.affected import affected_rows
from shali.tracing.queries.forms import kept_forms, newest_form, profile_of
from shali.tracing.services.forms import keep_form
from shali.tracing.services.rules_change import apply_rules

SHOWN = 200


@policy(verb=Verb.CLASSIFY_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PostRequest) -> HttpResponse:
    """Whom the rules in force would give another plan than he has; nothing changes before somebody says so."""
    at = now()
    if request.method == "POST":
        form = request.POST
        chosen = None if "all" in form else form.getlist("contact")[:2_000]
        shown = shown_of(form["all"]) if "all" in form else None
        count = apply_rules(scope=request.scope, contacts=chosen, shown=shown, by=request.scope.name, at=at)
        said = ngettext("%(n)d plan is new; the old one is kept.", "%(n)d plans are new; the old ones are kept.", count)
        messages.success(request, said % {"n": count})
        return redirect("tracing:rules_change")
    rows = affected_rows(request.scope, at=at)
    classes = [
        {
            "word": words.CLASSES[code],
            "asks": one,
            "phases": [(words.MEASURES.get(phase.measure, phase.measure), phase.days) for phase in one.phases],
        }
        for code, one in contact_classes(at).items()
    ]
    lines = [
        {
            "row": one,
            "before": words.CLASSES[one.before_class],
            "after": words.CLASSES[one.after_class],
            "why": words.WHY.get(one.why, one.why),
        }
        for one in rows[:SHOWN]
    ]
    context = {"rows": lines, "count": len(rows), "shown": min(len(rows), SHOWN), "classes": classes, "at": at}
    return render(request, "tracing/rules.html", context)


@policy(verb=Verb.KEEP_FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def forms(request: PostRequest) -> HttpResponse:
    """The questionnaire as an epidemiologist keeps it: a workbook, in versions."""
    at = now()
    profile = profile_of(request.scope, settings.OUTBREAK)
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            raise WrongInput(_("Choose the questionnaire's workbook."), fields={"file": "missing"})
        made = keep_form(scope=request.scope, profile=profile, content=upload.read(), by=request.scope.name, at=at)
        messages.success(request, _("Version %(n)d asks from now on.") % {"n": made.version})
        return redirect("tracing:forms")
    if request.GET.get("file", "").isdigit():
        return _workbook(request, profile, int(request.GET["file"]))
    context = {"forms": kept_forms(request.scope, profile), "newest": newest_form(request.scope, profile), "at": at}
    return render(request, "tracing/forms.html", context)


def _workbook(request: PostRequest, profile: str, version: int) -> HttpResponse:
    for one in kept_forms(request.scope, profile):
        if one.version == version:
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            response = HttpResponse(one.file, content_type=kind)
            response["Content-Disposition"] = f'attachment; filename="{profile}-{version}.xlsx"'
            return response
    raise WrongInput(_("There is no such version."))
