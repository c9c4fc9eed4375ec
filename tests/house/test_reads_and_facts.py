"""What is read is read within a scope; what happened is a fact with a line in the table."""

import dataclasses
import inspect
from collections.abc import Sequence
from importlib import import_module

from shali.protocols.table import TABLE

from .conftest import Module

# Reads that come before any scope, each with its reason.
BEFORE_SCOPE = {
    "foundation/accounts": "who a user is, and which posts he holds, is what a scope is made of",
    "foundation/jurisdictions": "the tree of units is public: names and codes of divisions, no person",
    "foundation/policy": "rule packs are published documents",
}


def test_every_read_takes_the_scope_first(modules: Sequence[Module]) -> None:
    unscoped = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in modules
        if module.layer == "queries" and module.room not in BEFORE_SCOPE
        for function in module.public_functions()
        if not function.args.args or function.args.args[0].arg != "scope"
    ]

    assert not unscoped, (
        "A function in `queries` takes `scope: Scope` as its first argument and filters by it; "
        "what reads no rows belongs in rules.py:\n" + "\n".join(unscoped)
    )


def test_every_fact_has_a_line_in_the_table(modules: Sequence[Module]) -> None:
    facts = _facts(modules)

    missing = [kind.__name__ for kind in facts if kind not in TABLE]

    assert facts
    assert not missing, (
        "Say in protocols/table.py what follows from it; `()` says on purpose that nothing does:\n" + "\n".join(missing)
    )


def test_a_fact_is_frozen(modules: Sequence[Module]) -> None:
    wrong = [
        kind.__name__
        for kind in _facts(modules)
        if not kind.__dataclass_params__.frozen  # type: ignore[attr-defined]  # every dataclass has it
    ]

    assert not wrong, "@dataclass(frozen=True, slots=True), ids and plain values only:\n" + "\n".join(wrong)


def test_every_write_names_its_arguments(modules: Sequence[Module]) -> None:
    loose = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in modules
        if module.layer == "services"
        for function in module.public_functions()
        if len(function.args.args) > 1
    ]

    assert not loose, "A write takes keyword-only arguments after the first (`def close(*, task, by, at)`):\n" + (
        "\n".join(loose)
    )


def _facts(modules: Sequence[Module]) -> list[type]:
    found = []
    for module in modules:
        if module.layer == "facts":
            name = "shali." + module.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            members = inspect.getmembers(import_module(name), inspect.isclass)
            found += [kind for _, kind in members if dataclasses.is_dataclass(kind) and kind.__module__ == name]
    return found
