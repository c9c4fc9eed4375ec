"""The same matrix when the tree is no longer the one that things were planted in: a thousand changes by two persons."""

import os
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import ChangeKind, Unit
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.jurisdictions.services.changes import Proposal, apply_due_changes, approve_change, propose_change
from shali.foundation.ui.refusal import WrongInput
from tests.proof.test_matrix import knock_everywhere
from tests.proof.world import ASKS, MOVED_TO, PLOTS, World

EDITS = 1_000
CITY = Scope("4111", "post:1")
# Units that things lie in, moved to and fro between these parents as often as all others together.
NEAR = ("4111.02.001", "4111.02.002", "4111.02.001.001")
PARENTS = {3: ("4111.02", "4111.03"), 4: ("4111.02.001", "4111.02.002", "4111.02.003")}
AS_PLANTED = {"own", "descendant"}


# Minutes each: the others are asked by `make prove` alone.
CALLERS = [
    ("township_desk", 1),
    *([("community_worker", 2), ("county_desk", 3)] if "SHALI_PROVE" in os.environ else []),
]


@pytest.mark.parametrize(("caller", "seed"), CALLERS)
def test_after_a_thousand_edits_of_the_tree_every_door_opens_as_the_tree_is_now(
    world: World, quiet: None, caller: str, seed: int, figure: Callable[..., None]
) -> None:
    with edited(world, random.Random(seed)) as (moved, seen):
        cells, wrong, _done = knock_everywhere(world, caller)
    figure("matrix after edits of the tree", edits=EDITS, moves=moved, cells=cells, violations=len(wrong))

    assert moved >= EDITS / 4
    assert seen != AS_PLANTED, "Draw from another seed: the same things lie in the unit as before."
    assert not wrong, f"{len(wrong)} of {cells} cells:\n" + "\n".join(wrong)


@contextmanager
def edited(world: World, draw: random.Random) -> Iterator[tuple[int, set[str]]]:
    """Change the tree a thousand times, tell the world where its units are now, and take all of it back."""
    before = {relation: (plot.path, dict(plot.values)) for relation, plot in world.plots.items()}
    with transaction.atomic():
        units = {relation: Unit.objects.get(path=plot.path).pk for relation, plot in world.plots.items()}
        asks = Unit.objects.get(path=ASKS).pk
        moves = _edit(draw)
        for relation, unit in units.items():
            plot = world.plots[relation]
            plot.path = plot.values["path"] = plot.values["unit"] = Unit.objects.get(pk=unit).path
        world.asks = Unit.objects.get(pk=asks).path
        yield moves, {relation for relation in PLOTS if world.seen(relation)}
        transaction.set_rollback(True)
    for relation, (path, values) in before.items():
        world.plots[relation].path, world.plots[relation].values = path, values
    world.asks = ASKS


def _edit(draw: random.Random) -> int:
    """Make lawful changes; return how many of them moved a unit."""
    near = _ids(NEAR)
    parents = {level: _ids(paths) for level, paths in PARENTS.items()}
    planted = _ids(PLOTS.values()) | _ids([MOVED_TO])
    made: list[ChangeKind] = []
    while len(made) < EDITS:
        kind = draw.choices((ChangeKind.MOVE, ChangeKind.RENAME, ChangeKind.OPEN, ChangeKind.CLOSE), (6, 2, 1, 1))[0]
        is_near = kind is ChangeKind.MOVE and draw.random() < 0.5
        unit = draw.choice(_units(near) if is_near else _units(level=draw.choice((3, 4, 4))))
        others = _units(parents[unit.level]) if is_near else _units(level=unit.level - 1)
        rest = {
            ChangeKind.MOVE: {"parent": draw.choice(others).path},
            ChangeKind.RENAME: {"name": f"改{draw.randrange(10**6)}{unit.name[-1]}"},
            ChangeKind.OPEN: {"name": f"新{draw.randrange(10**6)}村"},
            ChangeKind.CLOSE: {"successor": draw.choice(_units(level=unit.level)).path},
        }[kind]
        if unit.pk in planted and (kind is ChangeKind.CLOSE or unit.path.endswith(".moved")):
            continue
        try:
            _change(unit, kind, rest)
        except WrongInput:
            continue  # not lawful as the tree is now
        made.append(kind)
    return made.count(ChangeKind.MOVE)


def _change(unit: Unit, kind: ChangeKind, rest: dict[str, str]) -> None:
    at = now()
    asked = Proposal(unit=unit.path, kind=kind, effective_on=at.date(), basis="某文件", **rest)
    change = propose_change(scope=CITY, asked=asked, by="post:1", at=at, person=1)
    approve_change(scope=CITY, change=change.pk, by="post:2", at=at, person=2)
    assert apply_due_changes(on=at.date(), at=at) == 1


def _ids(paths: Iterable[str]) -> set[int]:
    return set(Unit.objects.filter(path__in=list(paths)).values_list("id", flat=True))


def _units(ids: set[int] | None = None, **wanted: int) -> list[Unit]:
    found = Unit.objects.filter(closed_on=None, **wanted)
    return list((found if ids is None else found.filter(pk__in=ids)).order_by("id"))
