"""Tables: where keys point, what is personal, and that migrations say what models say."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Field, Model

FOUNDATION = "shali.foundation."


def _our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("shali.")]


def _room(model: type[Model]) -> str:
    return model.__module__.split(".models")[0]


def _columns(model: type[Model]) -> list[Field]:
    return [*model._meta.concrete_fields, *model._meta.many_to_many]


def test_foreign_keys_point_into_the_own_room_or_the_foundation() -> None:
    strays = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in _our_models()
        for field in _columns(model)
        if field.is_relation and isinstance(field.related_model, type)
        if not (_room(field.related_model) == _room(model) or _room(field.related_model).startswith(FOUNDATION))
    ]

    assert not strays, "Capabilities do not know one another: keep the public id, or announce a fact:\n" + "\n".join(
        strays
    )


def test_every_column_is_called_personal_or_plain() -> None:
    wrong = []
    for model in _our_models():
        columns = {field.name for field in _columns(model)}
        personal, plain = getattr(model, "PERSONAL", None), getattr(model, "PLAIN", None)
        if personal is None or plain is None:
            wrong.append(f"{model._meta.label} has no PERSONAL or no PLAIN")
            continue
        wrong += [f"{model._meta.label}.{name} is neither" for name in sorted(columns - personal - plain)]
        wrong += [f"{model._meta.label}.{name} is both" for name in sorted(personal & plain)]
        wrong += [f"{model._meta.label}.{name} is no column" for name in sorted((personal | plain) - columns)]

    assert not wrong, (
        "Name each column once, in PERSONAL or in PLAIN of its model; when unsure, it is personal:\n" + "\n".join(wrong)
    )


def test_constraints_and_indexes_are_named_after_their_room() -> None:
    strays = [
        f"{model._meta.label}: {entry.name}"
        for model in _our_models()
        for entry in [*model._meta.constraints, *model._meta.indexes]
        if not entry.name.startswith(f"{model._meta.app_label}_")
    ]

    assert not strays, "Name it <room>_<table>_<what>; a refusal is recognised by it:\n" + "\n".join(strays)


@pytest.mark.django_db
def test_migrations_say_what_the_models_say() -> None:
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail("Models changed without a migration: `shali django makemigrations <room> -n <what>`")
