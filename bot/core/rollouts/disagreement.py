"""What a target and the history disagree about, each with what settles it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC

from bot.core.rollouts.failure import reason_of
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.standing import MigrationState, Standing


@dataclass(frozen=True)
class Disagreement:
    """`message` completes "TARGET: …", without a full stop; `hint` is a sentence of its own, and
    `commands` are what to paste after it. `names` are the migrations it is about, none if it is
    about the target as a whole."""

    message: str
    hint: str
    names: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()

    @property
    def advice(self) -> str:
        """The hint with its commands, on one line."""
        pasted = ", or ".join(f"`{each}`" for each in self.commands)
        return f"{self.hint} {pasted}".rstrip()


def disagreements(plan: Plan, commits: Mapping[str, str] | None = None) -> list[Disagreement]:
    """Everything that keeps a rollout from starting. `commits` are those of git that have the
    text that was applied, by the name of an edited migration."""
    known = commits or {}
    found: list[Disagreement] = []
    if plan.unbaselined:
        found.append(_unbaselined(plan))
    if plan.squash is not None:
        found.append(_squash(plan, plan.squash))
    for each in _details(plan):
        tell = _TOLD.get(each.state)
        if tell is not None and not (each.state is MigrationState.MISSING and plan.squash):
            found.append(tell(plan.target, each, known.get(each.name)))
    return found


def _details(plan: Plan) -> Iterator[Standing]:
    """In the order of how much they matter; a plan that was put together without its standings
    has names alone."""
    known = {each.name: each for each in plan.standings}
    groups = {
        MigrationState.FAILED: plan.failed,
        MigrationState.ROLLING_BACK: plan.rolling_back,
        MigrationState.EDITED: plan.modified,
        MigrationState.MISSING: plan.missing,
        MigrationState.OUT_OF_ORDER: plan.out_of_order,
    }
    for state, names in groups.items():
        yield from (known.get(name, Standing(name, state)) for name in names)


def _unbaselined(plan: Plan) -> Disagreement:
    return Disagreement(
        "the database has tables and no migrations table (Prisma calls this P3005)",
        "Mark what it has already as applied, up to and with a migration NAME:",
        commands=(f"migration-bot baseline {plan.target} --to NAME",),
    )


def _squash(plan: Plan, squash: str) -> Disagreement:
    number = len(plan.missing)
    return Disagreement(
        f"{number:,} migrations that are applied there are missing from the history, and its first "
        f"one, {squash}, looks like a squash of them",
        "If it is none, this may be another project's database. If it is one, let the schemas be "
        "compared and mark it as applied; the old rows stay:",
        plan.missing,
        (f"migration-bot baseline {plan.target} --to {squash}",),
    )


def _failed(target: str, each: Standing, _: str | None) -> Disagreement:
    reason = reason_of(each.row.logs) if each.row else ""
    began = f" on {each.row.started_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if each.row else ""
    said = f": {reason}" if reason else ""
    message = f"{each.name} was started{began} and never finished (Prisma calls this P3009){said}"
    if each.finished:
        return Disagreement(
            f"{message}, beside a row that says it is applied",
            "Look at what the second attempt left behind and mend that; the other row stays:",
            (each.name,),
            (f"migration-bot resolve {target} --rolled-back {each.name}",),
        )
    return Disagreement(
        message,
        "Look at what it left behind and mend that; then say that all of it is there now, or that "
        "nothing is and it is to be run again:",
        (each.name,),
        tuple(
            f"migration-bot resolve {target} {way} {each.name}"
            for way in ("--applied", "--rolled-back")
        ),
    )


def _rolling_back(target: str, each: Standing, _: str | None) -> Disagreement:
    said = f": {each.checkpoint.error}" if each.checkpoint and each.checkpoint.error else ""
    return Disagreement(
        f"{each.name} was begun to be taken back, and is taken back in part{said}",
        "Let that go on to its end, from a checkout that has the folder; or mend what is left by "
        "hand, and say so:",
        (each.name,),
        (
            f"migration-bot rollback {target} --steps 1",
            f"migration-bot resolve {target} --rolled-back {each.name}",
        ),
    )


def _edited(_: str, each: Standing, commit: str | None) -> Disagreement:
    path = each.path or f"prisma/migrations/{each.name}/migration.sql"
    message = f"{each.name} was edited after it was applied"
    hint = "Put the change into a new migration, and the text back that was applied:"
    if commit is None:
        return Disagreement(message, hint, (each.name,), (f"git log -p -- {path}",))
    there = f"{commit[:12]} -- {path}"
    commands = f"git diff {there}", f"git restore -s {there}"
    return Disagreement(message, hint, (each.name,), commands)


def _missing(target: str, each: Standing, _: str | None) -> Disagreement:
    if each.twin is not None:
        return Disagreement(
            f"{each.name} is applied there and missing from the history, where {each.twin} has "
            "its text",
            f"Rename the folder {each.twin} back to {each.name}.",
            (each.name, each.twin),
        )
    if each.checkpoint is not None:
        return Disagreement(
            f"{each.name} is applied in part there and missing from the history",
            "Restore its folder and apply it to the end; or take back what it did, and say so:",
            (each.name,),
            (f"migration-bot resolve {target} --rolled-back {each.name}",),
        )
    return Disagreement(
        f"{each.name} is applied there and missing from the history",
        "Apply from the branch that has it, or restore its folder.",
        (each.name,),
    )


def _out_of_order(_: str, each: Standing, __: str | None) -> Disagreement:
    return Disagreement(
        f"{each.name} sorts before a migration that is already applied",
        "Rename its folder with a newer timestamp, so that every target applies it in the same "
        "order.",
        (each.name,),
    )


_TOLD: dict[MigrationState, Callable[[str, Standing, str | None], Disagreement]] = {
    MigrationState.FAILED: _failed,
    MigrationState.ROLLING_BACK: _rolling_back,
    MigrationState.EDITED: _edited,
    MigrationState.MISSING: _missing,
    MigrationState.OUT_OF_ORDER: _out_of_order,
}
