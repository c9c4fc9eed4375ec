"""A comparison made ready for its page: parts with their words, the sum that they are, contradictions in words."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shali.verification.queries import words
from shali.verification.queries.compare import ComparedPerson, Comparison
from shali.verification.web.present import Identity, Term, identity, list_title


@dataclass(frozen=True, slots=True)
class Part:
    which: str
    label: str
    people: int
    href: str


def parts_of(found: Comparison) -> list[Part]:
    """Return the parts of a comparison: of a correction under its own words, gone, new and changed."""
    lists = [("list", one.public_id) for one in found.lists]

    def part(which: str, label: str, people: int) -> Part:
        return Part(which, label, people, "?" + urlencode([*lists, ("which", which)]))

    if found.corrects:
        gone, new = found.lists
        return [
            part("only1", _("Gone from the list"), gone.only_here),
            part("only2", _("New on the list"), new.only_here),
            part("contradictions", _("Changed"), found.contradicting),
            part("all", _("On both"), found.on_all),
        ]
    some = [part("some", _("On some"), found.on_some)] if len(found.lists) > len(("one", "other")) else []
    only = [
        part(f"only{place}", _("Only: %(list)s") % {"list": list_title(one)}, one.only_here)
        for place, one in enumerate(found.lists, start=1)
    ]
    contradictions = part("contradictions", _("Contradictions"), found.contradicting)
    return [part("all", _("On all"), found.on_all), *some, *only, contradictions]


def comparison_identity(found: Comparison, parts: list[Part]) -> Identity:
    """Everybody stands in exactly one part; those with contradictions are counted there already."""
    counted = [part for part in parts if part.which != "contradictions"]
    terms = [Term(part.label, part.people, "+" if place else "=", part.href) for place, part in enumerate(counted)]
    return identity(_("Everybody is in one part"), (Term(_("People"), found.people), *terms))


def contradictions_of(row: ComparedPerson) -> list[tuple[Promise, str]]:
    return [(words.CONTRADICTIONS[code], " ≠ ".join(each)) for code, each in row.says]
