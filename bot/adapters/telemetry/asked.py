"""Whether somebody wants to observe: what the standard variables of OpenTelemetry say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

_ENDPOINT = "OTEL_EXPORTER_OTLP{}_ENDPOINT"
_PROTOCOL = "OTEL_EXPORTER_OTLP{}_PROTOCOL"
_TIMEOUT = "OTEL_EXPORTER_OTLP{}_TIMEOUT"
_EXPORTER = "OTEL_{}_EXPORTER"
_SIGNALS = ("TRACES", "METRICS")
SPOKEN = "http/protobuf"
# What they hold is handed on to the collector, and to nobody else.
SECRET = tuple(f"OTEL_EXPORTER_OTLP{each}_HEADERS" for each in ("", "_TRACES", "_METRICS"))


@dataclass(frozen=True)
class Asked:
    """Which signals are wanted. `protocol` is one that the bot does not speak, if it is wanted;
    `timeout` says that somebody has set one."""

    traces: bool = False
    metrics: bool = False
    protocol: str = ""
    timeout: bool = False

    @property
    def anything(self) -> bool:
        return self.traces or self.metrics

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
            return cls()
        traces, metrics = (_wanted(environ, signal) for signal in _SIGNALS)
        protocols = [
            _of(environ, _PROTOCOL, signal)
            for signal, wanted in zip(_SIGNALS, (traces, metrics), strict=True)
            if wanted
        ]
        return cls(
            traces=traces,
            metrics=metrics,
            protocol=next((each for each in protocols if each not in ("", SPOKEN)), ""),
            timeout=any(_of(environ, _TIMEOUT, signal) for signal in _SIGNALS),
        )


def _wanted(environ: Mapping[str, str], signal: str) -> bool:
    exporters = environ.get(_EXPORTER.format(signal), "").strip().lower() or "otlp"
    return bool(_of(environ, _ENDPOINT, signal)) and "otlp" in exporters.split(",")


def _of(environ: Mapping[str, str], name: str, signal: str) -> str:
    """Said for one signal, or for all."""
    return (environ.get(name.format(f"_{signal}")) or environ.get(name.format(""), "")).strip()
