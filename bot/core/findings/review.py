"""What a check concludes: every migration judged, and the verdict on all of them together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.findings.finding import Finding, Verdict, verdict_of
from bot.core.kept.loss import Loss
from bot.core.migrations.caveat import Caveat
from bot.core.migrations.effects import Effects
from bot.core.migrations.migration import Migration
from bot.core.migrations.statement import Statement, SyntaxFault
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rehearsals.sizes import SizesNote
from bot.core.rollouts.plan import digest_of


@dataclass(frozen=True)
class JudgedStatement:
    """`caveats` are what neither its effects nor a comparison of schemas tells."""

    statement: Statement
    effects: Effects
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True)
class JudgedMigration:
    """A migration with what its statements do. `atomic`: one transaction carries it all.

    `atomic_under` says the same for each way in which the file may be run: by "migration-bot", by
    "prisma <7.4", which sends it whole, and by "prisma >=7.4", which sends its statements one by
    one where it can.
    `fault` says why the file could not be cut into statements; there are none then. `excluded` is
    how many findings the configuration leaves out.
    """

    migration: Migration
    statements: tuple[JudgedStatement, ...] = ()
    findings: tuple[Finding, ...] = ()
    atomic: bool = True
    atomic_under: Mapping[str, bool] = field(default_factory=dict)
    fault: SyntaxFault | None = None
    excluded: int = 0


@dataclass(frozen=True)
class Review:
    """The judged migrations in order, findings about the history as a whole, and the basis.

    `postgres` is the major version judged for ("18"). `base` is what the migrations were compared
    with, as a person would name it; None if all were judged. `baseline` is the last migration of
    the history that was there before the bot, and `accepted` how many it took out of judgement.
    `left_out` is how many findings about the history the configuration leaves out. `sizes` says
    whose sizes the findings went by. `rehearsal` is what happened when they were run; None if
    nobody asked. `kept` is by the names of migrations what of their losses a target keeps.
    """

    postgres: str
    migrations: tuple[JudgedMigration, ...] = ()
    findings: tuple[Finding, ...] = ()
    base: str | None = None
    baseline: str | None = None
    accepted: int = 0
    left_out: int = 0
    sizes: SizesNote | None = None
    rehearsal: Rehearsal | None = None
    kept: Mapping[str, tuple[Loss, ...]] = field(default_factory=dict)

    @property
    def excluded(self) -> int:
        """How many findings the configuration leaves out, of the migrations and in general."""
        return self.left_out + sum(judged.excluded for judged in self.migrations)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        return tuple(self._findings())

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self._findings())

    @property
    def digest(self) -> str:
        """The plan digest of the judged migrations: what an approval is an approval of."""
        return digest_of(judged.migration for judged in self.migrations)

    def _findings(self) -> Iterator[Finding]:
        yield from self.findings
        for judged in self.migrations:
            yield from judged.findings


def together(reviews: Sequence[Review]) -> Review:
    """What was found of several databases, as one; what is said of one as a whole is left out."""
    if len(reviews) == 1:
        return reviews[0]
    return Review(
        postgres=", ".join(dict.fromkeys(each.postgres for each in reviews)),
        migrations=tuple(judged for each in reviews for judged in each.migrations),
        findings=tuple(found for each in reviews for found in each.findings),
    )
