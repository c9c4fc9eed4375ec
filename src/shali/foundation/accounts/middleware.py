from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ScopeMiddleware:
    """Say who acts in a request and what he may see, to the views and to the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
