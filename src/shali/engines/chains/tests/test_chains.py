"""Known answers by hand, a slow obvious reference, planted truth found again."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from shali.engines.chains import Case, Contact, build, days_of, fit, graphml, lanes_of, svg


def cases(**onsets):
    return [Case(name, onset, row=n) for n, (name, onset) in enumerate(onsets.items(), 2)]


def met(*pairs):
    return [Contact(*pair, row=n) for n, pair in enumerate(pairs, 2)]


def kinds(chain):
    return sorted((one.kind, one.row, one.id) for one in chain.problems)


def test_a_small_outbreak_by_hand():
    found = build(cases(a=0, b=3, c=5, d=9, e=None), met("ab", "ac", "cd"))

    assert found.source == {"b": "a", "c": "a", "d": "c"}
    assert found.roots == ["a", "e"]
    assert found.by_generation == [2, 2, 1]
    assert found.root == {"a": "a", "b": "a", "c": "a", "d": "a", "e": "e"}
    assert found.offspring == {"a": 2, "b": 0, "c": 1, "d": 0, "e": 0}
    assert found.serial_intervals() == [3, 5, 4]
    assert kinds(found) == [("no_onset", 6, "e"), ("only_in_linelist", 6, "e")]


def test_of_two_sources_the_one_whose_onset_comes_first_is_taken_and_the_other_named():
    found = build(cases(a=10, b=0, c=5), met("ac", "bc"))
    assert found.source == {"c": "b"}
    assert kinds(found) == [("several_sources", 2, "c")]
    assert "b is taken" in found.problems[0].did


def test_of_two_plausible_sources_the_later_last_contact_is_taken():
    rows = [Contact("a", "c", last=1, row=2), Contact("b", "c", last=4, row=3)]
    assert build(cases(a=0, b=0, c=5), rows).source == {"c": "b"}


def test_a_circle_is_opened_where_its_days_contradict():
    found = build(cases(a=0, b=3, c=6), met("ca", "ab", "bc"))
    assert found.source == {"b": "a", "c": "b"}
    assert kinds(found) == [("cycle", 2, "a")]
    blind = build(cases(a=None, b=None), met("ab", "ba"))
    assert blind.source == {"b": "a"}


def test_what_does_not_fit_is_named_and_kept():
    rows = [
        Contact("a", "b", first=8, last=9, row=2),
        Contact("a", "a", row=3),
        Contact("a", "b", row=4),
        Contact("x", "b", row=5),
        Contact("c", "a", first=-9, last=-8, row=6),
    ]
    found = build(cases(a=2, b=1, c=1), rows)

    assert found.source == {"b": "a", "a": "c"}
    assert kinds(found) == [
        ("contact_after_onset", 2, "b"),
        ("contact_before_onset", 6, "c"),
        ("met_himself", 3, "a"),
        ("only_in_contacts", 5, "x"),
        ("onset_before_source", 2, "b"),
        ("same_link_again", 4, "b"),
    ]


@settings(max_examples=200, deadline=None)
@given(
    onsets=st.lists(st.none() | st.integers(0, 30), min_size=1, max_size=12),
    pairs=st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=40),
)
def test_whatever_the_files_say_the_chains_are_a_forest_and_every_row_is_accounted_for(onsets, pairs):
    people = [Case(str(n), onset, row=n + 2) for n, onset in enumerate(onsets)]
    rows = [Contact(str(a), str(b), row=n) for n, (a, b) in enumerate(pairs, 2)]
    found = build(people, rows)

    assert len(found.links) + len(found.roots) == len(people)
    assert sum(found.offspring.values()) == len(found.links)
    for case in people:
        way, here = 0, case.id
        while here in found.source:
            here, way = found.source[here], way + 1
            assert way <= len(people)
        assert (found.generation[case.id], found.root[case.id]) == (way, here)
    named = {one.row for one in found.problems if one.file == "contacts"}
    assert {row.row for row in rows} == {link.row for link in found.links} | named or {row.row for row in rows} - {
        link.row for link in found.links
    } - named <= {row.row for row in rows if {row.source, row.target} - {case.id for case in people}}


def slow_fit(counts):
    """Maximise the likelihood over both parameters at once, with SciPy's own distribution."""

    def loss(at):
        mean, k = np.exp(at)
        return -stats.nbinom.logpmf(counts, k, k / (k + mean)).sum()

    found = optimize.minimize(
        loss, [0, 0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 9999}
    )
    return np.exp(found.x)


@pytest.mark.parametrize(("mean", "k"), [(0.6, 0.1), (1.5, 0.4), (2.5, 5.0)])
def test_planted_dispersion_is_found_within_its_interval(mean, k):
    counts = np.random.default_rng(5).negative_binomial(k, k / (k + mean), size=1500)
    found = fit(counts.tolist())

    assert (found.mean, found.k) == pytest.approx(slow_fit(counts), rel=1e-4)
    assert found.mean_low < mean < found.mean_high
    assert found.k_low < k < found.k_high
    drop = stats.nbinom.logpmf(counts, found.k, found.k / (found.k + found.mean)).sum()
    for end in (found.k_low, found.k_high):
        assert drop - stats.nbinom.logpmf(counts, end, end / (end + found.mean)).sum() == pytest.approx(
            1.9207, abs=1e-3
        )


def test_offspring_that_scatter_no_more_than_chance_have_no_dispersion():
    found = fit([1, 1, 1, 1, 0, 1, 1, 2])
    assert (found.k, found.k_high) == (float("inf"), float("inf"))
    assert found.k_low > 0
    with pytest.raises(ValueError, match="nothing to fit"):
        fit([0, 0])


def test_two_thousand_cases_have_places_within_a_second_and_no_two_leaves_one_lane():
    import time

    random = np.random.default_rng(2)
    people = [Case(str(n), float(n // 20), row=n + 2) for n in range(2000)]
    rows = [Contact(str(random.integers(0, max(1, n - 20))), str(n), row=n) for n in range(20, 2000)]
    rows += [Contact(str(a), f"x{b}", row=5000 + b) for b, a in enumerate(random.integers(0, 2000, 20_000))]
    began = time.perf_counter()
    found = build(people, rows)
    lanes, days = lanes_of(found), days_of(found)
    assert time.perf_counter() - began < 1

    leaves = [lanes[id_] for id_, n in found.offspring.items() if not n]
    assert len(set(leaves)) == len(leaves)
    for target, source in found.source.items():
        assert days[source][0] <= days[target][0]


def test_a_case_without_onset_stands_beside_its_source_and_says_so():
    found = build(cases(a=0, b=4, c=None), met("ab", "bc"))
    assert days_of(found) == {"a": (0, True), "b": (4, True), "c": (8, False)}


def test_pictures_and_graphs_are_well_formed_and_hold_everybody():
    people = [Case('a<&"', 0, row=2, about={"sex": "f"}), Case("b", 3, row=3)]
    found = build(people, [Contact('a<&"', "b", 1, 2, 2, {"kind": "ward"})])

    drawn = ElementTree.fromstring(svg(found, day_word=str))
    assert len(drawn.findall("{*}circle")) == 2
    graph = ElementTree.fromstring(graphml(found, day_word=str).encode())
    assert {node.get("id") for node in graph.findall(".//{*}node")} == {'a<&"', "b"}
    said = {data.get("key"): data.text for data in graph.findall(".//{*}data")}
    assert (said["edge:serial_interval"], said["edge:kind"], said["node:sex"]) == ("3", "ward", "f")
