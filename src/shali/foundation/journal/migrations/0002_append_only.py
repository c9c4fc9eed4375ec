from django.db import migrations

from shali.foundation.jurisdictions.walls import append_only, path_wall


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial"), ("jurisdictions", "0002_scope_function")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            append_only("journal_fact"),
            append_only("journal_accessrecord"),
            append_only("journal_dayroot"),
            path_wall("journal_accessrecord"),
            "insert into journal_chainhead (one, record, hash) values (true, 0, decode(repeat('00', 32), 'hex'))",
        )
    ]
