"""A chain of infection that was planted is found link by link, and nobody else."""

from shali.engines.rings import Thresholds

from .reference import Visit
from .ways import by_store, store_of

DAY = 86_400


def test_a_planted_chain_is_found_in_a_crowd_that_never_stays_long_enough(tmp_path):
    crowd = [
        Visit(f"crowd{number}", f"stop{(number + minute) % 7}", minute * 60, minute * 60 + 30)
        for number in range(60)
        for minute in range(0, 1440, 10)
    ]
    chain = [
        Visit("first", "stop3", 36_000, 37_000),
        Visit("second", "stop3", 36_300, 36_900),
        Visit("second", "stop5", 50_000, 52_000),
        Visit("third", "stop5", 51_000, 51_600),
    ]

    found = by_store(store_of(tmp_path / "s", crowd + chain), [("first", 0, DAY)], Thresholds(600), order=2)

    assert [(one.order, one.target, one.through, one.seconds) for one in found] == [
        (1, "second", None, 600),
        (2, "third", "second", 600),
    ]
