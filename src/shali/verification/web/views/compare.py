from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.ui.formats import num
from shali.foundation.ui.refusal import WrongInput
from shali.verification.queries.compare import compared_page, comparison
from shali.verification.queries.lists import lists
from shali.verification.services.comparison import comparison_workbook
from shali.verification.services.withdraw import withdraw_gone
from shali.verification.web import compared, present

FEWEST = 2


@policy(verb=Verb.SEE_LISTS)
@require_GET
def beside(request: PostRequest) -> HttpResponse:
    """Lists beside each other; without two of them, a page to choose them on."""
    at, chosen = now(), request.GET.getlist("list")
    if len(set(chosen)) < FEWEST:
        rows = [(row, present.list_title(row), row.public_id in chosen) for row in lists(request.scope, at=at)]
        return render(request, "verification/choose_lists.html", {"lists": rows, "too_few": bool(chosen)})
    found = comparison(request.scope, chosen)
    parts = compared.parts_of(found)
    which = request.GET.get("which", "all")
    which = which if which in {part.which for part in parts} else "all"
    after = request.GET.get("after", "")
    page = compared_page(request.scope, chosen, which=which, at=at, after=int(after) if after.isdigit() else 0)
    return render(
        request,
        "verification/compare.html",
        {
            "found": found,
            "identity": compared.comparison_identity(found, parts),
            "parts": parts,
            "title": next(part.label for part in parts if part.which == which),
            "which": which,
            "page": page,
            "rows": [(row, compared.contradictions_of(row)) for row in page.rows],
            "at": at,
            "chosen": chosen,
            "gone": found.lists[0].only_here if found.corrects else 0,
        },
    )


@policy(verb=Verb.REPLY_TO_LISTS)
@require_POST
def workbook(request: PostRequest) -> FileResponse:
    chosen = request.POST.getlist("list")
    if len(set(chosen)) < FEWEST:
        raise WrongInput(_("Choose two lists or more."))
    made = comparison_workbook(scope=request.scope, lists=chosen, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name, content_type=made.content_type)


@policy(verb=Verb.UNDO_LISTS)
@require_POST
def withdraw(request: PostRequest, pushed_list: str) -> HttpResponse:
    """Take back the question for those whom a corrected list names no more."""
    typed = request.POST.get("count", "")
    count = withdraw_gone(
        scope=request.scope,
        correction=pushed_list,
        count=int(typed) if typed.isdigit() else -1,
        by=request.scope.name,
        at=now(),
    )
    said = ngettext("Taken back for %(n)s person.", "Taken back for %(n)s people.", count)
    messages.success(request, said % {"n": num(count)})
    return redirect("verification:list", pushed_list)
