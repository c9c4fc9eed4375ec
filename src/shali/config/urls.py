from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import JavaScriptCatalog

from shali.config.api import api
from shali.foundation.accounts.policy import policy
from shali.foundation.accounts.web.views import lost_password

# Each room's pages, under the first part of their address.
ROOMS = (
    ("", "shali.foundation.accounts.web.urls"),
    ("", "shali.foundation.ui.web.urls"),
    ("units/", "shali.foundation.jurisdictions.web.urls"),
    ("audit/", "shali.foundation.journal.web.urls"),
    ("people/", "shali.foundation.people.web.urls"),
    ("intake/", "shali.foundation.intake.web.urls"),
    ("tasks/", "shali.foundation.tasks.web.urls"),
    ("measures/", "shali.foundation.measures.web.urls"),
    ("verification/", "shali.verification.web.urls"),
    ("tracing/", "shali.tracing.web.urls"),
    ("", "shali.testing.web.urls"),
    ("staffing/", "shali.staffing.web.urls"),
    ("exchange/", "shali.exchange.web.urls"),
    ("", "shali.board.web.urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    # Before the library's own, which would promise a letter.
    path("account/password/reset/", lost_password, name="lost_password"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("api/v1/", api.urls),
    path("words/", policy(public=True)(JavaScriptCatalog.as_view(packages=["shali.foundation.ui"])), name="words"),
]
# A room without pages has no package `web`.
urlpatterns += [
    path(prefix, include(module))
    for prefix, module in ROOMS
    if find_spec(module.removesuffix(".urls")) and find_spec(module)
]

handler404 = "shali.foundation.ui.web.errors.not_found"
handler500 = "shali.foundation.ui.web.errors.broken"
