"""Gates in a terminal."""

from collections.abc import Iterable, Iterator

from bot.core.gates.gate import Gate
from bot.report.terminal.lines import Line, line


def gate_lines(gates: Iterable[Gate]) -> Iterator[Line]:
    """One line each, open or closed, and what opens one that is closed."""
    for gate in gates:
        word, style = ("open", "green") if gate.open else ("closed", "bold yellow")
        yield Line(
            (("gate ", "dim"), (f"{gate.name}: ", ""), (word, style), (f", {gate.reason}", ""))
        )
        if gate.hint and not gate.open:
            yield line(f"hint: {gate.hint}", indent=2)
