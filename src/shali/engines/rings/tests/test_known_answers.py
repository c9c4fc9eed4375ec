"""Small stories with the answer written out; both ways must tell them alike."""

import pytest

from shali.engines.rings import BadThreshold, Thresholds

from .reference import Contact, Visit

HOUR, DAY = 3600, 86_400
TEN = Thresholds(at_least=600)
ALWAYS = [("case", 0, 30 * DAY)]


def first(*rows):
    return [Contact(1, "case", target, None, *more) for target, *more in rows]


def test_together_for_exactly_the_limit_is_a_contact_and_a_second_less_is_not(answer):
    visits = [
        Visit("case", "shop", 1000, 2000),
        Visit("ten", "shop", 1400, 5000),
        Visit("nearly", "shop", 1401, 5000),
    ]

    assert answer(visits, ALWAYS, TEN, order=1) == first(("ten", 600, 1400, 2000, ("shop",)))


def test_a_visit_over_midnight_meets_those_of_both_days(answer):
    visits = [
        Visit("case", "bar", DAY - HOUR, DAY + HOUR),
        Visit("evening", "bar", DAY - 2 * HOUR, DAY - HOUR + 600),
        Visit("morning", "bar", DAY + HOUR - 600, DAY + 9 * HOUR),
    ]

    assert answer(visits, ALWAYS, TEN, order=1) == first(
        ("evening", 600, DAY - HOUR, DAY - HOUR + 600, ("bar",)),
        ("morning", 600, DAY + HOUR - 600, DAY + HOUR, ("bar",)),
    )


def test_one_stay_of_eight_hours_is_found_among_thousands_of_short_ones(answer):
    short = [Visit(f"p{n}", "canteen", n * 60, n * 60 + 300) for n in range(2000)]
    visits = [*short, Visit("cook", "canteen", 0, 8 * HOUR), Visit("case", "canteen", 7 * HOUR, 7 * HOUR + 1200)]

    found = answer(visits, ALWAYS, TEN, order=1)

    assert found == first(("cook", 1200, 7 * HOUR, 7 * HOUR + 1200, ("canteen",)))


def test_the_second_ring_counts_only_what_came_after_the_contacts_own_exposure(answer):
    visits = [
        Visit("case", "bus", 10_000, 11_000),
        Visit("friend", "bus", 10_400, 11_000),
        Visit("friend", "home", 0, 9_000),
        Visit("before", "home", 0, 9_000),
        Visit("friend", "gym", 12_000, 13_000),
        Visit("after", "gym", 12_000, 12_600),
    ]

    assert answer(visits, ALWAYS, TEN, order=2) == [
        *first(("friend", 600, 10_400, 11_000, ("bus",))),
        Contact(2, "case", "after", "friend", 600, 12_000, 12_600, ("gym",)),
    ]


def test_the_second_ring_on_the_same_bus_begins_with_the_contacts_first_contact(answer):
    visits = [
        Visit("case", "bus", 1000, 2000),
        Visit("friend", "bus", 0, 5000),
        Visit("other", "bus", 2500, 9000),
        Visit("early", "bus", 0, 900),
    ]

    found = answer(visits, ALWAYS, TEN, order=2)

    assert [(one.target, one.through, one.first) for one in found if one.order == 2] == [("other", "friend", 2500)]


def test_a_latent_time_begins_with_the_first_contact(answer):
    visits = [
        Visit("case", "bus", 0, 1000),
        Visit("friend", "bus", 0, 1000),
        Visit("friend", "gym", 2 * HOUR, 4 * HOUR),
        Visit("other", "gym", 2 * HOUR, 4 * HOUR),
    ]

    found = answer(visits, ALWAYS, Thresholds(at_least=600, latent=3 * HOUR), order=2)

    assert found[1] == Contact(2, "case", "other", "friend", HOUR, 3 * HOUR, 4 * HOUR, ("gym",))


def test_who_is_a_contact_of_the_case_is_not_in_its_second_ring(answer):
    visits = [Visit(person, "home", 0, HOUR) for person in ("case", "mother", "child")]

    found = answer(visits, ALWAYS, TEN, order=2)

    assert [(one.order, one.target) for one in found] == [(1, "child"), (1, "mother")]


def test_a_case_met_by_a_case_is_kept_as_its_contact(answer):
    visits = [Visit("case", "home", 0, HOUR), Visit("other case", "home", 0, HOUR)]

    found = answer(visits, [*ALWAYS, ("other case", 0, DAY)], TEN, order=1)

    assert [(one.source, one.target) for one in found] == [("case", "other case"), ("other case", "case")]


def test_the_same_visit_twice_and_visits_that_overlap_count_once(answer):
    visits = [
        Visit("case", "shop", 0, 500),
        Visit("case", "shop", 0, 500),
        Visit("case", "shop", 300, 599),
        Visit("other", "shop", 0, 400),
        Visit("other", "shop", 200, 700),
    ]

    assert answer(visits, ALWAYS, TEN, order=1) == []
    assert answer(visits, ALWAYS, Thresholds(599), order=1) == first(("other", 599, 0, 599, ("shop",)))


def test_a_shop_in_a_mall_does_not_count_twice_and_both_are_named(answer):
    visits = [Visit(person, place, 0, 400) for person in ("case", "other") for place in ("mall", "shop in the mall")]

    assert answer(visits, ALWAYS, Thresholds(400), order=1) == first(
        ("other", 400, 0, 400, ("mall", "shop in the mall"))
    )
    assert answer(visits, ALWAYS, Thresholds(401), order=1) == []


def test_meetings_of_different_days_and_places_add_up(answer):
    visits = [
        Visit("case", "bus", 0, 300),
        Visit("other", "bus", 0, 300),
        Visit("case", "shop", DAY, DAY + 300),
        Visit("other", "shop", DAY, DAY + 300),
    ]

    assert answer(visits, ALWAYS, TEN, order=1) == first(("other", 600, 0, DAY + 300, ("bus", "shop")))


def test_encounters_below_the_least_of_one_are_not_added_up(answer):
    visits = [
        Visit("case", "bus", 0, 300),
        Visit("other", "bus", 0, 299),
        Visit("case", "shop", DAY, DAY + 700),
        Visit("other", "shop", DAY, DAY + 700),
    ]

    found = answer(visits, ALWAYS, Thresholds(at_least=600, encounter=300), order=1)

    assert found == first(("other", 700, DAY, DAY + 700, ("shop",)))


def test_only_the_window_of_the_case_counts_and_a_person_may_have_two(answer):
    visits = [Visit("case", "home", 0, 10_000), Visit("other", "home", 0, 10_000)]

    found = answer(visits, [("case", 1000, 1400), ("case", 5000, 5200)], TEN, order=1)

    assert found == first(("other", 600, 1000, 5200, ("home",)))


def test_who_leaves_as_the_other_comes_is_a_contact_only_where_no_time_is_asked(answer):
    visits = [Visit("case", "door", 100, 100), Visit("other", "door", 50, 100), Visit("late", "door", 101, 200)]

    assert answer(visits, ALWAYS, Thresholds(1), order=1) == []
    assert answer(visits, ALWAYS, Thresholds(0), order=1) == first(("other", 0, 100, 100, ("door",)))


def test_seats_further_apart_than_the_limit_are_no_contact_and_unknown_seats_are(answer):
    visits = [
        Visit("case", "train", 0, HOUR, 12),
        Visit("near", "train", 0, HOUR, 15),
        Visit("far", "train", 0, HOUR, 16),
        Visit("standing", "train", 0, HOUR),
    ]

    found = answer(visits, ALWAYS, Thresholds(600, rows_apart=3), order=1)

    assert [one.target for one in found] == ["near", "standing"]


def test_nothing_after_the_latest_time_counts_in_the_second_ring(answer):
    visits = [
        Visit("case", "bus", 0, 700),
        Visit("friend", "bus", 0, 700),
        Visit("friend", "gym", 1000, 2000),
        Visit("other", "gym", 1000, 2000),
    ]

    assert len(answer(visits, ALWAYS, TEN, order=2, until=1600)) == 2
    assert len(answer(visits, ALWAYS, TEN, order=2, until=1599)) == 1


def test_a_case_in_no_visit_has_no_contact(answer):
    assert answer([Visit("a", "x", 0, 900), Visit("b", "x", 0, 900)], ALWAYS, TEN, order=2) == []


def test_a_limit_below_zero_is_refused():
    with pytest.raises(BadThreshold, match="latent is -1"):
        Thresholds(latent=-1)
