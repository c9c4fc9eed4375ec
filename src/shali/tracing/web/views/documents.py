from django.http import FileResponse
from django.views.decorators.http import require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.tracing.services.documents import case_report
from shali.tracing.services.documents import contact_list as list_of_contacts

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@policy(verb=Verb.INVESTIGATE)
@require_POST
def report(request: PostRequest, case: str) -> FileResponse:
    made = case_report(scope=request.scope, case=case, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name, content_type=WORD)


@policy(verb=Verb.INVESTIGATE)
@require_POST
def contact_list(request: PostRequest, case: str) -> FileResponse:
    made = list_of_contacts(scope=request.scope, case=case, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name, content_type=WORKBOOK)
