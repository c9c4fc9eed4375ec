"""No request, however odd, meets a fault of ours: generated cases against the running server.

`make fuzz` runs 20,000 cases; a test run one of each kind for each endpoint.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from tests.proof.world import plant

from shali.config import reference
from shali.config.api import api
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.accounts.services.tokens import make_token
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope

CASES = int(os.environ.get("SHALI_FUZZ_CASES", "156"))
LIST = "姓名,身份证号,联系电话,住址\n" + "".join(
    f"例{n},41119019900101{n:04d},144000{n:05d},例市\n" for n in range(1, 40)
)
PARTS = re.compile(r"{(\w+)}")
# Parts that are chosen out of a few words, or name what a program makes for itself.
SEEN_BY_CHANCE: set[str] = set()
numbers = count()


def token_of(role: Role, unit: Unit) -> str:
    user = add_user(username=role.code, name="甄隐", at=now())
    post: Post = give_post(user=user, role=role, unit=unit, scope=None, by="system:test", at=now())
    return make_token(post=post, name="fuzz", verbs=role.verbs, days=1, by="system:test", at=now()).token


@pytest.fixture
def tokens(live) -> list[str]:
    with in_scope(system_scope("test")):
        reference.ensure()
        community = Unit.objects.filter(level=4).order_by("path").first() or Unit.objects.order_by("-level").first()
        assert community is not None
        return [
            token_of(Role.CITY_DUTY, Unit.objects.get(level=1)),
            token_of(Role.CITY_LEAD, Unit.objects.get(level=1)),
            token_of(Role.COMMUNITY_WORKER, community),
        ]


@pytest.fixture
def known(live, tokens) -> dict[str, list[str]]:
    """Return public numbers of things that are there, by the name of the address's part."""
    program = Program(live.url, tokens[0])
    said = {"channel": "hospital", "sender": "例市专班", "handed_over_at": now().isoformat()}
    made = program.post("/verification/lists", data=said, files={"file": ("list.csv", LIST.encode())}).json()
    live.run_jobs()
    program.post(f"/batches/{made['batch']}/confirm", json={})
    live.run_jobs()
    rows = program.get("/tasks").json()["items"]
    found = {
        "path": ["4111", "4111.02"],
        "pushed_list": [made["list"]],
        "list": [made["list"]],
        "batch": [made["batch"]],
        "task": [row["public_id"] for row in rows],
        "person": [row["person"]["public_id"] for row in rows if row["person"]],
        "review": [row["public_id"] for row in program.get("/batches/reviews").json()["items"]],
    }
    # One of everything else that an address can name: cases, rounds, tubes, measures, workers and the rest.
    planted: dict[str, list[str]] = {}
    for plot in plant().plots.values():
        for name, value in plot.values.items():
            planted.setdefault(name, []).append(value)
    return planted | found


class Program:
    def __init__(self, url: str, token: str) -> None:
        self.base, self.session = f"{url}/api/v1", requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.base + path, timeout=30)

    def post(self, path: str, **more: Any) -> requests.Response:
        key = {"Idempotency-Key": f"known-{next(numbers):04d}"}
        answer = self.session.post(self.base + path, headers=key, timeout=30, **more)
        assert answer.status_code < 300, answer.text
        return answer


def test_no_generated_request_meets_a_fault(live, tokens, known):
    found: Counter[str] = Counter()
    faults: dict[str, str] = {}
    operations = list(_operations())
    each = max(1, CASES // (2 * len(operations)))
    for place, (operation, mode) in enumerate((one, mode) for one in operations for mode in _modes()):
        _attack(operation, mode, live.url, tokens, known, each, place, found, faults)

    unknown = {name for one in operations for name in PARTS.findall(one.path)} - set(known) - SEEN_BY_CHANCE
    assert not unknown, "Nothing that is there is known under these names: plant it in tests/proof"
    assert faults == {}
    assert found["2"]
    assert found["4"]
    assert sum(found.values()) >= CASES * 0.8


def _modes() -> tuple[GenerationMode, GenerationMode]:
    return GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def _operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
    for one in schema.get_all_operations():
        operation = one.ok()
        # Ending the tokens that the run lives on would end the run.
        if not operation.path.endswith("/posts/tokens/{token}"):
            yield operation


def _attack(
    operation: Any,
    mode: GenerationMode,
    url: str,
    tokens: list[str],
    known: dict[str, list[str]],
    cases: int,
    place: int,
    found: Counter[str],
    faults: dict[str, str],
) -> None:
    chance = random.Random(place)

    @seed(place)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        for name in case.path_parameters or {}:
            if known.get(name) and chance.random() < 0.7:
                case.path_parameters[name] = chance.choice(known[name])
        headers = {"Authorization": f"Bearer {chance.choice(tokens)}", "Idempotency-Key": f"fuzz-{next(numbers):08d}"}
        response = case.call(base_url=url, headers=headers, timeout=30)
        found[str(response.status_code)[0]] += 1
        if response.status_code >= 500:
            faults.setdefault(f"{operation.method.upper()} {operation.path}", case.as_curl_command(headers=headers))

    one()
