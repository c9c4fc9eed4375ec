"""The register that `make bench` puts under seal: no plain value lies in its folder, and it links as the open one does."""

import subprocess
import sys
from pathlib import Path

import polars as pl

BENCH = Path(__file__).resolve().parents[5] / "tools" / "bench" / "linkage"
SURNAMES, GIVEN, ESTATES = "赵钱孙李周吴郑王", "甲乙丙丁戊己庚辛", ("听雨苑", "桂苑", "白桦里")


def program(name: str, *given: Path | str) -> None:
    done = subprocess.run([sys.executable, BENCH / name, *given], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def person(n: int) -> dict[str, str]:
    """Return somebody invented: no division is called 990000."""
    birth = f"19{60 + n % 40}-{1 + n % 12:02d}-{1 + n % 28:02d}"
    return {
        "id": str(n),
        "name": SURNAMES[n % 8] + GIVEN[n // 8 % 8] + GIVEN[n // 64 % 8],
        "birth": birth,
        "number": f"990000{birth.replace('-', '')}{n:03d}X",
        "phone": f"139{n:08d}",
        "phone2": f"138{n:08d}" if n % 3 else "",
        "address": f"某市某街{ESTATES[n % 3]}{1 + n % 9}号楼{1 + n % 6}0{1 + n % 4}",
    }


def test_a_register_under_seal_shows_nothing_and_links_as_in_the_clear(tmp_path: Path) -> None:
    register, asked = tmp_path / "register.csv", tmp_path / "list.csv"
    pl.DataFrame([person(n) for n in range(300)]).write_csv(register)
    # A list of some of them, each with something left out, and of some whom the register has not.
    known = [person(n) | {("number", "phone", "address")[n % 3]: ""} for n in range(0, 300, 4)]
    pl.DataFrame([*known, *(person(n) for n in range(400, 420))]).drop("phone2").write_csv(asked)
    sealed = tmp_path / "sealed"

    program("seal.py", asked, register, sealed)
    program("ours.py", asked, register, tmp_path / "clear.parquet", "city")
    program("ours.py", asked, register, tmp_path / "dark.parquet", "city", sealed)

    clear, dark = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("clear", "dark"))
    assert clear.equals(dark)
    assert len(clear) >= len(known)
    held = b"".join(path.read_bytes() for path in sealed.rglob("*") if path.is_file())
    assert len(held) > 300 * 5 * 28
    for one in (person(4), person(131)):
        for value in one.values():
            assert len(value) < 3 or value.encode() not in held
