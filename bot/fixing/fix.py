"""Rewriting what a branch adds until nothing is left that can be rewritten for the better."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.fixed import FixedMigration, Fixing, Left
from bot.core.findings.review import JudgedMigration, Review
from bot.core.migrations.history import Change
from bot.core.migrations.migration import Migration, sort_key
from bot.fixing.allowances import with_allowances
from bot.fixing.draft import CannotSplit, Draft
from bot.fixing.naming import Named, named
from bot.fixing.reasons import NOT_ASKED, REFUSED, by_hand
from bot.fixing.splitting import carried_out, in_one_transaction, in_transactions
from bot.fixing.warned import with_warnings
from bot.fixing.weighing import ATOMIC_RULES, counts, worse_by

MOST_ROUNDS = 30

Judging = Callable[[Change], Review]
# A finding's migration, the place of its folder among those it was split into, and its statement.
Place = tuple[str, int, int]
# In the place of a statement: all of the file.
WHOLE = -1


@dataclass(frozen=True)
class Wish:
    """Which findings are to go: those of the rules named, or all that are no notices."""

    rules: Collection[str] | None = None

    def wants(self, finding: Finding) -> bool:
        if finding.allowed is not None:
            return False
        if self.rules is not None:
            return finding.rule in self.rules
        return finding.severity is not Severity.NOTICE


def fix(
    change: Change,
    judging: Judging,
    *,
    wish: Wish = Wish(),
    untouchable: Mapping[str, str] | None = None,
    one_by_one: bool = False,
) -> Fixing:
    """Rewrite what can be made safe by a rewrite, judging every step.

    `untouchable` maps the names of migrations that stay as they are to the reason. `one_by_one`
    says that the statements of a file are committed each by itself: the new folders then begin and
    commit their own transactions. A step is kept
    only if the whole is better for it: never a new error that cannot be rewritten.
    """
    return _Fixer(change, judging, wish, untouchable or {}, one_by_one=one_by_one).run()


@dataclass
class _Fixer:
    change: Change
    judging: Judging
    wish: Wish
    untouchable: Mapping[str, str]
    one_by_one: bool = False
    refused: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def run(self) -> Fixing:
        drafts = tuple(Draft.of(each) for each in self.change.added)
        state = self._judged(drafts)
        first = state
        for _ in range(MOST_ROUNDS):
            found = list(self._to_rewrite(state))
            if not found:
                break
            state = self._advanced(state, found)
        if counts(state.review) > counts(first.review):
            state = first
        return self._result(first, state)

    def _advanced(self, state: "_State", found: Sequence["_Target"]) -> "_State":
        """All rewrites at once; if that is not for the better, one after another."""
        together = self._tried(state, found)
        if isinstance(together, _State):
            return together
        if len(found) == 1:
            self.refused[found[0].key] = together
            return state
        for target in found:
            alone = self._tried(state, [target])
            if isinstance(alone, _State):
                return alone
            self.refused[target.key] = alone
        return state

    def _tried(self, state: "_State", found: Sequence["_Target"]) -> "_State | str":
        """The state with the rewrites carried out, or why it is not."""
        try:
            drafts = _rewritten(state.drafts, found)
            after = self._judged(tuple(map(in_transactions, drafts)) if self.one_by_one else drafts)
        except CannotSplit as reason:
            return str(reason)
        worse = worse_by(state.review, after.review)
        return f"it would only make way for {worse}" if worse else after

    def _judged(self, drafts: tuple[Draft, ...]) -> "_State":
        """The drafts judged; allowances for a file are carried to where they are needed now."""
        drafts = tuple(map(with_warnings, drafts))
        names = named(drafts, self.change)
        change = _with(self.change, names)
        state = _State(drafts, names, change, self.judging(change))
        today = self.change.now.date()
        carried = tuple(with_allowances(each, state.parts_of(each), today) for each in drafts)
        return state if carried == drafts else self._judged(carried)

    def _to_rewrite(self, state: "_State") -> Iterator["_Target"]:
        """One rewrite for each statement that has a finding: the gravest one's."""
        taken: set[Place] = set()
        for migration, place, judged in state.folders():
            if migration in self.untouchable:
                continue
            graver = sorted(judged.findings, key=lambda each: _ORDER[each.severity])
            for finding in graver:
                target = _target(migration, place, finding, judged)
                if target is None:
                    continue
                at = target.at
                if at not in taken and self.wish.wants(finding) and target.key not in self.refused:
                    taken.add(at)
                    yield target

    def _result(self, first: "_State", last: "_State") -> Fixing:
        made = {each.draft.migration.name: each for each in last.names}
        return Fixing(
            migrations=tuple(
                self._fixed(judged, made[judged.migration.name], last)
                for _, _, judged in first.folders()
            ),
            change=last.change,
        )

    def _fixed(self, before: JudgedMigration, names: Named, last: "_State") -> FixedMigration:
        name = before.migration.name
        findings = [
            (finding, judged)
            for migration, _, judged in last.folders()
            if migration == name
            for finding in judged.findings
            if finding.allowed is None
        ]
        still = {finding.rule for finding, _ in findings}
        was = dict.fromkeys(each.rule for each in before.findings if each.allowed is None)
        return FixedMigration(
            before=before.migration,
            after=_migrations(names, last.change),
            settled=tuple(rule for rule in was if rule not in still),
            left=tuple(
                Left(finding, self._reason(name, finding, judged)) for finding, judged in findings
            ),
            todos=names.draft.todos,
        )

    def _reason(self, name: str, finding: Finding, judged: JudgedMigration) -> str:
        if name in self.untouchable:
            return self.untouchable[name]
        target = _target(name, 0, finding, judged)
        if target is None:
            return by_hand(finding.rule)
        if not self.wish.wants(finding):
            return NOT_ASKED
        return self.refused.get(target.key, REFUSED)


_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


@dataclass(frozen=True)
class _Target:
    """A statement's rewrite, and how to know it again when it was refused."""

    at: Place
    finding: Finding
    key: tuple[str, str, str]


def _target(
    migration: str, place: int, finding: Finding, judged: JudgedMigration
) -> _Target | None:
    """What to rewrite for a finding; None where no machine can say so."""
    if finding.rule in ATOMIC_RULES and judged.fault is None:
        return _Target((migration, place, WHOLE), finding, (migration, "", finding.rule))
    if finding.rewrite is None or finding.statement is None:
        return None
    sql = judged.statements[finding.statement].statement.sql
    return _Target((migration, place, finding.statement), finding, (migration, sql, finding.rule))


@dataclass(frozen=True)
class _State:
    """The drafts, what they would be as folders, and the judgement of those."""

    drafts: tuple[Draft, ...]
    names: tuple[Named, ...]
    change: Change
    review: Review

    def parts_of(self, draft: Draft) -> list[JudgedMigration]:
        """The folders of a draft, judged."""
        own = draft.migration.name
        return [judged for migration, _, judged in self.folders() if migration == own]

    def folders(self) -> Iterator[tuple[str, int, JudgedMigration]]:
        """Every folder with the migration it is of, and its place among that one's."""
        judged = {each.migration.name: each for each in self.review.migrations}
        for each in self.names:
            for place, name in enumerate(each.names):
                yield each.draft.migration.name, place, judged[name]


def _rewritten(drafts: Sequence[Draft], found: Sequence[_Target]) -> tuple[Draft, ...]:
    """The drafts with every rewrite carried out, the last folder first so that places hold."""
    after = []
    for draft in drafts:
        mine = [each for each in found if each.at[0] == draft.migration.name]
        for place in sorted({each.at[1] for each in mine}, reverse=True):
            rewrites = {
                each.at[2]: each.finding.rewrite
                for each in mine
                if each.at[1] == place and each.finding.rewrite is not None
            }
            if rewrites:
                draft = carried_out(draft, place, rewrites)
                draft = draft.with_todos(each.todo for each in rewrites.values())
            else:
                draft = in_one_transaction(draft, place)
        after.append(draft)
    return tuple(after)


def _with(change: Change, names: Sequence[Named]) -> Change:
    added = {each.name for each in change.added}
    kept = [each for each in change.head.migrations if each.name not in added]
    made = [each for name in names for each in _made(name, change)]
    ordered = sorted([*kept, *made], key=lambda each: sort_key(each.name))
    return replace(change, head=replace(change.head, migrations=tuple(ordered)))


def _made(names: Named, change: Change) -> Iterator[Migration]:
    draft = names.draft
    for n, (name, part) in enumerate(zip(names.names, draft.parts, strict=True)):
        path = change.head.path_of(name)
        if n == 0:
            yield replace(draft.migration, name=name, path=path, sql=part.text)
        else:
            yield Migration(name, path, part.text)


def _migrations(names: Named, change: Change) -> tuple[Migration, ...]:
    return tuple(each for each in change.head.migrations if each.name in names.names)
