from django.db import migrations

from shali.foundation.jurisdictions.references import asked_once, never_removed

# As in docs/adr/0015: each sum that a statement of the inbox adds to asked for its round and locked it, with two
# processes at once for each other as well; and each tube for its round, its point and its station.
OF_A_TUBE = {"round_id": "testing_round", "site_id": "testing_site", "station_id": "testing_station"}


class Migration(migrations.Migration):
    dependencies = [("testing", "0026_drawn_up_to")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            never_removed("testing_site"),
            asked_once("testing_roundtally", {"round_id": "testing_round"}),
            asked_once("testing_tube", OF_A_TUBE),
        )
    ]
