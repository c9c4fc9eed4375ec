"""The store, the expression on DuckDB and on Spark, and the slow, obvious reference say the same."""

import random
import shutil

from hypothesis import given, settings
from hypothesis import strategies as st

from shali.engines.rings import Thresholds

from .generated import DAY, village
from .reference import Visit, contacts
from .ways import by_expression, by_store, store_of

VISITS = st.lists(
    st.builds(
        lambda person, place, enter, stay, seat: Visit(person, place, enter, enter + stay, seat),
        st.sampled_from("abcdefg"),
        st.sampled_from("xyz"),
        st.integers(0, 30),
        st.integers(0, 12),
        st.none() | st.integers(1, 6),
    ),
    max_size=25,
)
WINDOWS = st.lists(
    st.tuples(st.sampled_from("abq"), st.integers(0, 20), st.integers(0, 20)).map(lambda w: (w[0], w[1], w[1] + w[2])),
    min_size=1,
    max_size=4,
)
THRESHOLDS = st.builds(
    Thresholds,
    at_least=st.integers(0, 8),
    encounter=st.integers(0, 4),
    rows_apart=st.none() | st.integers(0, 3),
    second_at_least=st.none() | st.integers(0, 8),
    latent=st.integers(0, 5),
)


@settings(deadline=None, max_examples=200)
@given(visits=VISITS, cuts=st.tuples(st.integers(0, 25), st.integers(0, 25)), windows=WINDOWS, thresholds=THRESHOLDS)
def test_the_store_in_three_appends_answers_as_the_slow_reference(tmp_path_factory, visits, cuts, windows, thresholds):
    low, high = sorted(cuts)
    folder = tmp_path_factory.mktemp("store")

    store = store_of(folder, visits[:low], visits[low:high], visits[high:])

    expected = contacts(visits, windows, thresholds, order=2)
    assert by_store(store, windows, thresholds, order=2) == expected
    shutil.rmtree(folder)


@settings(deadline=None, max_examples=100)
@given(visits=VISITS, windows=WINDOWS, thresholds=THRESHOLDS, order=st.sampled_from([1, 2]))
def test_the_expression_on_duckdb_answers_as_the_slow_reference(duckdb, visits, windows, thresholds, order):
    found = by_expression(duckdb, visits, windows, thresholds, order=order)

    assert found == contacts(visits, windows, thresholds, order=order)


def test_in_a_village_of_five_thousand_visits_store_and_expression_agree(tmp_path, duckdb):
    visits = village()
    windows = [("p7", DAY, 4 * DAY), ("p100", 0, 2 * DAY), ("watch", 0, DAY), ("p250", 3 * DAY, 3 * DAY + 3600)]
    limits = Thresholds(at_least=900, encounter=120, rows_apart=2, latent=DAY)
    store = store_of(tmp_path / "store", visits[::2], visits[1::2])

    stored = by_store(store, windows, limits, order=2)

    assert {one.order for one in stored} == {1, 2}
    assert len(stored) > 300
    assert stored == by_expression(duckdb, visits, windows, limits, order=2)


def test_spark_answers_as_the_store_and_the_slow_reference(tmp_path, spark):
    # Forty small worlds that share nobody in one question: Spark takes seconds for each.
    draw = random.Random(4111)
    visits, windows = [], []
    for world in range(40):
        for _ in range(draw.randrange(5, 30)):
            enter = draw.randrange(30)
            person, place = f"{world}{draw.choice('abcdefg')}", f"{world}{draw.choice('xyz')}"
            visits.append(Visit(person, place, enter, enter + draw.randrange(12), draw.choice([None, 1, 2, 5])))
        windows += [(f"{world}{person}", draw.randrange(10), 10 + draw.randrange(30)) for person in "aab"]
    limits = Thresholds(at_least=6, encounter=2, rows_apart=3, latent=2)

    found = by_expression(spark, visits, windows, limits, order=2)

    assert len([one for one in found if one.order == 2]) > 20
    assert found == contacts(visits, windows, limits, order=2)
    assert found == by_store(store_of(tmp_path / "store", visits), windows, limits, order=2)


def test_spark_agrees_with_the_store_on_a_village(tmp_path, spark):
    visits = village()
    windows = [("p7", DAY, 4 * DAY), ("watch", 0, DAY)]

    found = by_expression(spark, visits, windows, Thresholds(), order=2)

    assert {one.order for one in found} == {1, 2}
    assert len(found) > 300
    assert found == by_store(store_of(tmp_path / "store", visits), windows, Thresholds(), order=2)
