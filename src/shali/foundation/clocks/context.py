from django.http import HttpRequest

from shali.foundation.clocks import now


def hour(request: HttpRequest) -> dict[str, int]:
    """The server's hour for the page's ticking clocks; a browser's own may be wrong, or the page an exercise."""
    return {"server_ms": int(now().timestamp() * 1000)}
