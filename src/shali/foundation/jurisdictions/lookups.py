"""`filter(person_id__any_of=numbers)`: a list of any length as one parameter. `__in` writes a placeholder for each."""

from typing import Any

from django.db.models import Field, ForeignKey, Lookup

from shali.foundation.jurisdictions.rows import array_of

# A list of small numbers travels as int4[]; for int8 = any(int4[]) the server has no hash: it walks the list per row.
NUMBERS = ("smallint", "integer", "bigint")


@Field.register_lookup
@ForeignKey.register_lookup
class AnyOf(Lookup):
    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection) or ""
        if kind in NUMBERS:
            return f"{left} = any(%s::{kind}[])", [*params, array_of(self.rhs)]
        return f"{left} = any(%s)", [*params, self.rhs]
