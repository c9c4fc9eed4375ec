"""What the tests of this folder start and kill: a process of its own over the test's database."""

import os
import sys
from datetime import datetime


def main(what: str, argument: str) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shali.config.settings"
    django.setup()
    {
        "reveal": reveal_for_ever,
        "export": export_for_ever,
        "settle": settle_in_small_steps,
        "inbox": empty_inbox,
    }[what](argument)


def reveal_for_ever(post: str) -> None:
    """Show one person after another; whatever is printed was shown, after its transaction ended."""
    from itertools import cycle

    from shali.foundation.accounts.middleware import scope_of
    from shali.foundation.accounts.models import Post
    from shali.foundation.clocks import now
    from shali.foundation.jurisdictions.scope import in_scope
    from shali.foundation.people.models import Person
    from shali.foundation.people.services.reveal import reveal

    scope = scope_of(Post.objects.get(pk=int(post)))
    with in_scope(scope):
        people = list(Person.objects.order_by("id").values_list("public_id", flat=True))
    for person in cycle(people):
        with in_scope(scope):
            shown = reveal(scope=scope, person=person, fields=["name"], purpose="contact_person", at=now())
        print(shown.record, dict(shown.values)["name"][0], flush=True)


def export_for_ever(batch: str) -> None:
    """Write a batch's rejected rows as a workbook, again and again; a line is printed for each that was handed out."""
    from shali.foundation.clocks import now
    from shali.foundation.intake.services.rejected import rejected_workbook
    from shali.foundation.jurisdictions.scope import in_scope, system_scope

    scope = system_scope("test")
    while True:
        with in_scope(scope):
            made = rejected_workbook(scope=scope, batch=batch, by=scope.name, at=now())
        print(len(made.content.read()), flush=True)


def empty_inbox(_argument: str) -> None:
    """Open what stations sent, a batch to a transaction, for ever."""
    import time

    from shali.foundation.clocks import now
    from shali.foundation.vault.outbox import Opener
    from shali.testing.services.processing import process_inbox

    opener = Opener()
    print("begins", flush=True)
    while True:
        if not process_inbox(opener=opener, at=now(), batches=1):
            time.sleep(0.01)


def settle_in_small_steps(batch: str) -> None:
    from shali.foundation.intake.services import settle

    settle.CHUNK = 100
    print("begins", flush=True)
    settle.settle_batch(batch=int(batch), at=datetime.fromisoformat("2022-08-10T01:30:00+00:00"))
    print("ends", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
