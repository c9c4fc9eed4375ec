from django.db import migrations


class Migration(migrations.Migration):
    """Which transaction wrote a fact, so that the journal can be followed without missing a late commit.

    Not a field of the model: Django knows no xid8, and nothing but the follower asks for it.
    """

    dependencies = [("journal", "0003_access_people")]
    operations = [
        migrations.RunSQL(
            "alter table journal_fact add column written_by xid8 not null default pg_current_xact_id()",
            "alter table journal_fact drop column written_by",
        ),
        migrations.RunSQL(
            "create index journal_fact_written on journal_fact (written_by)", "drop index journal_fact_written"
        ),
    ]
