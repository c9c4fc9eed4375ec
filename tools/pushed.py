"""`make pushed`: a list of 100,000 rows from its file to open tasks, on this installation, as the command does it.

Two thirds of the rows mean residents of the installation, some of them damaged as lists are; the others are new. Run it
after `make city`: against few residents the figure says nothing.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import orjson
import psutil
import xlsxwriter
from rich.console import Console
from rich.table import Table

from shali.config.cli.installation import installation

ROWS, KNOWN = 100_000, 0.65
# A look at what each process holds walks all of its pages: twice a second it took a tenth of the machine.
SECONDS_BETWEEN = 3.0
HEADINGS = ("序号", "姓名", "性别", "身份证号", "联系电话", "现住址", "到过地点")
Line = tuple[str, str, str, str, str]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=ROWS)
    options.add_argument("--seed", type=int, default=int(time.time()), help="another seed, other people")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, installation(role="owner"):
        from django.db import connection

        from shali.config.database import database_url
        from shali.foundation.clocks import now

        path = Path(folder) / "list.xlsx"
        residents = _write(path, chosen.rows, chosen.seed)
        hour = (now() - timedelta(minutes=10)).isoformat()
        began = time.monotonic()
        command = subprocess.Popen(
            [
                *(str(Path(sys.executable).parent / "shali"), "lists", "receive", str(path), "--here"),
                *("--channel", "provincial_big_data", "--handed-over", hour),
            ],
            stdout=subprocess.PIPE,
            env=os.environ | {"DATABASE_URL": str(database_url())},
        )
        memory = _most_memory(command.pid)
        said = orjson.loads(command.communicate()[0])
        seconds = time.monotonic() - began
        with connection.cursor() as cursor:
            cursor.execute("select set_config('shali.scope', '4111', false)")
            cursor.execute(
                "select count(*) from verification_listentry e"
                " join verification_pushedlist l on l.id = e.pushed_list_id"
                " join intake_batch b on b.id = l.batch_id"
                " join tasks_task t on t.id = e.task_id"
                " where b.public_id = %s and t.state <> 3",
                [said["file"]],
            )
            (tasks,) = cursor.fetchone() or (0,)
    _show(said["rows"], residents=residents, tasks=tasks, seconds=seconds, memory=memory)


def _most_memory(pid: int) -> dict[str, int]:
    """Return the most that the command with its reader, and PostgreSQL's processes, held until the command ended: MB.

    Each page is counted once: what the server's processes share is shared out among them.
    """
    command, most = psutil.Process(pid), {"program": 0, "PostgreSQL": 0}
    while command.is_running() and command.status() != psutil.STATUS_ZOMBIE:
        with suppress(psutil.NoSuchProcess):
            family = [command, *command.children(recursive=True)]
            servers = [one for one in psutil.process_iter(["name"]) if one.info["name"].startswith("postgres")]
            for name, processes in (("program", family), ("PostgreSQL", servers)):
                held = sum(one.memory_full_info().pss for one in processes) >> 20
                most[name] = max(most[name], held)
        time.sleep(SECONDS_BETWEEN)
    return most


def _write(path: Path, rows: int, seed: int) -> int:
    """Write the workbook; return how many residents it was drawn from."""
    from django.conf import settings

    from shali.foundation.jurisdictions.scope import in_scope, system_scope
    from shali.foundation.people.models import Person
    from shali.foundation.people.services.identify import opened

    draw = random.Random(seed)
    with in_scope(system_scope("bench", settings.CITY)):
        newest = Person.objects.order_by("-id").values_list("id", flat=True)[0]
        residents = Person.objects.count()
        wanted = sorted({draw.randrange(1, newest + 1) for _ in range(int(rows * KNOWN))})
        people = opened(wanted)
    lines = [_known(one.claim, draw) for one in people.values()]
    lines += [_stranger(draw) for _ in range(rows - len(lines))]
    draw.shuffle(lines)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, HEADINGS)
        for number, line in enumerate(lines, 1):
            sheet.write_row(number, 0, [number, *line, "例子商场"])
    return residents


def _known(claim: object, draw: random.Random) -> Line:
    from shali.foundation.people.services.identify import Claim

    assert isinstance(claim, Claim)
    number = claim.documents[0].number if claim.documents else ""
    damage = draw.random()
    if damage < 0.03:
        number = ""
    elif damage < 0.06 and len(number) == 18:
        place = draw.randrange(14, 17)
        number = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    phone = claim.phones[0] if claim.phones and draw.random() > 0.1 else f"141{draw.randrange(10**8):08d}"
    sex = {"male": "男", "female": "女"}.get(claim.sex or "", "")
    return claim.name or "", sex, number, phone, claim.address or ""


def _stranger(draw: random.Random) -> Line:
    from shali.foundation.intake.tests.reading.workbooks import id_number

    born = f"{draw.randrange(1940, 2015)}{draw.randrange(1, 13):02d}{draw.randrange(1, 29):02d}"
    number = id_number(draw.randrange(1000), born=born, area="411190")
    name = draw.choice("赵钱孙李周吴郑王") + "".join(chr(0x4E00 + draw.randrange(3000)) for _ in range(2))
    return name, draw.choice("男女"), number, f"142{draw.randrange(10**8):08d}", f"源汇区例子路{draw.randrange(900)}号"


def _show(rows: dict[str, int], *, residents: int, tasks: int, seconds: float, memory: dict[str, int]) -> None:
    table = Table(title="a pushed list, from its file to open tasks; sealed fields and row-level security on")
    for name in ("residents", "rows", "open tasks", "seconds", "rows a second", "program MB", "PostgreSQL MB"):
        table.add_column(name, justify="right")
    counts = (f"{n:,}" for n in (residents, rows["received"], tasks))
    held = (f"{n:,}" for n in memory.values())
    table.add_row(*counts, f"{seconds:.1f}", f"{rows['received'] / seconds:,.0f}", *held)
    Console(width=110).print(table)
    Console().print(rows)


if __name__ == "__main__":
    main()
