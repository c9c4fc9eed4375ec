"""Every column that holds a unit's path, and where it goes when that unit moves or closes."""

from shali.foundation.jurisdictions.moving import Common, Follows, History, Kept, Rule

PATHS: dict[str, Rule] = {
    "jurisdictions.unit.path": Follows(),
    "jurisdictions.unitchange.old_path": History(),
    "jurisdictions.department.path": Follows(),
    "accounts.post.path": Follows(unit="unit"),
    "journal.accessrecord.path": History(),  # who looked, and from where, is sealed in a chain
    "places.household.path": Follows(unit="unit"),
    "people.person.path": Follows(unit="unit"),
    "people.sight.path": Follows(taken_over=True, once=("person_id", "task")),
    "people.merge.path": Common((("kept__path",), ("lost__path",))),
    "intake.storedfile.path": Follows(),
    "intake.batch.path": Follows(),
    "intake.row.path": Follows(),
    "intake.review.path": Follows(),
    "intake.rememberedmapping.path": Follows(),
    "tasks.task.path": Follows(unit="unit"),
    "tasks.task.giver_path": Follows(taken_over=True),
    "tasks.event.from_path": History(),
    "tasks.event.to_path": History(),
    "tasks.transfer.from_path": Follows(unit="from_unit"),
    "tasks.transfer.to_path": Follows(unit="to_unit"),
    "tasks.transfer.arbiter_path": Common((("from_path",), ("to_path", "task__giver_path"))),
    "tasks.jointrequest.path": Follows(),
    "tasks.reminder.to_path": History(),
    "tasks.standing.path": Kept(),
    "tasks.flow.path": Kept(),
    "verification.anomaly.path": Follows(taken_over=True),
    "verification.pushedlist.path": Follows(),
    "verification.listtally.path": Kept(),
    "verification.lookback.path": Follows(),
    "verification.lookback.unit_path": Follows(),
    "verification.difference.path": Follows(taken_over=True),
    "exchange.subscription.path": Follows(),
    "exchange.delivery.path": Follows(),
}
