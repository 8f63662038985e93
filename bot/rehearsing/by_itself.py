"""A whole history's rehearsal, told of each migration by itself.

In a rehearsal from nothing every table is new, so that nobody could be waiting for it. When a
migration was rolled out, what earlier ones had made was in use: only what it makes itself is new.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.core.findings.review import JudgedMigration, Review
from bot.core.rehearsals.rehearsal import Measured, RehearsedMigration


def each_by_itself(review: Review) -> Review:
    """The review with locks that are new only where their own migration made the relation."""
    rehearsal = review.rehearsal
    if rehearsal is None:
        return review
    judged = {each.migration.name: each for each in review.migrations}
    alone = tuple(
        _alone(each, judged[each.name]) if each.name in judged else each
        for each in rehearsal.migrations
    )
    return replace(review, rehearsal=replace(rehearsal, migrations=alone))


def _alone(rehearsed: RehearsedMigration, judged: JudgedMigration) -> RehearsedMigration:
    made = {*_predicted(judged), *_made(rehearsed)}
    statements = tuple(
        replace(each, measured=_measured(each.measured, made)) if each.measured else each
        for each in rehearsed.statements
    )
    return replace(rehearsed, statements=statements)


def _measured(measured: Measured, made: set[str]) -> Measured:
    locks = tuple(replace(each, new=each.new and each.relation in made) for each in measured.locks)
    return replace(measured, locks=locks)


def _predicted(judged: JudgedMigration) -> Iterator[str]:
    """What its text makes, also where it is gone again in the end."""
    for each in judged.statements:
        yield from (lock.relation for lock in each.effects.locks if lock.new)


def _made(rehearsed: RehearsedMigration) -> Iterator[str]:
    for each in rehearsed.changes.added:
        yield each.identity
        # An index is in the schema of its table: `public.orders.orders_pkey`.
        if each.kind in ("index", "constraint"):
            table, _, name = each.identity.rpartition(".")
            yield f"{table.rpartition('.')[0]}.{name}"
    for statement in rehearsed.statements:
        if statement.measured:
            yield from statement.measured.indexes
