"""Who does not observe does not pay for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters.telemetry.observing import Observing
from bot.wiring.secrets import cleaner
from bot.wiring.services import telemetry
from bot.world.telemetry import NoTelemetry
from tests.adapters.telemetry.collector import collecting, messages
from tests.commands.place import INIT, SCRIPT, Place, repository
from tests.shell import environment

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_LOADED = """
import sys
from bot.wiring.services import telemetry
telemetry({}, print, str)
telemetry({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, print, str).close()
print([each for each in sys.modules if each.startswith("opentelemetry")])
"""


@pytest.mark.parametrize(
    "environ",
    [{}, {"OTEL_SERVICE_NAME": "x"}, {ENDPOINT: ""}, {ENDPOINT: "u", "OTEL_SDK_DISABLED": "true"}],
)
def test_nobody_observes_unless_a_collector_is_named(environ: dict[str, str]) -> None:
    assert isinstance(telemetry(environ, print, str), NoTelemetry)


def test_the_headers_for_the_collector_are_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {ENDPOINT: "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_HEADERS": "x-key=s3cr3t99"}
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", environ["OTEL_EXPORTER_OTLP_HEADERS"])

    assert isinstance(telemetry(environ, print, str), Observing)
    assert "s3cr3t99" not in cleaner()("refused with x-key=s3cr3t99")


def test_the_library_is_not_loaded_before_there_is_something_to_observe() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_a_rollout_on_a_real_server_is_observed(tmp_path: Path, database: str) -> None:
    messages()
    place: Place = repository(tmp_path)
    place.write(SCRIPT, "CREATE TABLE b (id int PRIMARY KEY);\nINSERT INTO b VALUES (4711);\n")
    with collecting() as collector:
        environ = {
            "DATABASE_URL": database,
            ENDPOINT: collector.url,
            # What is installed beside the bot here, wherever that is.
            "PYTHONPATH": ":".join(filter(None, (environment()["PYTHONPATH"], *sys.path))),
        }
        done = place.bot("apply", "development", environ=environ)

    assert done.code == 0, done.err
    (rollout,) = collector.named("rollout")
    first, second = collector.named("migration")
    assert {each.trace for each in collector.spans} == {rollout.trace}
    assert (first.parent, second.parent) == (rollout.id, rollout.id)
    assert first.attributes["migration_bot.migration"] == INIT
    kinds = [each.attributes["db.operation.name"] for each in collector.spans if each.client]
    assert kinds == ["CREATE TABLE", "CREATE TABLE", "INSERT"]
    assert collector.metrics["migration_bot.rollout.duration"][0].count == 1
    assert b"4711" not in collector.raw
    assert database.encode() not in collector.raw
