"""The walls alone: with what the application checks by itself switched off, pages show nothing of another unit."""

import sys
from collections.abc import Callable

import pytest
from django.db import models

from shali.foundation.accounts.roles import Role
from shali.foundation.clocks import now
from shali.foundation.jurisdictions import scope as scopes
from shali.foundation.jurisdictions.scope import Scope
from tests.proof.doors import doors
from tests.proof.knock import Caller
from tests.proof.world import World


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off what the application checks by itself: every unit is within, every scope holds every path."""

    def everything(path: str, column: str = "path") -> models.Q:
        return models.Q(**{f"{column}__gte": ""})

    monkeypatch.setattr(Scope, "holds", lambda self, path: True)
    monkeypatch.setattr("shali.foundation.accounts.policy.authorise", lambda post, policy: True)
    for name, module in list(sys.modules.items()):
        if name.startswith("shali.") and getattr(module, "within", None) is scopes.within and module is not scopes:
            monkeypatch.setattr(module, "within", everything)
    monkeypatch.setattr(scopes, "within", everything)


def test_pages_without_the_applications_own_check_show_nothing_that_is_walled(
    world: World, unchecked: None, quiet: None, figure: Callable[..., None]
) -> None:
    visitor = Caller(world.posts[Role.CITY_DUTY.code], now())
    hidden = world.hidden_ids()
    for plot in world.plots.values():  # the tree and its posts are not walled: NO_WALL says why
        for name in ("post", "department"):
            hidden.pop(plot.values[name], None)
    leaks, pages = [], 0
    for door in doors():
        if not door.policies:
            continue
        for relation, plot in world.plots.items():
            if world.seen(relation):
                continue
            answer, pages = visitor.knock(door, "GET", plot.values), pages + 1
            asked_for = set(plot.values.values())
            leaks += [f"{door.pattern} ({relation}): {n}" for n in hidden if n in answer.content and n not in asked_for]
            if answer.status == 200 and {"task", "pushed_list", "batch", "review", "look_back"} & set(door.parameters):
                leaks.append(f"{door.pattern} ({relation}): opened")

    figure("walls alone", pages_with_the_application_check_off=pages, leaks=len(leaks))
    assert not leaks, "\n".join(leaks)
