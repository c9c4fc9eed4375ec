"""`shali rt` on files as they come."""

import io
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from shali.config.cli import app

CASES = [1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13, 12, 13, 11]
FIRST = 1.7357977


def run(folder: Path, cases: str, *more: str, encoding: str = "utf-8"):
    path = folder / "i.csv"
    path.write_bytes(cases.encode(encoding))
    return CliRunner().invoke(app, ["rt", "--incidence", str(path), *(more or ("--si-mean", "2.6", "--si-sd", "1.5"))])


def column(*heads: str, start: int = 27, step: str = "\n") -> str:
    return step.join([*heads, *(str(one) for one in CASES)])


SHAPES = {
    "one column": column("I"),
    "no headings": column(),
    "windows line ends": column("cases", step="\r\n") + "\r\n\r\n",
    "a row number": "\n".join(["n,I", *(f"{n},{one}" for n, one in enumerate(CASES, 1))]),
    "a date, another separator": "\n".join(["date;cases", *(f"2020/01/{n:02d};{x}" for n, x in enumerate(CASES, 1))]),
    "newest first": "\n".join(["date,I", *(f"2020-01-{n:02d},{x}" for n, x in reversed(list(enumerate(CASES, 1))))]),
    "days without a row": "\n".join(["date,I", *(f"2020-01-{n:02d},{x}" for n, x in enumerate(CASES, 1) if x)]),
    "local and imported": "\n".join(["local,imported", *(f"{x},0" for x in CASES)]),
    "Chinese": "\n".join(["日期,病例数", *(f"2020年1月{n}日,{x}" for n, x in enumerate(CASES, 1))]),
    "an empty cell": column("I").replace("\n0\n", "\nNA\n"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_every_shape_of_the_same_counts_gives_the_same_estimates(tmp_path, shape, encoding):
    said = run(tmp_path, SHAPES[shape], encoding=encoding)

    assert said.exit_code == 0, said.stderr
    table = pl.read_csv(io.StringIO(said.stdout))
    assert table.columns == ["t_start", "t_end", "mean", "sd", "q2.5", "median", "q97.5"]
    assert table.height == len(CASES) - 7
    assert table["mean"][0] == pytest.approx(FIRST, abs=5e-7)


WRONG = {
    "negative": ("I\n1\n-2\n3\n", 'row 3, column "I": "-2" is no count'),
    "broken": ("I\n1\n2.5\n3\n", '"2.5" is no count'),
    "a broken number with a comma": ('I\n1\n"1,5"\n3\n', '"1,5" is no count'),
    "a day nobody can read": (
        "date,I\n2020-01-01,1\nsoon,2\n2020-01-03,2\n",
        'row 3, column "date": "soon" is no date',
    ),
    "a word": ("I\n1\nmany\n3\n", '"many" is no count'),
    "one day twice": ("date,I\n2020-01-01,1\n2020-01-01,2\n", "2020-01-01 stands in row 2 already"),
    "too short": ("I\n1\n2\n3\n", "needs at least 8 days"),
    "nothing": ("", "is empty"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_its_place(tmp_path, name):
    said = run(tmp_path, WRONG[name][0])
    assert said.exit_code == 1
    assert WRONG[name][1] in said.stderr


@pytest.mark.parametrize(
    "text", ["si\n0\n0.25\n0.5\n0.25\n", "day,p\n0,0\n1,.25\n2,.5\n3,.25\n", "k;w\n1;.25\n2;.5\n3;.25\n"]
)
def test_the_serial_interval_comes_from_a_file(tmp_path, text):
    (tmp_path / "s.csv").write_text(text)
    said = run(tmp_path, column("I"), "--si", str(tmp_path / "s.csv"), "--window", "3")

    assert said.exit_code == 0, said.stderr
    # Days 2 to 4: cases 1, 0, 2; infectivity 0.25, 0.75, 0.75: (1 + 3) / (1 / 5 + 1.75)
    assert pl.read_csv(io.StringIO(said.stdout))["mean"][0] == pytest.approx(4 / 1.95)


def test_several_series_are_told_apart(tmp_path):
    rows = ["county,I", *(f"{name},{x}" for name in "ab" for x in CASES)]
    said = run(tmp_path, "\n".join(rows), "--si-mean", "2.6", "--si-sd", "1.5", "--by", "county")

    assert said.exit_code == 0, said.stderr
    table = pl.read_csv(io.StringIO(said.stdout))
    assert table.group_by("county", maintain_order=True).first()["mean"].to_list() == pytest.approx(
        [FIRST] * 2, abs=5e-7
    )


def test_a_window_without_estimate_is_an_empty_cell(tmp_path):
    said = run(tmp_path, column("I"), "--si-mean", "10.2", "--si-sd", "2")
    assert said.exit_code == 0
    assert said.stdout.splitlines()[1] == "2,8,,,,,"
    assert "3 without an estimate" in said.stderr
