"""The rules that are on, by what they look at, with all that is said of a rule in its findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.rule import Hit, Hits, Rule, name_of, reason_of
from bot.core.migrations.history import Change
from bot.core.migrations.statement import Position, Span, Statement
from bot.judge.context import Context, HistoryContext, MigrationContext
from bot.judge.timeline import Step
from bot.sql.actions import Action

Check = Callable[[Statement, Context], Hits]
Place = tuple[int | None, int, int]
_RANK = {severity: rank for rank, severity in enumerate(reversed(Severity))}
CheckMigration = Callable[[MigrationContext], Hits]
CheckHistory = Callable[[HistoryContext], Hits]
CheckChange = Callable[[Change], Hits]


@dataclass(frozen=True)
class Seat:
    """A rule under its name, with the severity it has now; None for a rule that is off.

    `chosen` says that somebody chose the severity: it then holds for all that the rule finds.
    """

    name: str
    rule: Rule
    severity: Severity | None
    reason: str
    chosen: bool = False


class Court:
    """Rules in the order in which their findings are shown."""

    def __init__(self, rules: Sequence[Rule], severities: Mapping[str, Severity | None]) -> None:
        self._seats: dict[str, Seat] = {}
        for rule in rules:
            name = name_of(rule)
            severity = severities.get(name, rule.SEVERITY)
            self._seats[name] = Seat(name, rule, severity, reason_of(rule), name in severities)
        self._order = {name: place for place, name in enumerate(self._seats)}
        on = [seat for seat in self._seats.values() if seat.severity is not None]
        # Asked by name: isinstance with a protocol takes ten milliseconds for all rules.
        self._statement: list[tuple[Seat, Check]] = _asked(on, "check")
        self._by_kinds: dict[frozenset[type[Action]], list[tuple[Seat, Check]]] = {}
        self.migration: list[tuple[Seat, CheckMigration]] = _asked(on, "check_migration")
        self.history: list[tuple[Seat, CheckHistory]] = _asked(on, "check_history")
        self.change: list[tuple[Seat, CheckChange]] = _asked(on, "check_change")
        self.rehearsed: list[tuple[Seat, Any]] = _asked(on, "check_rehearsed")
        self.rehearsal: list[tuple[Seat, Any]] = _asked(on, "check_rehearsal")

    def about(self, step: Step) -> list[tuple[Seat, Check]]:
        """The rules to ask about a statement: those that are about one of its kinds of action."""
        kinds = step.kinds
        found = self._by_kinds.get(kinds)
        if found is None:
            found = [each for each in self._statement if _is_about(each[0].rule, kinds)]
            self._by_kinds[kinds] = found
        return found

    @property
    def names(self) -> Iterable[str]:
        return self._seats.keys()

    @cached_property
    def silent(self) -> set[str]:
        """The rules that are off."""
        return {name for name, seat in self._seats.items() if seat.severity is None}

    @cached_property
    def about_rehearsals(self) -> set[str]:
        """The rules that have nothing to say before there was a rehearsal."""
        return {seat.name for seat, _ in (*self.rehearsed, *self.rehearsal)}

    def severity(self, name: str) -> Severity | None:
        seat = self._seats.get(name)
        return seat.severity if seat else None

    def sorted(self, findings: Iterable[Finding], statements: Sequence[Statement]) -> list[Finding]:
        """Statement by statement; in one, the part with the gravest finding first.

        What is found at one place stays together, the gravest first, then in the rules' order.
        """
        found = list(findings)
        worst: dict[Place, int] = {}
        for each in found:
            place = _place(each)
            worst[place] = min(_RANK[each.severity], worst.get(place, len(_RANK)))
        last = len(self._order)
        return sorted(
            found,
            key=lambda each: (
                _anchor(each, statements),
                worst[_place(each)],
                (each.line, each.column),
                _RANK[each.severity],
                self._order.get(each.rule, last),
            ),
        )

    def findings(
        self, seat: Seat, hits: Sequence[Hit | str], path: str, step: Step | None = None
    ) -> Iterator[Finding]:
        """What a rule that is on has said, each thing once."""
        said: set[tuple[str, object]] = set()
        for each in hits:
            hit = Hit(each) if isinstance(each, str) else each
            own = None if seat.chosen else hit.severity
            severity = own or seat.severity
            span = _span(hit, step)
            if (hit.message, span or hit.at) in said or severity is None:
                continue
            said.add((hit.message, span or hit.at))
            found = self.finding(seat.name, hit, severity=severity, path=path, step=step)
            if span:
                found = replace(
                    found,
                    line=span.start.line,
                    column=span.start.column,
                    end_line=span.end.line,
                    end_column=span.end.column,
                )
            yield found

    def finding(
        self, name: str, hit: Hit, *, severity: Severity, path: str, step: Step | None = None
    ) -> Finding:
        seat = self._seats.get(name)
        statement = step.statement if step else None
        at = hit.at or (statement.start if statement else Position(1, 1))
        return Finding(
            rule=name,
            severity=severity,
            message=hit.message,
            why=seat.reason if seat else "",
            fix=hit.fix or (seat.rule.FIX if seat else ""),
            path=hit.path or path,
            line=at.line,
            column=at.column,
            end_line=max(at.line, statement.end.line) if statement else at.line,
            statement=statement.index if statement else None,
            relation=hit.relation,
        )


def _span(hit: Hit, step: Step | None) -> Span | None:
    """Where the part of the statement stands that a rule speaks of, if it speaks of one."""
    if step is None or hit.about is None or hit.at is not None:
        return None
    return step.places.of(hit.about)


def _place(finding: Finding) -> Place:
    return (finding.statement, finding.line, finding.column)


def _anchor(finding: Finding, statements: Sequence[Statement]) -> tuple[int, int]:
    """The start of the statement that a finding is about, or its own place."""
    index = finding.statement
    if index is None or not 0 <= index < len(statements):
        return (finding.line, finding.column)
    start = statements[index].start
    return (start.line, start.column)


def _asked(seats: Sequence[Seat], question: str) -> list[tuple[Seat, Any]]:
    """The rules that answer a question, with what answers it."""
    answers = ((seat, getattr(seat.rule, question, None)) for seat in seats)
    return [(seat, answer) for seat, answer in answers if answer is not None]


def _is_about(rule: Rule, kinds: frozenset[type[Action]]) -> bool:
    about = getattr(rule, "ABOUT", None)
    return about is None or not kinds.isdisjoint(about)
