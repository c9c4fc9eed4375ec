"""Stations that sync while server processes are killed and answers are lost: nothing lost, nothing twice.

`make survive` kills far more often (SHALI_KILLS). Where idempotency is switched off the same harness has to complain.
"""

import base64
import contextlib
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import orjson
import psutil
import pytest
from django.db import connection

from shali.config.demo.device import Device
from shali.config.running import free_port
from shali.config.testing.live import Live
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Sample, SealedBatch, Station, Tube, Waiting
from shali.testing.services.ingest import Ack
from shali.testing.tests.desk import OPENER, number_of, open_round

KILLS = max(2, int(os.environ.get("SHALI_KILLS", "4")))
DEVICES, PEOPLE, LOSES = 6, 240, 0.3
WORKER_KILLS = 2
WORKER = Path(__file__).with_name("worker.py")


@dataclass
class Sync:
    """A station's way to the server, on which answers are lost and connections cut."""

    port: int
    device: Device
    dice: random.Random
    lost: int = 0
    errors: list[str] = field(default_factory=list)

    def once(self) -> None:
        first = self.device.acknowledged + 1
        last = min(len(self.device.outbox), first + self.dice.randint(5, 40))
        sent = self.device.batch(now(), first, last)
        said = f"{sent.first_seq}|{sent.n}|{sent.sent_ms}|{sent.captured}|{sent.on_paper}"
        headers = {
            "X-Station": sent.station,
            "X-Said": said,
            "X-Signature": base64.b64encode(sent.signature).decode(),
            "Content-Type": "application/json",
        }
        with contextlib.suppress(OSError, http.client.HTTPException):
            door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            door.request("POST", "/station/batches/", sent.body, headers)
            if self.dice.random() < LOSES:
                self.lost += 1
                door.close()  # the answer is on its way, and nobody hears it
                return
            answer = door.getresponse()
            body = answer.read()
            if answer.status == 200:
                self.device.acknowledged = Ack(**orjson.loads(body)).up_to
            elif answer.status >= 500 and answer.status != 503:
                self.errors.append(f"{answer.status}")

    def until_done(self, stop: threading.Event) -> None:
        while self.device.acknowledged < len(self.device.outbox) and not stop.is_set():
            self.once()
            time.sleep(self.dice.uniform(0, 0.02))


def test_nothing_is_lost_or_twice_over_kills_and_lost_answers(live: Live) -> None:
    devices, kills, lost, errors = _play(live, kills=KILLS)

    found = _recount(devices)
    assert not errors
    assert found == {"lost": 0, "twice": 0}, f"{kills} kills, {lost} lost answers: {found}"
    print(f"{kills} kills, {lost} lost answers, {PEOPLE} people: 0 lost, 0 twice")


@pytest.mark.skipif("SHALI_KILLS" not in os.environ, reason="minutes, for dead jobs are waited for: make survive")
def test_the_inbox_is_emptied_by_the_next_worker_however_often_one_is_killed(live: Live) -> None:
    """The product's own worker with its schedule: one that dies over the inbox leaves a job that nobody ends."""
    from shali.config.start.programs import worker

    devices, *_rest = _play(live, kills=0, is_processed=False)
    dice, program, killed = random.Random(3), worker(), 0
    dead: set[tuple[int, int]] = set()
    while killed < WORKER_KILLS:
        process = subprocess.Popen(
            program.command,
            env=live.environment | program.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _until(partial(_has_begun_besides, dead), seconds=150)
        time.sleep(dice.uniform(0, 0.02))
        process.kill()
        process.wait()
        killed, dead = killed + 1, dead | _begun()
    process = subprocess.Popen(
        program.command,
        env=live.environment | program.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until(lambda: not _is_waiting(), seconds=240)
    finally:
        process.kill()
        process.wait()

    assert dead, "No worker died over the inbox: the kills came too late."
    assert _recount(devices) == {"lost": 0, "twice": 0}
    print(f"{killed} workers killed, {len(dead)} jobs left behind: the inbox is empty, 0 lost, 0 twice")


def _begun() -> set[tuple[int, int]]:
    """Return the jobs over the inbox that somebody has begun and not ended, and at which attempt."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, attempts from procrastinate_jobs where status = 'doing' and task_name like %s", ["%empty_inbox"]
        )
        return {(int(job), int(attempt)) for job, attempt in cursor.fetchall()}


def _has_begun_besides(dead: set[tuple[int, int]]) -> bool:
    return bool(_begun() - dead)


def _is_waiting() -> bool:
    with in_scope(system_scope("test")):
        return Waiting.objects.exists()


def _until(what: Callable[[], bool], *, seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while not what():
        if time.monotonic() > give_up:
            pytest.fail(f"It was not so after {seconds:.0f} s.")
        time.sleep(0.02)


def test_the_harness_complains_where_idempotency_is_switched_off(live: Live) -> None:
    with connection.cursor() as cursor:
        for name, check in (
            ("testing_keep_batches", " and t.last_seq = first[i] - 1 and t.chain = before[i]"),
            ("testing_chain_before", " and t.last_seq = first - 1"),
        ):
            cursor.execute("select pg_get_functiondef(oid) from pg_proc where proname = %s", [name])
            (source,) = cursor.fetchone()
            assert check in source
            cursor.execute(source.replace(check, ""))
        cursor.execute("drop index testing_sealedbatch_once")

    devices, _kills, _lost, _errors = _play(live, kills=2, is_processed=False)

    with in_scope(system_scope("test")):
        kept = sum(SealedBatch.objects.values_list("n", flat=True))
    assert kept > sum(len(one.outbox) for one in devices)


def _play(live: Live, *, kills: int, is_processed: bool = True) -> tuple[list[Device], int, int, list[str]]:
    """Let stations sync while web processes and the worker of the inbox are killed; return what happened."""
    from shali.config.start.programs import web_server

    desk = open_round(PEOPLE)
    devices = [desk.device(1 + n % 3) for n in range(DEVICES)]
    _write(devices)
    port = free_port()
    server = subprocess.Popen(
        web_server("127.0.0.1", port, 2).command,
        env=live.environment | {"SHALI_DB_ROLE": "web", "SHALI_DB_POOL": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stop, dice = threading.Event(), random.Random(7)
    syncs = [Sync(port, one, random.Random(n)) for n, one in enumerate(devices)]
    threads = [threading.Thread(target=one.until_done, args=[stop], daemon=True) for one in syncs]
    try:
        _wait(port)
        for thread in threads:
            thread.start()
        done = _kill(server.pid, live, kills, dice, is_processed=is_processed)
        give_up = time.monotonic() + 120
        while any(thread.is_alive() for thread in threads) and time.monotonic() < give_up:
            time.sleep(0.1)
    finally:
        stop.set()
        _stop(server)
    if is_processed:
        _work_off()
    return devices, done, sum(one.lost for one in syncs), [said for one in syncs for said in one.errors]


def _write(devices: list[Device]) -> None:
    at, place = now(), 0
    for n, device in enumerate(devices):
        for tube in range(PEOPLE // DEVICES // 10):
            for _person in range(10):
                device.swab(at, f"K{n}-{tube}", number_of(place), size=10)
                place += 1
            device.write(at, k="seal", tube=f"K{n}-{tube}", n=10)


def _kill(server: int, live: Live, kills: int, dice: random.Random, *, is_processed: bool) -> int:
    """Kill a web process, or the worker over its inbox, at some moment; as often as asked."""
    done = 0
    for turn in range(kills):
        worker = None
        if is_processed and turn % 2:
            worker = subprocess.Popen(
                [sys.executable, str(WORKER), "inbox", "-"],
                env=live.environment | {"SHALI_DB_ROLE": "worker"},
                stdout=subprocess.PIPE,
                text=True,
            )
            assert worker.stdout is not None
            worker.stdout.readline()
        time.sleep(dice.uniform(0.02, 0.4))
        if worker is not None:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            done += 1
            continue
        children = psutil.Process(server).children()
        if children:
            with contextlib.suppress(psutil.NoSuchProcess):
                dice.choice(children).send_signal(signal.SIGKILL)
                done += 1
    return done


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """Stop the server; what was killed in the middle of its work may not hear that it is asked to."""
    children = psutil.Process(server.pid).children(recursive=True)
    server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(timeout=10)
    server.kill()
    for process in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    server.wait(timeout=10)


def _wait(port: int) -> None:
    give_up = time.monotonic() + 150
    while time.monotonic() < give_up:
        with contextlib.suppress(OSError, http.client.HTTPException):
            door = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            door.request("GET", "/health/live")
            door.getresponse().read()
            return
        time.sleep(0.2)
    pytest.fail("The server did not answer.")


def _work_off() -> None:
    from shali.testing.services.processing import process_inbox

    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        while process_inbox(opener=OPENER, at=now()):
            pass
        with in_scope(system_scope("test")):
            if not Waiting.objects.exists():
                return
        time.sleep(0.2)


def _recount(devices: list[Device]) -> dict[str, int]:
    """Count from what the devices wrote, not from the application's own figures."""
    written = {one["e"] for device in devices for one in device.outbox}
    with in_scope(system_scope("test")):
        kept = sum(SealedBatch.objects.values_list("n", flat=True))
        samples = [str(event) for event in Sample.objects.values_list("event", flat=True)]
        tubes = sum(Tube.objects.values_list("members", flat=True))
        chains = {one.public_id: bytes(one.chain).hex() for one in Station.objects.exclude(verify_key=None)}
    for device in devices:
        assert chains[device.public_id] == device.chain()
    swabs = PEOPLE
    lost = max(0, len(written) - kept) + max(0, swabs - len(samples)) + len(set(samples) - written)
    twice = max(0, kept - len(written)) + (len(samples) - len(set(samples))) + max(0, tubes - swabs)
    return {"lost": lost, "twice": twice}
