"""From a line list and a contact list to chains: one source a case, no circle, and a name for all that does not fit.

A case may be met by several others, and files contradict themselves. Links are taken in this order, each if its
target has no source yet and if it closes no circle: those whose onsets are in order (source first), then those of which
an onset is not known, then those whose target fell ill first; within each, a contact that the dates allow before one
that they do not, the later last contact before the earlier, and then as the file has them. What is not taken is named.
"""

from collections import Counter
from collections.abc import Sequence

from shali.engines.chains.model import Case, Chain, Contact, Problem

LINELIST, CONTACTS = "linelist", "contacts"


def build(cases: Sequence[Case], contacts: Sequence[Contact]) -> Chain:
    """Return the chains of a line list: ids are unique in `cases`; contacts may hold anything."""
    known = {case.id: case for case in cases}
    problems: list[Problem] = []
    usable = _usable(known, contacts, problems)
    source: dict[str, str] = {}
    links: list[Contact] = []
    for one in sorted(usable, key=lambda contact: _order(known, contact)):
        if one.target in source:
            did = f"not used: {source[one.target]} is taken as the source"
            problems.append(_of(one, "several_sources", one.target, "source", one.source, did))
        elif _closes_circle(source, one):
            problems.append(_of(one, "cycle", one.target, "source", one.source, "not used: it would close a circle"))
        else:
            source[one.target] = one.source
            links.append(one)
    links.sort(key=lambda link: link.row)
    _doubtful_days(known, links, problems)
    met = {end for one in contacts for end in (one.source, one.target)}
    for case in cases:
        if case.onset is None:
            did = (
                "kept; it stands at its report, or beside its source"
                if case.report is None
                else "kept; it stands at its report"
            )
            problems.append(Problem("no_onset", LINELIST, case.row, case.id, "onset", "", did))
        if case.id not in met:
            problems.append(
                Problem("only_in_linelist", LINELIST, case.row, case.id, "id", case.id, "kept, without links")
            )
    generation, root = _depths(cases, source)
    offspring = Counter(source.values())
    return Chain(
        tuple(cases),
        tuple(links),
        source,
        generation,
        root,
        {case.id: offspring.get(case.id, 0) for case in cases},
        tuple(sorted(problems, key=lambda one: (one.file != LINELIST, one.row, one.kind))),
    )


def _usable(known: dict[str, Case], contacts: Sequence[Contact], problems: list[Problem]) -> list[Contact]:
    """Keep contacts between two different cases, each pair once; name the others, and each stranger once."""
    pairs: set[tuple[str, str]] = set()
    strangers: set[str] = set()
    usable = []
    for one in contacts:
        outside = [end for end in (one.source, one.target) if end not in known]
        for end in outside:
            if end not in strangers:
                strangers.add(end)
                column = "source" if end == one.source else "target"
                did = "kept as a contact; no case, and in no chain"
                problems.append(_of(one, "only_in_contacts", end, column, end, did))
        if one.source == one.target:
            problems.append(_of(one, "met_himself", one.source, "target", one.target, "not used"))
        elif (one.source, one.target) in pairs:
            problems.append(_of(one, "same_link_again", one.target, "source", one.source, "not used a second time"))
        elif not outside:
            pairs.add((one.source, one.target))
            usable.append(one)
    return usable


def _order(known: dict[str, Case], one: Contact) -> tuple[int, bool, float, int]:
    before, after = known[one.source].onset, known[one.target].onset
    rank = 1 if before is None or after is None else 0 if before <= after else 2
    met_too_late = after is not None and one.first is not None and one.first > after
    last = one.last if one.last is not None else one.first
    return rank, met_too_late, -(last if last is not None else float("-inf")), one.row


def _closes_circle(source: dict[str, str], one: Contact) -> bool:
    above: str | None = one.source
    while above is not None:
        if above == one.target:
            return True
        above = source.get(above)
    return False


def _doubtful_days(known: dict[str, Case], links: list[Contact], problems: list[Problem]) -> None:
    for one in links:
        before, after = known[one.source].onset, known[one.target].onset
        if before is not None and after is not None and after < before:
            days = f"{after - before:g} days"
            did = "kept; its serial interval is negative"
            problems.append(_of(one, "onset_before_source", one.target, "onset", days, did))
        last = one.last if one.last is not None else one.first
        if before is not None and last is not None and last < before:
            said = f"{before - last:g} days before"
            did = "kept; the last contact was before the source fell ill"
            problems.append(_of(one, "contact_before_onset", one.source, "last", said, did))
        first = one.first if one.first is not None else one.last
        if after is not None and first is not None and first > after:
            said = f"{first - after:g} days after"
            did = "kept; the first contact was after the target fell ill"
            problems.append(_of(one, "contact_after_onset", one.target, "first", said, did))
        if one.first is not None and one.last is not None and one.last < one.first:
            did = "kept; the last contact is written before the first"
            problems.append(_of(one, "last_before_first", one.target, "last", f"{one.last - one.first:g} days", did))


def _depths(cases: Sequence[Case], source: dict[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    generation: dict[str, int] = {}
    root: dict[str, str] = {}
    for case in cases:
        way = []
        here = case.id
        while here not in generation and here in source:
            way.append(here)
            here = source[here]
        depth, top = generation.setdefault(here, 0), root.setdefault(here, here)
        for number, below in enumerate(reversed(way), depth + 1):
            generation[below], root[below] = number, top
    return generation, root


def _of(one: Contact, kind: str, *said: str) -> Problem:
    id_, column, value, did = said
    return Problem(kind, CONTACTS, one.row, id_, column, value, did)
