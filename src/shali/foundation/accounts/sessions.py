"""Django's sessions, in Django's table. Every request reads its own: by one plain statement, and not by a queryset."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as OfDjango

from shali.foundation.clocks import now, shift
from shali.foundation.jurisdictions.reading import read_by_key

OF_KEY = "select session_data from django_session where session_key = %(key)s and expire_date > %(at)s"


class SessionStore(OfDjango):
    def load(self) -> dict[str, Any]:
        # Sessions end by the real clock, in an exercise too.
        found = read_by_key(OF_KEY, key=self.session_key, at=now() - shift())
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0][0])
