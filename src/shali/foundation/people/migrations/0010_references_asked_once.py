from django.db import migrations

from shali.foundation.jurisdictions.references import asked_once, never_removed


class Migration(migrations.Migration):
    dependencies = [("people", "0009_fewer_entries_a_row"), ("jurisdictions", "0005_units_stay")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            never_removed("people_person"),
            asked_once("people_person", {"unit_id": "jurisdictions_unit"}),
            asked_once("people_document", {"person_id": "people_person"}),
            asked_once("people_phone", {"person_id": "people_person"}),
            asked_once("people_address", {"person_id": "people_person", "unit_id": "jurisdictions_unit"}),
            asked_once("people_key", {"person_id": "people_person"}),
            # A changed key would move to another part, past what is asked of a part's rows.
            "create trigger people_key_stays before update on people_key"
            " for each row execute function refuse_removal()",
            asked_once("people_sight", {"person_id": "people_person"}),
        )
    ]
