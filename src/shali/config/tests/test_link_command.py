"""`shali link`, as a stranger runs it on files of his own: in a process of its own, without Django and database."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

LEFT = "编号,姓名,电话,证件\n1,王伟,14012345678;14100000000,\n2,欧阳娜娜,8614112345678,411190199001010017\n3,李四,,\n"
RIGHT = "no,name,tel,tel2,id\na,王玮,,14012345678,\nb,歐阳娜娜,14112345678,,411190199001010017\nc,张三,14212345678,,\n"


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "shali"), "link", *map(str, arguments)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": "postgres://nobody@nowhere:1/none", "COLUMNS": "200"},
        capture_output=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "left.csv").write_bytes(LEFT.encode("gb18030"))
    (tmp_path / "right.csv").write_text(RIGHT, encoding="utf-8-sig")
    return tmp_path


def test_two_files_with_different_headings_and_encodings_are_matched(folder):
    asked = [
        "--id",
        "编号=no",
        "--name",
        "姓名=name",
        "--phone",
        "电话=tel",
        "--phone",
        "电话=tel2",
        "--document",
        "证件=id",
    ]
    done = run("left.csv", "right.csv", *asked, folder=folder)

    assert done.returncode == 0, done.stderr.decode()
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert list(rows[0]) == ["left", "right", "score", "decision", "reasons"]
    assert [(row["left"], row["right"], row["decision"]) for row in rows] == [
        ("1", "a", "same"),
        ("2", "b", "same"),
        ("3", "", "not listed"),
    ]
    assert rows[0]["reasons"] == "name: sounds the same; telephone: the same"
    assert b"2 same, 0 doubtful, 1 not listed" in done.stderr


def test_with_out_the_pairs_go_to_a_file_and_twice_the_same_bytes(folder):
    for name in ("one.csv", "two.csv"):
        done = run(
            "left.csv", "right.csv", "--name", "姓名=name", "--document", "证件=id", "--out", name, folder=folder
        )
        assert done.returncode == 0
        assert done.stdout == b""

    assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()
    assert (folder / "one.csv").read_text().splitlines()[2].startswith("2,2,")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("left.csv", "right.csv", "--name", "姓名"), 'right.csv has no column "姓名". Its columns are: no, name'),
        (("left.csv", "nowhere.csv", "--name", "name"), "There is no file nowhere.csv."),
        (("left.csv", "right.csv"), "there is nothing to compare"),
        (("empty.csv", "right.csv", "--name", "name"), "empty.csv is empty."),
        (("headings.csv", "right.csv", "--name", "name"), "has headings but no row"),
        (("picture.csv", "right.csv", "--name", "name"), "is not a text file"),
        (("twice.csv", "right.csv", "--name", "name"), 'twice.csv has more than one column "name"'),
        (("open.csv", "right.csv", "--name", "name"), "open.csv cannot be read as CSV"),
        (("left.csv", "right.csv", "--name", "姓名=name", "--out", "no/such/folder.csv"), "cannot be written"),
        (("left.csv", "right.csv", "--name", "姓名=name", "--same", "0.1"), "lies below --not-listed"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(folder, arguments, sentence):
    (folder / "empty.csv").write_text("")
    (folder / "headings.csv").write_text("name,tel\n")
    (folder / "picture.csv").write_bytes(b"\x89PNG\0\0\0")
    (folder / "twice.csv").write_text("name, name\na,b\n")
    (folder / "open.csv").write_text('id,name\n1,"a quote that nobody closes\n2,b\n')

    done = run(*arguments, folder=folder)

    assert done.returncode == 1
    assert sentence in done.stderr.decode()
    assert len(done.stderr.decode().strip().splitlines()) == 1


ODD_LEFT = """id,name,phone,dob,address,doc
1,王伟,N/A,未知,不详,无
2,李娜,N/A,未知,不详,无
3,Na Li,138,1990-01-01,"a ""quoted"", place
second line",X1
4,张三,13800000001,19900101,某街1号,411190199001010017,more,cells
5,赵六
"""
ODD_RIGHT = """id,name,phone,dob,address,doc
a,陈一,n/a,未知,不详,无
b,李娜,NULL,unknown,-,none
c,Li Na,138,1990/1/1,"a ""quoted"", place
second line",x1
d,张三,138 0000 0001,1990-01-01,某街1号,411190199001010017
e,赵六,,,,
"""
ALL = (
    "--id",
    "id",
    "--name",
    "name",
    "--phone",
    "phone",
    "--birth",
    "dob",
    "--address",
    "address",
    "--document",
    "doc",
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_files_as_they_come_are_read_whole_and_fillers_agree_in_nothing(folder, encoding, line_end):
    for name, text in (("l.csv", ODD_LEFT), ("r.csv", ODD_RIGHT)):
        (folder / name).write_bytes(text.replace("\n", line_end).encode(encoding))

    done = run("l.csv", "r.csv", *ALL, folder=folder)

    assert done.returncode == 0, done.stderr.decode()
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [(row["left"], row["right"], row["decision"]) for row in rows] == [
        ("1", "", "not listed"),
        ("2", "b", "same"),
        ("3", "c", "same"),
        ("4", "d", "same"),
        ("5", "e", "same"),
    ]
    assert rows[1]["reasons"] == "name: the same"
    assert "document number: the same" in rows[2]["reasons"]
    assert "l.csv: 1 rows have cells beyond the last heading, which are left out: rows 5" in done.stderr.decode()


def test_who_shares_all_with_too_many_is_said_to_be_that_and_not_alone(folder):
    crowd = "id,name,phone\n" + "".join(f"{n},同名,14400000000\n" for n in range(200))
    (folder / "crowd.csv").write_text(crowd)
    (folder / "one.csv").write_text("id,name,phone\n1,同名,14400000000\n2,独名,14400000009\n")

    done = run("one.csv", "crowd.csv", "--id", "id", "--name", "name", "--phone", "phone", folder=folder)

    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [row["reasons"] for row in rows] == [
        "too many share what it says to tell them apart",
        "nobody there is alike",
    ]


def test_the_reasons_are_said_in_chinese_for_whoever_asks(folder):
    asked = ["--name", "姓名=name", "--phone", "电话=tel", "--phone", "电话=tel2", "--language", "zh"]
    done = run("left.csv", "right.csv", *asked, folder=folder)

    assert done.returncode == 0, done.stderr.decode()
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert rows[0]["decision"] == "same"
    assert rows[0]["reasons"] == "姓名：读音相同；电话：相同"


def test_a_single_record_against_itself_is_found_without_a_word_of_warning(folder):
    (folder / "one.csv").write_text("name\n王伟\n")

    done = run("one.csv", "one.csv", "--name", "name", folder=folder)

    assert done.stdout.decode().splitlines()[1].startswith("1,1,")
    assert done.stderr.decode().strip() == "1 same, 0 doubtful, 0 not listed"
