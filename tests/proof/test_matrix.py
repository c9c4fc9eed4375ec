"""Who may see what: every page and endpoint x method x role x unit, against what is declared and where things lie."""

from collections.abc import Callable, Sequence

import pytest

from shali.foundation.accounts.roles import Role
from shali.foundation.clocks import now
from tests.proof.doors import METHODS, OTHERWISE, Door, doors
from tests.proof.knock import Answer, Caller, constant
from tests.proof.world import PLOTS, World

NOBODY = "nobody"
CALLERS = [*(role.code for role in Role), NOBODY]
LEAST_CELLS = 20_000
# Parameters that name a thing of one unit; others (a one-time token, a key of one's own account) do not.
OF_A_UNIT = frozenset(
    {"post", "unit", "path", "review", "batch", "joint", "transfer", "task", "look_back", "pushed_list"}
    | {"difference", "anomaly", "webhook", "number", "person", "merge", "change", "measure", "appeal"}
    | {"case", "stay", "contact", "relationship", "exposure", "member"}
    | {
        "testing_round",
        "site",
        "station",
        "tube",
        "parked",
        "box",
        "result_file",
        "result",
        "site_plan",
        "tour",
        "shift",
        "call_up",
        "worker",
        "group",
        "act",
    }
)
# Planted, and of no unit: a secret lets in whoever holds it.
OF_NO_UNIT = frozenset({"secret", "slip", "own_page"})


def unknown(values: dict[str, str]) -> dict[str, str]:
    """Return values of the same shape that name nothing."""
    made = {name: "zzzzzzzzzzzz" if len(value) == 12 else value for name, value in values.items()}
    return made | {
        "path": "4111.02.009.zzz",
        "unit": "4111.02.009.zzz",
        "number": "987654321",
        "change": "987654321",
        "department": "987654321",
        "member": "987654321",
    }


@pytest.mark.parametrize("caller", CALLERS)
def test_every_door_opens_for_whom_it_may_and_shows_what_lies_in_his_unit(
    world: World, quiet: None, caller: str, figure: Callable[..., None]
) -> None:
    cells, wrong, done = knock_everywhere(world, caller)
    figure("authorisation matrix", cells=cells, violations=len(wrong), doors_at_which_something_was_written=len(done))

    assert not wrong, f"{len(wrong)} of {cells} cells:\n" + "\n".join(wrong)


def knock_everywhere(world: World, caller: str) -> tuple[int, list[str], set[str]]:
    """Send every request as one role; return how many, what was wrong with them, and where something was written."""
    visitor = Caller(world.posts.get(caller), now())
    hidden = world.hidden_ids()
    cells, wrong, done = 0, [], set()
    for door in doors():
        for method in METHODS:
            named = _cached(visitor, door, method, world)
            for relation in relations(door, method):
                answer = visitor.knock(door, method, world.asked(relation, door.parameters))
                cells += 1
                done |= {door.pattern} if answer.wrote and world.seen(relation) else set()
                said = _violation(door, method, caller, world, relation, answer, named, hidden)
                if said:
                    wrong.append(f"{method} {door.pattern}, thing {relation}: {said}")
    return cells, wrong, done


def relations(door: Door, method: str) -> Sequence[str]:
    """Return whose things are asked for: all, or, by a method that no page and no endpoint knows, one's own and a
    neighbour's. Such a request is answered before anything is looked up.
    """
    is_known = door.declared(method) is not None if door.is_program else method in {"GET", "HEAD", "POST"}
    return tuple(PLOTS) if is_known else ("own", "sibling")


def test_the_matrix_has_cells_enough() -> None:
    cells = len(CALLERS) * sum(len(relations(door, method)) for door in doors() for method in METHODS)

    assert cells >= LEAST_CELLS, f"{cells} cells"


def _cached(visitor: Caller, door: Door, method: str, world: World) -> Callable[[], str]:
    """Return how the door answers to a name that names nothing, asked once, when first needed."""
    kept: list[str] = []

    def ask() -> str:
        if not kept:
            values = unknown(world.plots["own"].values)
            answer = visitor.knock(door, method, values)
            kept.append(f"{answer.status} {constant(answer.content, values)}")
        return kept[0]

    return ask


def _violation(
    door: Door,
    method: str,
    caller: str,
    world: World,
    relation: str,
    answer: Answer,
    of_nothing: Callable[[], str],
    hidden: dict[str, str],
) -> str:
    """Say what is wrong with an answer, or nothing."""
    values = world.plots[relation].values
    asked_for = set(values.values())
    leaks = [lies for number, lies in hidden.items() if number in answer.content and number not in asked_for]
    if leaks:
        return f"shows a thing of a unit that is {leaks[0]}"
    if answer.status >= 500:
        return f"broke with {answer.status}"
    if not door.policies:  # a library's page about one's own account
        strange = [table for table in answer.wrote if not table.startswith(("account_", "mfa_", "accounts_user"))]
        return f"wrote {strange}" if strange else ""
    refusal = _refusal(door, method, caller)
    if refusal:
        if answer.wrote:
            return f"was to be refused, and wrote {answer.wrote}"
        return "" if _is_refused(answer, refusal) else f"was to answer {refusal}, answered {answer.status}"
    of_a_unit = bool(OF_A_UNIT & set(door.parameters))
    if of_a_unit and not _seen(door, caller, world, relation):
        if answer.wrote:
            return f"wrote {answer.wrote} outside the caller's unit"
        same = of_nothing() == f"{answer.status} {constant(answer.content, values)}"
        return (
            ""
            if same and (method == "POST" or answer.status >= 400)
            else f"answers {answer.status}, unlike for a name that names nothing"
        )
    if answer.status == 403:
        return "refused, though the declared policy lets him in"
    if answer.status == 404 and method == "GET" and (of_a_unit or world.seen(relation)):
        return "not found, though it lies in his unit"
    return ""


def _refusal(door: Door, method: str, caller: str) -> str:
    """Return how the door is to refuse this caller whatever he names, or nothing where it lets him in."""
    declared = door.declared(method)
    if declared is None:
        return "405"
    if declared.public:
        return ""
    if caller == NOBODY:
        return "401" if door.is_program else "sign in"
    may = declared.signed_in or bool({str(verb) for verb in declared.verbs} & _verbs(caller))
    return "" if may else "403"


def _verbs(caller: str) -> set[str]:
    return {str(verb) for role in Role if role.code == caller for verb in role.verbs}


def _is_refused(answer: Answer, refusal: str) -> bool:
    if refusal == "sign in":
        return answer.status == 302 and answer.location.startswith("/account/login/?next=")
    return str(answer.status) == refusal


def _seen(door: Door, caller: str, world: World, relation: str) -> bool:
    """Say whether the thing that the door is asked for is one that the caller may see."""
    if "batch" in door.parameters and "see_lists" not in _verbs(caller):
        return False  # the planted file is a pushed list; whoever only investigates knows the files of rosters
    if "joint" in door.parameters:
        return relation == "own"  # asked of another unit's department elsewhere
    if "testing_round" in door.parameters and world.is_below(relation):
        return True  # a round is known in the whole of its area
    return world.seen(relation)


def test_a_parameter_without_a_sample_is_named_with_what_to_add() -> None:
    with pytest.raises(LookupError, match="Plant one in each unit"):
        Door("/quay/<str:vessel>/", ()).address({})


def test_every_parameter_for_which_a_thing_is_planted_is_of_a_unit_or_said_not_to_be(world: World) -> None:
    asked = {name for door in doors() for name in door.parameters} & set(world.plots["own"].values)

    assert asked - OF_A_UNIT == OF_NO_UNIT


def test_every_otherwise_named_door_is_there() -> None:
    assert set(OTHERWISE) <= {door.pattern for door in doors()}
