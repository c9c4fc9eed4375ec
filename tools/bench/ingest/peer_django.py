"""A Django that writes a row an event with bulk_create: no middleware, one view, the same PostgreSQL."""

import os

import django
import orjson
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

_said = conninfo_to_dict(os.environ["BENCH_DATABASE"])
settings.configure(
    DEBUG=False,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    USE_TZ=True,
    DATA_UPLOAD_MAX_MEMORY_SIZE=10_000_000,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _said["dbname"],
            "USER": _said["user"],
            "PASSWORD": _said.get("password", ""),
            "HOST": _said["host"],
            "OPTIONS": {"pool": {"min_size": 4, "max_size": 4}},
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402  # settings first
from django.db import models, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

KEPT = b'{"state":"kept"}'


class Event(models.Model):
    station = models.TextField()
    seq = models.BigIntegerField()
    event = models.UUIDField(primary_key=True)
    session = models.TextField()
    step = models.IntegerField()
    sealed = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        db_table = "bench_event_django"


def take(request: HttpRequest) -> HttpResponse:
    station, at = request.headers["X-Station"], timezone.now()
    rows = [
        Event(
            station=station, seq=one["q"], event=one["e"], session=one["s"], step=one["n"], sealed=one["x"],
            received_at=at,
        )
        for one in orjson.loads(request.body)
    ]  # fmt: skip
    with transaction.atomic():
        Event.objects.bulk_create(rows, ignore_conflicts=True)
    return HttpResponse(KEPT, content_type="application/json", headers={"Content-Length": len(KEPT)})


urlpatterns = [path("station/batches/", take)]
application = get_wsgi_application()
