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
