"""The text of a drafted down.sql: what it is, what it loses, what it was tried on, and its SQL."""

from collections.abc import Iterator

from bot.core.schemas.draft import DraftedStatement
from bot.core.schemas.drafted_down import DraftedDown
from bot.report.escape import visible


def down_script(down: DraftedDown) -> str:
    """As it is written into the folder."""
    head = "".join(f"-- {_flat(line)}\n" for line in _head(down))
    return head + "".join(f"\n{_statement(each)}" for each in down.draft.statements)


def _head(down: DraftedDown) -> Iterator[str]:
    yield f"Takes {down.migration.name} back. Drafted by migration-bot from the catalogue."
    yield _tried(down)
    yield from warnings(down)
    for each in down.draft.left:
        yield f"Not drafted: {each}."


def _tried(down: DraftedDown) -> str:
    server = f"PostgreSQL {down.postgres}"
    if down.proved:
        return f"Proved on {server}: down, the schema is as before; up again, it is as after."
    return f"Did not converge on {server}: {down.fault}."


def warnings(down: DraftedDown) -> Iterator[str]:
    """What has to be known before it is run."""
    for each in down.draft.losses:
        yield f"Loses {each}."
    for each in down.lost:
        yield f"Does not bring back {each}, which the migration deletes."
    if down.writes_rows:
        yield "The migration changes rows: a draft is made from the schema and leaves them so."
    for each in down.changed:
        yield f"Does not take back what the migration changes besides: {each}."
    for each in down.unknown:
        yield f"What the migration destroys is not known: {each}."


def _statement(each: DraftedStatement) -> str:
    said = [f"-- Loses {_flat(each.loses)}.\n"] if each.loses else []
    said += [f"-- Needs: {_flat(each.needs)}.\n"] if each.needs else []
    return "".join(said) + f"{each.sql.rstrip().removesuffix(';')};\n"


def _flat(text: str) -> str:
    """On one line, whatever a name has brought: a comment ends where its line does."""
    return " ".join(visible(text).split())
