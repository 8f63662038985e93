"""What was found, by rule: how often, how grave, and in which migrations."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.board.board import Board
from bot.core.findings.finding import Finding, Severity
from bot.report import words
from bot.report.faces.fixes import Part, parts_of
from bot.report.links import rule_url
from bot.report.pages.addresses import rule_anchor
from bot.report.pages.migrations import MigrationView

MOST_PLACES = 30
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


@dataclass(frozen=True)
class PlaceView:
    """`view` is None for a finding about the history as a whole."""

    view: MigrationView | None
    finding: Finding


@dataclass(frozen=True)
class RuleView:
    """`places` are the first of `many`; `allowed` counts those that an author gave a reason for."""

    rule: str
    severity: Severity
    why: str
    fix: tuple[Part, ...]
    places: tuple[PlaceView, ...]
    many: int
    allowed: int

    @property
    def anchor(self) -> str:
        return rule_anchor(self.rule)

    @property
    def docs(self) -> str:
        return rule_url(None, self.rule)

    @property
    def standing(self) -> list[PlaceView]:
        """What somebody is still to look at."""
        return [each for each in self.places if each.finding.allowed is None]

    @property
    def forgiven(self) -> list[PlaceView]:
        return [each for each in self.places if each.finding.allowed is not None]

    @property
    def left(self) -> int:
        return self.many - len(self.places)


def rule_views(board: Board, views: Sequence[MigrationView]) -> tuple[RuleView, ...]:
    """The gravest first, then the most frequent."""
    found: dict[str, list[PlaceView]] = {}
    for finding in board.review.findings:
        found.setdefault(finding.rule, []).append(PlaceView(None, finding))
    for view in views:
        for finding in view.findings:
            found.setdefault(finding.rule, []).append(PlaceView(view, finding))
    rules = [_rule(name, places) for name, places in found.items()]
    return tuple(sorted(rules, key=lambda each: (_RANK[each.severity], -each.many, each.rule)))


def finding_counts(rules: Sequence[RuleView], board: Board) -> str:
    """`2 errors, 14 warnings` over everything; "" if nothing was found that counts."""
    counted = [each for each in board.review.all_findings if each.allowed is None]
    said = [
        words.count(number, severity.value)
        for severity in _RANK
        if (number := sum(each.severity is severity for each in counted))
    ]
    return ", ".join(said)


def _by_use(place: PlaceView) -> tuple[bool, int]:
    """What somebody can still mend comes first: the newest, and nothing that was allowed."""
    return place.finding.allowed is not None, -(place.view.place if place.view else 0)


def _rule(name: str, places: Sequence[PlaceView]) -> RuleView:
    ordered = sorted(places, key=_by_use)
    counted = [each.finding for each in places if each.finding.allowed is None]
    gravest = min((each.severity for each in counted), key=_RANK.__getitem__, default=None)
    first = ordered[0].finding
    return RuleView(
        rule=name,
        severity=gravest or Severity.NOTICE,
        why=first.why,
        fix=parts_of(first.fix),
        places=tuple(ordered[:MOST_PLACES]),
        many=len(places),
        allowed=len(places) - len(counted),
    )
