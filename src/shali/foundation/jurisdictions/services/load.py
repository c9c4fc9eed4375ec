from django.db import transaction

from shali.foundation.jurisdictions.models import Department, Level, Unit
from shali.foundation.jurisdictions.reference import divisions

DEPARTMENTS = (
    ("public_security", "公安局", "Public Security"),
    ("health", "卫生健康委", "Health Commission"),
    ("disease_control", "疾控中心", "Disease Control Centre"),
    ("education", "教育局", "Education"),
    ("transport", "交通运输局", "Transport"),
    ("big_data", "大数据局", "Big Data Bureau"),
    ("civil_affairs", "民政局", "Civil Affairs"),
    ("industry", "工业和信息化局", "Industry and Information Technology"),
)


@transaction.atomic
def load_reference_tree() -> int:
    """Enter the published divisions that are not there yet, with the departments of city and counties.

    Returns how many units were new. Units that are there keep what the city changed about them.
    """
    known = dict(Unit.objects.values_list("code", "id"))
    fresh = 0
    for level in (1, 2, 3, 4):
        rows = [
            Unit(
                code=one.code,
                path=one.path,
                level=one.level,
                kind=one.kind,
                name=one.name,
                name_en=one.name_en,
                parent_id=known.get(one.parent),
                place=one.place,
                population=one.population,
                population_source=one.population_source,
            )
            for one in divisions()
            if one.level == level and one.code not in known
        ]
        for unit in Unit.objects.bulk_create(rows):
            known[unit.code] = unit.pk
        fresh += len(rows)
    _load_departments()
    return fresh


def _load_departments() -> None:
    seats = Unit.objects.filter(level__in=(Level.CITY, Level.COUNTY))
    Department.objects.bulk_create(
        [
            Department(
                code=code,
                unit=unit,
                path=unit.path,
                name=f"{'市' if unit.level == Level.CITY else unit.name}{name}",
                name_en=f"{'City' if unit.level == Level.CITY else unit.name_en} {name_en}",
                place=place,
            )
            for unit in seats
            for place, (code, name, name_en) in enumerate(DEPARTMENTS)
        ],
        ignore_conflicts=True,
    )
