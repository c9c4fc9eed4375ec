"""Five thousand rows as bad as real ones, each compared with its truth."""

from functools import partial

import pytest

from shali.foundation.intake.reading import inspect_file
from shali.foundation.intake.tests.reading.hostile import (
    ENCODINGS,
    as_one,
    differences,
    sheets,
    to_text,
    to_xls,
    to_xlsx,
)
from shali.foundation.intake.tests.reading.workbooks import balances

FORMATS = {"xlsx": to_xlsx, "xls": to_xls, **{code: partial(to_text, encoding=code) for code in ENCODINGS}}


@pytest.mark.parametrize("form", FORMATS)
def test_every_row_of_a_hostile_list_becomes_what_it_is(tmp_path, form):
    made = sheets(20220810, 5_000)

    inspection = inspect_file(FORMATS[form](tmp_path / "名单.xls", made))

    assert differences(inspection, made if form in ("xlsx", "xls") else as_one(made)) == []
    assert balances(inspection)
    assert inspection.taken + inspection.rejected == 5_000
