"""Every way in: the pages of the resolver and the endpoints of the API, with what each declares about who may enter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from shali.config.api import api
from shali.foundation.accounts.api.endpoint import policies
from shali.foundation.accounts.policy import Policy

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# Made by libraries, without a policy of ours: about the caller's own account alone, nothing of a unit is there.
LIBRARIES = ("allauth.",)
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\[[^]]*\])*\)|\{(\w+)\}")
# What stands for a URL's parameter that is no planted thing.
FIXED = {"token": "nobody-was-given-this", "key": "no-such-key", "uidb36": "1", "pk": "1"}
# Doors that call one thing by another's name: their pattern, the parameter, the planted value.
OTHERWISE = {
    "/verification/look-backs/tasks/<str:task>/answer/": {"task": "again"},
    "/api/v1/verification/look-backs/tasks/{task}": {"task": "again"},
    "/api/v1/verification/look-backs/tasks/{task}/answer": {"task": "again"},
}


@dataclass(frozen=True)
class Door:
    """pattern: as the resolver or the API's description writes it; policies: by method; None where a library's."""

    pattern: str
    policies: tuple[tuple[str, Policy], ...]
    is_program: bool = False

    @property
    def parameters(self) -> list[str]:
        return [next(filter(None, found)) for found in PARAMETER.findall(self.pattern)]

    def declared(self, method: str) -> Policy | None:
        return dict(self.policies).get(method)

    def address(self, values: dict[str, str]) -> str:
        """Return the address at which the door opens on planted values.

        :raises LookupError: a parameter for which there is no sample
        """
        names = OTHERWISE.get(self.pattern, {})

        def one(found: re.Match[str]) -> str:
            name = next(filter(None, found.groups()))
            name = names.get(name, name)
            if name not in values and name not in FIXED:
                raise LookupError(
                    f"{self.pattern} has the parameter <{name}>, for which no sample is planted. Plant one in each unit"
                    f" and add plot.values[{name!r}] in tests/proof/world.py, or name a fixed one in doors.FIXED."
                )
            return values.get(name) or FIXED[name]

        return PARAMETER.sub(one, self.pattern).replace("^", "").replace("$", "")


def doors() -> list[Door]:
    """Return every door, the pages first."""
    return [*_pages(get_resolver(), "/"), *_endpoints()]


def _pages(resolver: URLResolver, before: str) -> Iterator[Door]:
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not pattern.startswith("/api/"):
                yield from _pages(entry, pattern)
            continue
        declared = _declared(entry)
        pattern = pattern if isinstance(entry.pattern, RoutePattern) else pattern.replace("^", "").replace("$", "")
        yield Door(pattern, tuple((method, declared) for method in METHODS) if declared else ())


def _declared(entry: URLPattern) -> Policy | None:
    declared = getattr(entry.callback, "policy", None)
    if declared is None and not entry.callback.__module__.startswith(LIBRARIES):
        raise AssertionError(f"{entry.pattern} declares no policy: put @policy(verb=...) on {entry.callback}")
    return declared


def _endpoints() -> Iterator[Door]:
    found: dict[str, list[tuple[str, Policy]]] = {}
    for (method, path), declared in policies(api).items():
        found.setdefault(path, []).append((method, declared))
    for path, declared in found.items():
        yield Door(path, tuple(declared), is_program=True)
