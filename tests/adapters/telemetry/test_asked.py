import pytest

from bot.adapters.telemetry.asked import Asked

HERE = "http://127.0.0.1:4318"
ALL = {"OTEL_EXPORTER_OTLP_ENDPOINT": HERE}


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        ({}, Asked()),
        ({"OTEL_SERVICE_NAME": "mine"}, Asked()),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, Asked()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, Asked()),
        (ALL, Asked(traces=True, metrics=True)),
        ({**ALL, "OTEL_SDK_DISABLED": "TRUE"}, Asked()),
        ({**ALL, "OTEL_METRICS_EXPORTER": "none"}, Asked(traces=True)),
        ({**ALL, "OTEL_TRACES_EXPORTER": "console"}, Asked(metrics=True)),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": HERE}, Asked(traces=True)),
        (
            {**ALL, "OTEL_EXPORTER_OTLP_TIMEOUT": "1"},
            Asked(traces=True, metrics=True, timeout=True),
        ),
        (
            {**ALL, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
            Asked(traces=True, metrics=True),
        ),
        (
            {**ALL, "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "grpc"},
            Asked(traces=True, metrics=True, protocol="grpc"),
        ),
    ],
)
def test_the_standard_variables_say_it(environ: dict[str, str], asked: Asked) -> None:
    assert Asked.of(environ) == asked
