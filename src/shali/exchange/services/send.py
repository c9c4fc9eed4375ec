import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

SECONDS = 5


def send(*, url: str, body: bytes, headers: Mapping[str, str]) -> str:
    """Post a body to a receiver and return its status, or in a word why there was none. Redirects are not followed."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body=body, headers=dict(headers))
        return str(connection.getresponse().status)
    except TimeoutError:
        return "no answer"
    except ssl.SSLError:
        return "certificate"
    except (OSError, http.client.HTTPException):
        return "not reached"
    finally:
        connection.close()
