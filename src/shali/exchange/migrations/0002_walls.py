from django.db import migrations

from shali.foundation.jurisdictions.walls import path_wall


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0001_initial"),
        ("jurisdictions", "0002_scope_function"),
        ("journal", "0004_written_by"),
    ]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            path_wall("exchange_subscription"),
            path_wall("exchange_delivery"),
            # What happened before there was anybody to tell is not told afterwards.
            "insert into exchange_readupto (one, xid) values (true, pg_current_xact_id()::text::bigint)",
        )
    ]
