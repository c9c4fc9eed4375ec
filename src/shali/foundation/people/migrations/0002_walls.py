from django.db import migrations

from shali.foundation.jurisdictions.walls import append_only, path_wall, wall

# A unit sees those who live in it, and those whom an open task of its own concerns (need-to-know).
SEEN = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (
    select from people_sight s
    where s.person_id = people_person.id and (s.ends_at is null or s.ends_at > now())
      and s.path >= shali_scope() and s.path < shali_scope() || '/'
  )
"""
OF_A_SEEN_PERSON = "exists (select from people_person p where p.id = person_id)"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("jurisdictions", "0002_scope_function")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            path_wall("people_sight"),
            wall("people_person", SEEN),
            wall("people_document", OF_A_SEEN_PERSON),
            wall("people_phone", OF_A_SEEN_PERSON),
            wall("people_address", OF_A_SEEN_PERSON),
            path_wall("people_merge"),
            append_only("people_mergemove"),
        )
    ]
