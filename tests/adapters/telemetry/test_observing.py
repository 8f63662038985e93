"""Whatever goes wrong with observing is said once, and disturbs nobody."""

import sys
from collections.abc import Callable, Mapping

import pytest

from bot.adapters.telemetry.asked import Asked
from bot.adapters.telemetry.observing import Closing, Observing
from bot.core.rehearsals.rehearsal import Rehearsal
from tests.adapters.telemetry.lines import FakeTracer, Lines
from tests.fakes.values import NOON

BOTH = Asked(traces=True, metrics=True)


class Said(list[str]):
    """What is said, and the tracer that is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.tracer: FakeTracer = FakeTracer()
        self.opened = 0

    def open(
        self, asked: Asked, environ: Mapping[str, str], trouble: Callable[[str], None]
    ) -> Closing:
        self.opened += 1
        self.trouble = trouble
        return self.tracer

    def observing(self, asked: Asked = BOTH) -> Observing:
        def clean(text: str) -> str:
            return text.replace("staging", "[redacted]")

        return Observing(asked, {}, say=self.append, clean=clean, opened=self.open)


def test_nothing_is_loaded_before_there_is_something_to_observe() -> None:
    said = Said()
    observing = said.observing()

    observing.close()

    assert (said.opened, said) == (0, [])


def test_what_is_heard_is_cleaned_and_handed_over_at_the_end() -> None:
    said = Said()
    observing = said.observing()

    for line in Lines().beginning():
        observing.heard(line)
    observing.rehearsed(Rehearsal(), NOON)
    observing.close()

    assert said.opened == 1
    assert said.tracer.closed
    assert "staging" not in str(said.tracer.spans)
    assert all(each.at is not None for each in said.tracer.spans), "also what nobody has ended"
    assert said == []


def test_what_is_heard_afterwards_goes_nowhere() -> None:
    said = Said()
    observing = said.observing()
    observing.close()

    observing.rehearsed(Rehearsal(), NOON)

    assert said.opened == 0


def test_trouble_with_the_collector_is_said_once() -> None:
    said = Said()
    observing = said.observing()
    observing.rehearsed(Rehearsal(), NOON)

    said.trouble("refused by staging")
    said.trouble("refused again")
    observing.close()

    (only,) = said
    assert "refused by [redacted]" in only
    assert "the work goes on" in only


def test_a_fault_in_it_ends_the_observing_and_nothing_else() -> None:
    said = Said()
    observing = said.observing()

    observing.heard({"run": "r", "target": "staging"})
    for line in Lines().whole():
        observing.heard(line)
    observing.heard({})

    (only,) = said
    assert "KeyError" in only
    assert [each.at for each in said.tracer.spans if each.at is None] == []


def test_a_protocol_that_is_not_spoken_is_said() -> None:
    said = Said()
    observing = said.observing(Asked(traces=True, protocol="grpc"))

    observing.rehearsed(Rehearsal(), NOON)
    observing.rehearsed(Rehearsal(), NOON)

    assert said.opened == 0
    assert said == [
        "Nothing is observed: OTEL_EXPORTER_OTLP_PROTOCOL is grpc, and I speak http/protobuf."
    ]


def test_without_the_extra_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.adapters.telemetry.exporting", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    said: list[str] = []
    observing = Observing(BOTH, {}, say=said.append, clean=str)

    observing.rehearsed(Rehearsal(), NOON)
    observing.close()

    (only,) = said
    assert "pip install 'migration-bot[otel]'" in only
