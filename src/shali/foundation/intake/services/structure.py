from shali.foundation.intake.reading import Inspection


def structure_of(inspection: Inspection) -> dict[str, object]:
    """Return what the batch keeps of an inspection: sheets, headings and counts, no cell of a person."""
    return {
        "format": inspection.format,
        "encoding": inspection.encoding,
        "taken": inspection.taken,
        "rejected": inspection.rejected,
        "skipped": inspection.skipped,
        "announced": inspection.announced,
        "announced_in": inspection.announced_in,
        "warnings": [{"code": warned.code, "values": warned.values} for warned in inspection.warnings],
        "sheets": inspection.sheets,
    }
