"""The store and the expression say what the slow, obvious reference says."""

import shutil

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shali.engines.rings import Thresholds

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


@settings(deadline=None, max_examples=300)
@given(visits=VISITS, cuts=st.tuples(st.integers(0, 25), st.integers(0, 25)), windows=WINDOWS, thresholds=THRESHOLDS)
def test_the_store_in_three_appends_answers_as_the_slow_reference(tmp_path_factory, visits, cuts, windows, thresholds):
    low, high = sorted(cuts)
    folder = tmp_path_factory.mktemp("store")

    store = store_of(folder, visits[:low], visits[low:high], visits[high:])

    expected = contacts(visits, windows, thresholds, order=2)
    assert by_store(store, windows, thresholds, order=2) == expected
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


@settings(deadline=None, max_examples=150)
@given(visits=VISITS, windows=WINDOWS, thresholds=THRESHOLDS, order=st.sampled_from([1, 2]))
def test_the_expression_on_duckdb_answers_as_the_slow_reference(duckdb, visits, windows, thresholds, order):
    found = by_expression(duckdb, visits, windows, thresholds, order=order)

    assert found == contacts(visits, windows, thresholds, order=order)
