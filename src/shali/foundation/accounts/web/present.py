from datetime import datetime

from shali.foundation.accounts.queries import posts_below
from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.scope import Scope


def posts_page(scope: Scope, *, at: datetime) -> dict[str, object]:
    rows = [(row, Role.by_code(row.role).title) for row in posts_below(scope, at=at)[:500]]
    return {"rows": rows, "count": len(rows)}
