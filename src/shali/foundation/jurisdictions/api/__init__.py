from ninja import Router, Schema

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.jurisdictions.queries import UnitRow, children, unit

router = Router(tags=["units"])


class UnitOut(Schema):
    path: str
    code: str
    level: int
    name: str
    name_en: str
    population: int | None


class UnitWithChildren(UnitOut):
    children: list[UnitOut]


@endpoint(
    router,
    "GET",
    "/{path}",
    Verb.SEE_UNITS,
    response=UnitWithChildren,
    summary="A unit, and those below",
)
def one_unit(request: PostRequest, path: str) -> dict[str, object]:
    found = unit(request.scope, path)
    below: list[UnitRow] = children(request.scope, path)
    return {
        "path": found.path,
        "code": found.code,
        "level": found.level,
        "name": found.name,
        "name_en": found.name_en,
        "population": found.population,
        "children": below,
    }
