"""What a person (or an earlier list of the same sender) says the columns are."""

from dataclasses import dataclass, field

from shali.foundation.intake.reading.headings import FIELDS, IGNORED


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """Columns (from 0) of one table and the rows (from 1) that hold its headings; no header rows: data from row 1."""

    columns: dict[int, str]
    header_rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """`sheets` is said of this file; `remembered` holds by signature of the headings what was said of earlier ones."""

    sheets: dict[str, SheetMapping] = field(default_factory=dict)
    remembered: dict[str, dict[int, str]] = field(default_factory=dict)
    encoding: str = ""
    year: int | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "sheets": {
                name: {"columns": {str(k): v for k, v in said.columns.items()}, "header_rows": list(said.header_rows)}
                for name, said in self.sheets.items()
            },
            "remembered": {key: {str(k): v for k, v in columns.items()} for key, columns in self.remembered.items()},
            "encoding": self.encoding,
            "year": self.year,
        }

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> "Mapping":
        """Read what `to_json` wrote.

        :raises ValueError: a column was given a field that does not exist
        """
        sheets = stored.get("sheets")
        remembered = stored.get("remembered")
        year = stored.get("year")
        return cls(
            sheets={
                str(name): SheetMapping(
                    _columns(said["columns"]), tuple(int(row) for row in said.get("header_rows", ()))
                )
                for name, said in (sheets if isinstance(sheets, dict) else {}).items()
            },
            remembered={
                str(key): _columns(said) for key, said in (remembered if isinstance(remembered, dict) else {}).items()
            },
            encoding=str(stored.get("encoding") or ""),
            year=int(year) if isinstance(year, int) else None,
        )


def _columns(said: dict[str, str]) -> dict[int, str]:
    unknown = {name for name in said.values() if name not in FIELDS and name != IGNORED}
    if unknown:
        raise ValueError(f"There is no field {', '.join(sorted(unknown))}")
    return {int(column): name for column, name in said.items()}
