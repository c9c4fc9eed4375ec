"""Every room's tasks stand on one desk: each kind has its word there, whatever room brings it."""

from shali.foundation.tasks.web import panels, words


def test_each_kind_that_a_room_brings_has_a_word_on_the_desk() -> None:
    assert len(panels._panels) > 5
    assert set(panels._panels) <= set(words.KINDS), "Give the new kind a word in shali.foundation.tasks.web.words."
