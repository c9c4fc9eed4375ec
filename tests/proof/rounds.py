"""What mass testing keeps of one unit: a round with a point, a device, a tube, a box, a laboratory and its results."""

import os
from datetime import datetime, timedelta
from uuid import uuid4

from shali.foundation.accounts.models import Post
from shali.foundation.intake.models import Batch
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.services.enrol import NewPerson, enrol_people
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.vault.sealing import seal
from shali.staffing.models import Call, CallUp, Shift, Training, Worker
from shali.staffing.models.own_page import own_page_of
from shali.staffing.queries.calls import own_address
from shali.testing.models import (
    Box,
    Cover,
    Expected,
    Group,
    GroupFile,
    GroupMember,
    GroupTime,
    GuestAnswer,
    HomeVisit,
    Laboratory,
    Parked,
    Position,
    Recall,
    Result,
    ResultFile,
    Round,
    RoundArea,
    Sample,
    SealedBatch,
    Site,
    SitePlan,
    Station,
    TakenBack,
    Tour,
    Tube,
    Zone,
)
from shali.testing.services.marks import new_mark_key

BY = "system:test"


def plant_round(unit: Unit, post: Post, person: int, at: datetime) -> dict[str, str]:
    """Plant one of everything that mass testing keeps; return it by the URL parameter that stands for it."""
    made = _round(unit, at)
    site = Site.objects.create(
        round=made, path=unit.path, unit=unit, name="某点", opens_at=at, closes_at=at + timedelta(hours=9), pool_size=10
    )
    Cover.objects.create(round=made, site=site, path=unit.path)
    Cover.objects.create(round=made, site=site, path=unit.path, place="某小区", people=90)
    station = Station.objects.create(
        round=made, site=site, path=unit.path, table=1, code_blind=os.urandom(16), code_expires_at=at, made_at=at,
        made_by=BY,
    )  # fmt: skip
    batch = SealedBatch.objects.create(
        station=station, path=unit.path, first_seq=1, n=1, digest=b"-", body=b"[]", received_at=at, sent_at=at,
        accepted=1, duplicate=0, parked=0, processed_at=at,
    )  # fmt: skip
    bench = Laboratory.objects.create(path=unit.path, unit=unit, name="某实验室", per_hour=9, made_at=at, made_by=BY)
    box = Box.objects.create(
        round=made, path=unit.path, site=site, code="B1", codes=["T1"], claimed=1, counted=1, sealed_at=at
    )
    tube = Tube.objects.create(
        round=made, path=unit.path, site=site, station=station, code="T1", size=10, members=1, state=2, box=box,
        first_at=at, sealed_at=at,
    )  # fmt: skip
    slip = uuid4()
    Sample.objects.create(
        event=slip, round=made, path=unit.path, tube=tube, person_id=person, station=station, batch=batch, seq=1,
        taken_at=at, how="reader",
    )  # fmt: skip
    line = Expected.objects.create(round=made, person_id=person, path=unit.path, standing=1, sampled_at=at)
    TakenBack.objects.create(
        line=line, path=unit.path, exempt="medical", exempt_by=BY, exempt_at=at, why="mistake", by=BY, at=at
    )
    (guest,) = enrol_people([NewPerson(name="乌有客", unit=unit.pk, path=unit.path)], source="station", at=at)
    came = Expected.objects.create(round=made, person_id=guest, path=unit.path, guest=True, standing=1, sampled_at=at)
    GuestAnswer.objects.create(path=unit.path, guest=came, decided_at=at, decided_by=BY)
    Recall.objects.create(round=made, person_id=person, path=unit.path, tube=tube, why="void", opened_at=at)
    parked = Parked.objects.create(
        round=made, path=unit.path, kind="box_count", station=station, batch=batch, seq=1, opened_at=at
    )
    file = ResultFile.objects.create(
        path=unit.path, laboratory=bench, digest=os.urandom(32), state="held", held_for=["over_capacity"], rows=1,
        received_at=at, received_by=BY,
    )  # fmt: skip
    result = Result.objects.create(
        file=file, path=unit.path, laboratory=bench, tube_code="T1", tube=tube, outcome=2, run="R1", plate="P1",
        well="A1", tested_at=at, state="waiting", why="correction", entered_at=at, entered_by=BY,
    )  # fmt: skip
    plan = SitePlan.objects.create(
        round=made, path=unit.path, letter="A", points=[["某小区", unit.path, 114.0, 33.6, 90]],
        candidates=[["某点", 114.0, 33.6, ""], ["乙点", 114.01, 33.6, ""]], sites=[0], served=[0], walk_m=1_125,
        capacity=900, cost=0, bound=0, seconds=0.1, made_at=at, made_by=BY,
    )  # fmt: skip
    group = Group.objects.create(path=unit.path, unit=unit, kind="school", name="某校", made_at=at, made_by=BY)
    GroupMember.objects.create(group=group, path=unit.path, person_id=person, joined_at=at)
    GroupFile.objects.create(group=group, path=unit.path, batch=Batch.objects.filter(path=unit.path)[0])
    GroupTime.objects.create(
        round=made, group=group, path=unit.path, starts_at=at, ends_at=at + timedelta(hours=1), set_at=at, set_by=BY
    )
    Zone.objects.create(round=made, path=unit.path, unit=unit, pool_size=1, set_at=at, set_by=BY)
    Position.objects.create(path=unit.path, name="某小区", longitude=114.0, latitude=33.6, set_at=at, set_by=BY)
    tour = Tour.objects.create(
        round=made, path=unit.path, site=site, teams=1, walks=[[1, 90, 8]], made_at=at, made_by=BY
    )
    (door,) = open_tasks(
        [NewTask("test_at_home", unit.pk, person, unit.path, at, at + timedelta(hours=12), "test_at_home@test")],
        by=BY, at=at,
    )  # fmt: skip
    HomeVisit.objects.create(tour=tour, path=unit.path, task_id=door.task, team=1, place=1, metres=45, known="estate")
    (row,) = next_ids("staffing_worker", count=1)
    worker = Worker.objects.create(
        pk=row, path=unit.path, unit=unit, name_sealed=seal("乌有", table="staffing_worker", column="name", row=row),
        kind="volunteer", entered_at=at, entered_by=BY, **own_page_of(row),
    )  # fmt: skip
    Training.objects.create(path=unit.path, worker=worker, until=at.date(), renewed_at=at, renewed_by=BY)
    shift = Shift.objects.create(
        path=unit.path, worker=worker, place=site.public_id, starts_at=at, ends_at=at + timedelta(hours=4),
        rested_at=at + timedelta(hours=12), entered_at=at, entered_by=BY,
    )  # fmt: skip
    called = CallUp.objects.create(
        path=unit.path, about=made.public_id, place=site.public_id, label="某点", kind="volunteer",
        starts_at=at + timedelta(days=2), ends_at=at + timedelta(days=2, hours=4), wanted=1,
        answer_by=at + timedelta(minutes=30), called_at=at, called_by=BY,
    )  # fmt: skip
    Call.objects.create(call_up=called, path=unit.path, worker=worker, asked_at=at, asked_by=BY)
    own_page = own_address(Scope(unit.path, BY), worker.public_id)
    return {
        "call_up": called.public_id,
        "worker": worker.public_id,
        "own_page": str(own_page),
        "shift": shift.public_id,
        "tour": tour.public_id,
        "site_plan": plan.public_id,
        "testing_round": made.public_id,
        "site": site.public_id,
        "station": station.public_id,
        "tube": tube.public_id,
        "parked": parked.public_id,
        "box": box.public_id,
        "result_file": file.public_id,
        "result": result.public_id,
        "slip": str(slip),
        "group": group.public_id,
    }


def _round(unit: Unit, at: datetime) -> Round:
    (number,) = next_ids("testing_round", count=1)
    made = Round.objects.create(
        pk=number, outbreak_id="luohe-2022", number=number, path=unit.path, unit=unit, starts_at=at,
        ends_at=at + timedelta(hours=12), people=1, planned_at=at, planned_by=BY,
        mark_key_sealed=new_mark_key(row=number), rule="tube_result@test",
    )  # fmt: skip
    RoundArea.objects.create(round=made, path=unit.path)
    Round.objects.filter(pk=number).update(state=2, opened_at=at, opened_by=BY)
    return made
