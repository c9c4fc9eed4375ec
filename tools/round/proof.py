"""What the database holds against what the stations wrote down: with the product's own counts, and past them."""

from rich.console import Console
from tools.round.city import Made
from tools.round.sealing import Written

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Box, Sample, SealedBatch, Station, Tube
from shali.testing.queries.balance import balance


def check(made: Made, written: list[Written], console: Console) -> None:
    """Say that everything lies here once.

    :raises SystemExit: something was lost, came twice, or a station's hash is not its own
    """
    scope = system_scope("round")
    counted = balance(scope, made.row)
    with in_scope(scope):
        kept = sum(SealedBatch.objects.values_list("n", flat=True))
        done = [
            sum(one) for one in zip(*SealedBatch.objects.values_list("accepted", "duplicate", "parked"), strict=True)
        ]
        samples = Sample.objects.filter(unbound_at=None)
        held, people = samples.count(), samples.values("person").distinct().count()
        members = sum(Tube.objects.values_list("members", flat=True))
        boxes = Box.objects.count()
        boxed = Tube.objects.exclude(box=None).count()
        here = {one.public_id: (one.last_seq, bytes(one.chain).hex()) for one in Station.objects.all()}
    events, swabs = sum(one.events for one in written), sum(one.swabs for one in written)
    tubes, made_boxes = sum(one.tubes for one in written), sum(one.boxes for one in written)
    wrong = {
        "events": (events, kept),
        "events done": ([events, 0, 0], done),
        "samples": (swabs, held),
        "people": (made.people, people),
        "roster": ((made.people, made.people, 0), (counted.roster, counted.sampled, counted.not_sampled)),
        "people in tubes": (made.people, counted.people_in_tubes),
        "members of tubes": (swabs, members),
        "tubes": ((tubes, tubes), (counted.tubes, boxed)),
        "boxes": (made_boxes, boxes),
        "stations": ({one.station: (one.events, one.chain) for one in written}, here),
    }
    differ = [name for name, (wanted, found) in wrong.items() if wanted != found]
    if differ:
        said = "; ".join(f"{name}: {wrong[name][0]} written, {wrong[name][1]} here" for name in differ)
        raise SystemExit(f"Something was lost, or came twice: {said[:2_000]}")
    console.print(
        f"{made.people:,} people on the roster = {held:,} samples = {members:,} members of {tubes:,} tubes in "
        f"{boxes:,} boxes; {events:,} events of {len(written):,} stations written = kept = done, each station's hash "
        "its own: 0 lost, 0 twice, 0 parked."
    )
