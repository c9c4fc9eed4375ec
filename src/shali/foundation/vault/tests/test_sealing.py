"""A sealed value opens in its own place and nowhere else, and not at all when its key is gone."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shali.foundation.vault import keystore as keys
from shali.foundation.vault import sealing
from shali.foundation.vault.keystore import FolderKeyStore, KeyDestroyed
from shali.foundation.vault.sealing import (
    SealBroken,
    blind,
    blind_many,
    bulk_blind,
    bulk_blind_number,
    bulk_open,
    open_text,
    seal,
)

HERE = {"table": "people_person", "column": "name", "row": 7}


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch) -> FolderKeyStore:
    one = FolderKeyStore(tmp_path / "keys")
    monkeypatch.setattr(sealing, "keystore", lambda: one)
    sealing._cipher.cache_clear()
    yield one
    sealing._cipher.cache_clear()


@pytest.fixture
def at_once(monkeypatch) -> None:
    monkeypatch.setattr(keys, "LOOKED_AT_EVERY", 0.0)


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_what_is_sealed_opens_in_its_place_and_shows_nothing(text):
    sealed = seal(text, **HERE)
    assert open_text(sealed, **HERE) == text
    assert len(text) < 4 or text.encode() not in sealed
    assert seal(text, **HERE) != sealed


@pytest.mark.parametrize("moved", [{"row": 8}, {"column": "birth"}, {"table": "people_phone"}])
def test_a_value_moved_to_another_place_does_not_open(moved):
    with pytest.raises(SealBroken):
        open_text(seal("例甲", **HERE), **(HERE | moved))


@pytest.mark.parametrize("byte", [0, 3, 14, 15, -1])
def test_a_changed_byte_is_noticed(byte):
    sealed = bytearray(seal("例甲", **HERE))
    sealed[byte] ^= 1
    with pytest.raises(SealBroken):
        open_text(bytes(sealed), **HERE)


def test_another_key_does_not_open_it_under_the_first_ones_number(store):
    sealed = seal("例甲", **HERE)
    path = next(store.folder.glob("*/*.field"))
    path.chmod(0o600)
    path.write_bytes(bytes(32))
    store._forget()
    sealing._cipher.cache_clear()
    with pytest.raises(SealBroken):
        open_text(sealed, **HERE)


def test_a_new_key_seals_from_now_on_and_the_old_one_still_opens(store):
    old = seal("旧", **HERE, outbreak="one")
    store.add("one")
    new = seal("新", **HERE, outbreak="one")
    assert [int.from_bytes(one[1:3], "big") for one in (old, new)] == [1, 2]
    assert [open_text(one, **HERE) for one in (old, new)] == ["旧", "新"]


def test_a_destroyed_outbreak_is_unreadable_and_another_is_not(store):
    gone, stays = seal("甲", **HERE, outbreak="one"), seal("乙", **HERE, outbreak="two")
    assert open_text(gone, **HERE) == "甲"

    assert store.destroy("one") == 1

    sealing._cipher.cache_clear()
    with pytest.raises(KeyDestroyed) as refused:
        open_text(gone, **HERE)
    assert refused.value.status == 410
    assert open_text(stays, **HERE) == "乙"
    assert not (store.folder / "one").exists()


def test_a_key_that_another_process_destroyed_opens_nothing_here_either(store, at_once):
    sealed = seal("甲", **HERE, outbreak="one")
    assert open_text(sealed, **HERE) == "甲"
    code = (
        "import sys; from pathlib import Path; from shali.foundation.vault.keystore import FolderKeyStore as F;"
        "F(Path(sys.argv[1])).destroy('one')"
    )
    subprocess.run([sys.executable, "-c", code, str(store.folder)], check=True, cwd=Path(__file__).parents[5])

    with pytest.raises(KeyDestroyed):
        open_text(sealed, **HERE)


def test_equal_values_have_equal_indexes_of_their_kind_and_outbreak_alone():
    one = blind("14000000001", kind="phone", outbreak="one")
    assert one == blind("14000000001", kind="phone", outbreak="one")
    others = [
        blind("14000000002", kind="phone", outbreak="one"),
        blind("14000000001", kind="document", outbreak="one"),
        blind("14000000001", kind="phone", outbreak="two"),
    ]
    assert len({one, *others}) == 4


@given(st.text(), st.sampled_from(("phone", "name+birth")))
def test_the_short_blind_index_begins_as_the_long_one_so_that_a_register_needs_no_opening(
    value: str, kind: str
) -> None:
    short = bulk_blind_number()(value, kind)

    assert short.to_bytes(8, "big", signed=True) == blind(value, kind=kind)[:8]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.text(max_size=24))
def test_many_indexes_are_the_same_as_one_by_one(store, value, kind):
    assert bulk_blind()(value, kind) == blind(value, kind=kind)
    assert blind_many([value, "甲", value], kind=kind) == [blind(one, kind=kind) for one in (value, "甲", value)]


def test_many_values_open_as_one_by_one_whichever_key_sealed_them(store, monkeypatch):
    monkeypatch.setattr(sealing, "AT_ONCE", 2)
    place = {"table": "people_phone", "column": "number"}
    texts = ["甲", "", "丙", "丁", "戊"]
    sealed = [seal(text, **place, row=row) for row, text in enumerate(texts[:3])]
    store.add(django.OUTBREAK)
    sealed += [memoryview(seal(text, **place, row=row + 3)) for row, text in enumerate(texts[3:])]

    assert bulk_open(**place)(sealed, range(5)) == texts
    assert bulk_open(**place)([], []) == []


@pytest.mark.parametrize("broken", ["moved", "changed", "not sealed"])
def test_of_many_values_the_broken_one_is_named(broken):
    place = {"table": "people_phone", "column": "number"}
    sealed = [seal("1400000000", **place, row=row) for row in range(9)]
    wrong = bytearray(sealed[4])
    wrong[-1] ^= 1
    sealed[4] = {"moved": sealed[5], "changed": bytes(wrong), "not sealed": b"1400000000"}[broken]

    with pytest.raises(SealBroken, match="row 4"):
        bulk_open(**place)(sealed, range(9))


def test_of_many_values_none_opens_once_the_key_is_gone(store, at_once, monkeypatch):
    monkeypatch.setattr(sealing, "AT_ONCE", 1)
    sealed = [seal("甲", **HERE), seal("甲", **HERE)]

    class Rows(list):
        def __getitem__(self, wanted):
            # After the first value another process destroys the key.
            if wanted.start == 1:
                shutil.rmtree(store.folder / django.OUTBREAK)
            return super().__getitem__(wanted)

    with pytest.raises(KeyDestroyed):
        bulk_open(table=HERE["table"], column=HERE["column"])(sealed, Rows([7, 7]))
