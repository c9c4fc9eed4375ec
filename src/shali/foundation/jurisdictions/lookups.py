"""`filter(person_id__any_of=numbers)`: a list of any length as one parameter. `__in` writes a placeholder for each."""

from typing import Any

from django.db.models import Field, ForeignKey, Lookup

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
        return f"{left} = any(%s{f'::{kind}[]' if kind in NUMBERS else ''})", [*params, self.rhs]
