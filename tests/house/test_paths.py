"""Every column that holds a unit's path is spoken for: where it goes when the unit moves."""

from django.apps import apps

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.jurisdictions.moving import rules


def test_every_column_with_a_path_says_what_happens_when_its_unit_moves() -> None:
    held = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, PathField)
    }

    assert len(held) > 30
    assert not held - set(rules()), "Say in protocols/paths.py where it goes when its unit moves:\n" + "\n".join(
        sorted(held - set(rules()))
    )
    assert not set(rules()) - held, "No such column any more:\n" + "\n".join(sorted(set(rules()) - held))
