"""Labels of a pull request, and which of them say how much it puts at stake."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.findings.risk import Risk

_LOOKS = {
    Risk.LOW: ("0e8a16", "New migrations that should disturb nobody"),
    Risk.MEDIUM: ("fbca04", "New migrations that want a second look"),
    Risk.HIGH: ("b60205", "New migrations that may lose data or stop an application"),
}


@dataclass(frozen=True)
class Label:
    """`colour` is six hexadecimal digits; GitHub takes 100 characters of description."""

    name: str
    colour: str
    description: str


@dataclass(frozen=True)
class Relabelling:
    """What to change so that one label of ours at most is left, and the others as they were."""

    add: Label | None = None
    remove: tuple[str, ...] = ()


def risk_label(prefix: str, risk: Risk) -> Label:
    colour, description = _LOOKS[risk]
    return Label(f"{prefix}: {risk.word} risk", colour, description)


def relabelling(present: Iterable[str], prefix: str, risk: Risk | None) -> Relabelling:
    """`risk` is None where there is nothing at stake any more. GitHub's labels know no case."""
    names = {each.lower(): each for each in present}
    ours = {each: risk_label(prefix, each) for each in Risk}
    stale = [
        names[label.name.lower()]
        for each, label in ours.items()
        if each is not risk and label.name.lower() in names
    ]
    wanted = ours[risk] if risk is not None else None
    missing = wanted is not None and wanted.name.lower() not in names
    return Relabelling(wanted if missing else None, tuple(stale))
