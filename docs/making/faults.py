"""The page of the fault-injection suite, from the figures of a run (`docs/faults.json`)."""

from collections.abc import Sequence
from typing import Any

_HEAD = """\
# Faults that were tried

Every rollout of these tests runs on real servers. At the place that the first column names, a
fault is injected; then the rollout is run again until it is done. Afterwards everything must be as
if nobody had disturbed it: every effect exactly once, the rows as Prisma writes them, no index that
is not used, no lock, session or transaction of ours, and every message true. At the end of each
scenario Prisma's own command line is asked, once on one server, and has to agree with us. The
numbers are those of the tests in `tests/faults`; `make test-faults` runs them, and prints this
table. With `MIGRATION_BOT_FAULTS=all` every message is a place for a fault, and Prisma is
asked every time; with `some`, which every merge has to pass, it is one in five.

| Scenario | Injected | Anomalies | Seconds |
|---|---:|---:|---:|
"""


def faults_page(figures: Sequence[dict[str, Any]]) -> str:
    rows = "".join(
        f"| {each['scenario']}{_skipped(each)} | {each['injected']} | {each['anomalies']} "
        f"| {each['seconds']:.1f} |\n"
        for each in figures
    )
    injected = sum(each["injected"] for each in figures)
    anomalies = sum(each["anomalies"] for each in figures)
    return f"{_HEAD}{rows}| **In all** | **{injected}** | **{anomalies}** | |\n"


def _skipped(figure: dict[str, Any]) -> str:
    return f" (not tried here: {figure['skipped']})" if figure["skipped"] else ""
