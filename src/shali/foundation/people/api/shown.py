"""People as every answer shows them: masked."""

from ninja import Schema


class PersonMasked(Schema):
    public_id: str
    name: str
    id_tail: str
    sex: int
    age: int | None
