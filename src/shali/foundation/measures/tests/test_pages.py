"""The pages of measures: the desk, a record, propose, decide, serve, the order."""

from django.test import Client
from django.utils import timezone

from shali.foundation.measures.models import Measure
from shali.foundation.people.models import Person

from .conftest import Town


def client(town: Town, name: str) -> Client:
    made = Client(headers={"accept-language": "zh-hans"})
    made.force_login(town.city.posts[name].user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_from_the_proposal_to_the_order(town: Town) -> None:
    person = Person.objects.get(pk=town.people[0])
    start = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    county, lead, worker = (client(town, name) for name in ("county", "lead", "first"))

    form = county.get(f"/measures/propose/{person.public_id}/")
    assert "集中隔离医学观察" in form.content.decode()
    given = {
        "kind": "central_isolation", "starts_at": start, "origin_kind": "contact", "origin_id": "c-7",
        "evidence": "investigation", "evidence_ref": "流调-7",
    }  # fmt: skip
    wrong = county.post(f"/measures/propose/{person.public_id}/", given | {"kind": "health_code_red"})
    assert wrong.status_code == 422
    assert county.post(f"/measures/propose/{person.public_id}/", given).status_code == 302
    row = Measure.objects.get()
    page = f"/measures/{row.public_id}/"

    assert "乌**" in lead.get("/measures/").content.decode()
    assert "乌有0" not in lead.get(page).content.decode()
    assert "工作人员依据密切接触者（c-7）提出集中隔离医学观察" in lead.get(page).content.decode()
    assert worker.post(f"{page}decide/", {"answer": "approve"}).status_code == 403
    assert lead.post("/measures/many/", {"measure": row.public_id, "answer": "approve"}).status_code == 302
    assert worker.post(f"{page}serve/", {"how": "in_person"}).status_code == 302
    order = worker.post(f"{page}order/", {"form": "pdf", "purpose": "contact_person"})
    assert order.content.startswith(b"%PDF")
    assert "乌有" not in order["Content-Disposition"]
    assert worker.post(f"{page}appeal/", {"way": "paper", "grounds": "不在现场"}).status_code == 302
    assert "不在现场" in lead.get(page).content.decode()
    for which in ("proposed", "in_force", "expiring", "not_served", "appeals", "ended"):
        assert lead.get(f"/measures/?which={which}").status_code == 200


def test_another_county_finds_no_page(town: Town) -> None:
    new = town.proposed(town.people[0])

    assert client(town, "other_county").get(f"/measures/{new.public_id}/").status_code == 404


def test_an_area_is_closed_by_proposal_and_decision_and_its_notice_downloaded(town: Town) -> None:
    area = town.city.first
    page = f"/measures/areas/{area.path}/propose/"
    given = {
        "kind": "area_closed", "origin_kind": "exposure", "origin_id": "e-1", "evidence": "investigation",
        "evidence_ref": "流调2022-1", "starts_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    duty, lead, stranger = (client(town, name) for name in ("city", "lead", "other_county"))

    assert f'href="{page}"' in duty.get(f"/measures/areas/{town.city.township.path}/propose/").content.decode()
    assert "区域封闭管理" in duty.get(page).content.decode()
    assert "集中隔离医学观察" not in duty.get(page).content.decode()
    assert stranger.get(page).status_code == stranger.post(page, given).status_code == 404
    made = duty.post(page, given)
    assert duty.post(f"{made['Location']}order/", {"form": "pdf"}).status_code == 409
    assert lead.post(f"{made['Location']}decide/", {"answer": "approve"}).status_code == 302
    assert duty.post(f"{made['Location']}order/", {"form": "pdf"}).content.startswith(b"%PDF")

    assert (Measure.objects.get().area_id, Measure.objects.get().person_id) == (area.pk, None)
