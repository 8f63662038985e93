"""How long rollouts were predicted to take, and how long they took: a row for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.report.diagrams.axis import Axis
from bot.report.diagrams.frame import BAR, MARGIN, Frame, samples
from bot.report.diagrams.svg import document, number, path, rect, say
from bot.report.rehearsals.words import ms_words, range_words
from bot.report.words import count, stamp_and_name

_MOST = 60
# So many times as long as the shortest: then each tick is ten times the one before.
_WIDE = 40.0
_LEAST_MS = 0.1


@dataclass(frozen=True)
class Took:
    """A migration on a target, or a whole rollout. `predicted_ms` is from how long to how long it
    was to take, the same twice where that is one number; None if nobody could say. `actual_ms` is
    None as long as it has not run to its end. `note` is what else there is to say of it: "failed",
    or when it was."""

    name: str
    actual_ms: float | None = None
    predicted_ms: tuple[float, float] | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Against the prediction: "as predicted", "faster", "slower", or "" if there is none."""
        if self.actual_ms is None or self.predicted_ms is None:
            return ""
        least, most = self.predicted_ms
        # Of a single number nobody expects to be met by the millisecond.
        if least == most:
            least, most = least / 1.5, most * 1.5
        if self.actual_ms > most:
            return "slower"
        return "faster" if self.actual_ms < least else "as predicted"

    @property
    def words(self) -> str:
        said = [ms_words(self.actual_ms)] if self.actual_ms is not None else ["not known"]
        if self.predicted_ms is not None:
            said.append(f"predicted {_range(self.predicted_ms)}")
        return ", ".join(said)


def duration_chart(
    runs: Sequence[Took], *, width: float = 960.0, title: str = "Predicted and actual durations"
) -> str:
    """In the order given. The axis is logarithmic where some took far longer than others."""
    frame, shown = Frame(width), runs[:_MOST]
    axis = _axis(shown, frame)
    top = MARGIN + 18
    bottom = top + frame.row * max(len(shown), 1)
    parts = [*axis.drawn(top, bottom)] if axis else [say(MARGIN, top + 14, "None.", "quiet")]
    for place, each in enumerate(shown):
        parts += _row(each, axis, frame, top + frame.row * place)
    if len(runs) > len(shown):
        parts.append(
            say(MARGIN, bottom + 14, f"{len(runs) - len(shown):,} more not shown.", "small quiet")
        )
        bottom += 18
    marks, tall = samples(_legend(shown, axis), frame, bottom + 14)
    return document(
        kind="durations",
        title=title,
        described=_described(runs),
        width=width,
        height=bottom + 14 + tall + MARGIN,
        least=frame.least,
        parts=[*parts, *marks],
    )


def duration_chart_as_text(runs: Sequence[Took]) -> str:
    """A line for each."""
    return "\n".join(_line(each) for each in runs)


def _axis(runs: Sequence[Took], frame: Frame) -> Axis | None:
    """None where there is nothing to measure."""
    given = [max(each, _LEAST_MS) for run in runs for each in _numbers(run)]
    if not given:
        return None
    low, high = min(given), max(given)
    if high / low < _WIDE:
        return Axis(frame.left, frame.track, high * 1.05)
    return Axis(frame.left, frame.track, high * 1.2, low / 1.2, log=True)


def _numbers(run: Took) -> Iterator[float]:
    if run.actual_ms is not None:
        yield run.actual_ms
    yield from run.predicted_ms or ()


def _row(run: Took, axis: Axis | None, frame: Frame, top: float) -> Iterator[str]:
    short = stamp_and_name(run.name)[1] or run.name
    label = f"{short}, {run.note}" if run.note else short
    yield from frame.words(label, run.words, top, whole=_line(run))
    yield frame.trough(top)
    if axis is None:
        return
    bar = frame.bar_top(top)
    if run.predicted_ms is not None:
        x, width = axis.span(*run.predicted_ms)
        title = f"Predicted: {_range(run.predicted_ms)}"
        yield rect(x, bar - 1, width, BAR + 2, "range", round_=3, title=title)
    if run.actual_ms is not None:
        middle = bar + BAR / 2
        x = min(max(axis.x(run.actual_ms), axis.left + 5), axis.right - 5)
        yield _mark(x, middle, run.verdict)


def _mark(x: float, y: float, verdict: str) -> str:
    """A dot; a triangle that points to where it missed the prediction."""
    if verdict in ("slower", "faster"):
        way = 1 if verdict == "slower" else -1
        style = "fill-changed" if verdict == "slower" else "fill-added"
        start = f"M{number(x - 4.5 * way)} {number(y - 6)}"
        return path(
            f"{start}L{number(x + 6 * way)} {number(y)}L{number(x - 4.5 * way)} {number(y + 6)}Z",
            f"spot {style}",
        )
    return f'<circle class="spot accent" cx="{number(x)}" cy="{number(y)}" r="5"/>'


def _legend(runs: Sequence[Took], axis: Axis | None) -> Iterator[tuple[str, list[str]]]:
    if any(each.predicted_ms for each in runs):
        yield "Predicted", [rect(0, 0, 24, BAR, "range", round_=3)]
    verdicts = {each.verdict for each in runs if each.actual_ms is not None}
    if verdicts & {"", "as predicted"}:
        words = "Actual" if "" in verdicts else "Actual, as predicted"
        yield words, [_mark(12, BAR / 2, "")]
    if "slower" in verdicts:
        yield "Slower than predicted", [_mark(12, BAR / 2, "slower")]
    if "faster" in verdicts:
        yield "Faster than predicted", [_mark(12, BAR / 2, "faster")]
    if axis is not None and axis.log:
        yield "Each line is ten times the one before", [path("M6 0v12M18 0v12", "line")]


def _described(runs: Sequence[Took]) -> str:
    said = [f"{count(len(runs), 'rollout')}."]
    for verdict in ("as predicted", "slower", "faster"):
        number_ = sum(each.verdict == verdict for each in runs)
        if number_:
            said.append(f"{number_:,} {verdict}.")
    slower = [_line(each) for each in runs if each.verdict == "slower"][:5]
    return " ".join([*said, *(f"{each}." for each in slower)])


def _line(run: Took) -> str:
    note = f", {run.note}" if run.note else ""
    end = f" ({run.verdict})" if run.verdict else ""
    return f"{run.name}{note}: {run.words}{end}"


def _range(predicted_ms: tuple[float, float]) -> str:
    least, most = predicted_ms
    return ms_words(most) if least == most else range_words(least, most).removeprefix("about ")
