from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from shali.foundation.ui.refusal import NotInScope, Refusal


class RefusalPages:
    """Turn a refusal into a page that says what is wrong and what to do; whatever was begun is taken back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotInScope):
            from shali.foundation.ui.web.errors import not_found

            response = not_found(request, Http404())
        elif isinstance(error, Refusal):
            response = self._refused(request, error)
        else:
            return None
        response.afterwards = getattr(error, "afterwards", None)  # type: ignore[attr-defined]
        response.refused = True  # type: ignore[attr-defined]  # tells ScopeMiddleware to roll back
        return response

    def _refused(self, request: HttpRequest, error: Refusal) -> HttpResponse:
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"error": error.message, "fields": error.fields}, status=error.status)
        back = request.headers.get("Referer", "/")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
            back = "/"
        return render(request, "ui/refused.html", {"message": error.message, "back": back}, status=error.status)
