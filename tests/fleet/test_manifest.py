"""The manifest against what Kubernetes documents of a Job (batch/v1, 1.33)."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.settings import default_targets
from bot.core.targets.fleet import Budget, Fleet, Source
from bot.errors import ExitCode
from bot.fleet.manifest import Manifest, job_of, object_name

FLEET = replace(
    default_targets()["production"],
    name="tenants",
    url_env="TENANT_URLS",
    fleet=Fleet(Source(urls_env="TENANT_URLS"), errors=Budget(count=3)),
)


def made(**parts: Any) -> dict[str, Any]:
    given = {"target": FLEET, "image": "shop:1", "shards": 8, "parallelism": 4, "name": "bot-x"}
    return job_of(Manifest(**{**given, **parts}))


def test_each_slice_has_an_index_and_the_waves_before_them_have_the_first() -> None:
    spec = made()["spec"]
    assert spec["completionMode"] == "Indexed"
    assert spec["completions"] == 9
    container = spec["template"]["spec"]["containers"][0]
    assert container["args"] == ["apply", "tenants", "--shard", "8"]


def test_what_kubernetes_asks_of_a_job_with_a_limit_for_each_index() -> None:
    """From the documentation of `JobSpec`: each of these is refused by the API server otherwise."""
    spec = made(parallelism=400)["spec"]
    assert "backoffLimit" not in spec or spec["backoffLimit"] > 0
    assert spec["completionMode"] == "Indexed", "backoffLimitPerIndex needs it"
    assert spec["backoffLimitPerIndex"] >= 0
    assert 0 <= spec["maxFailedIndexes"] <= spec["completions"]
    assert spec["completions"] <= 100_000
    assert spec["parallelism"] <= 100_000
    assert spec["template"]["spec"]["restartPolicy"] == "Never", "podFailurePolicy needs it"


def test_what_kubernetes_asks_of_a_pod_failure_policy() -> None:
    spec = made()["spec"]
    names = [each["name"] for each in spec["template"]["spec"]["containers"]]
    rules = spec["podFailurePolicy"]["rules"]
    assert len(rules) <= 20
    for rule in rules:
        assert rule["action"] in ("FailJob", "FailIndex", "Ignore", "Count")
        assert ("onExitCodes" in rule) != ("onPodConditions" in rule)
        codes = rule.get("onExitCodes", {"values": [1], "operator": "In", "containerName": None})
        assert codes["containerName"] in (*names, None)
        assert codes["operator"] in ("In", "NotIn")
        assert 0 not in codes["values"], "zero is no failure"
        assert codes["values"] == sorted(set(codes["values"]))
        assert len(codes["values"]) <= 255
        for condition in rule.get("onPodConditions", []):
            assert condition["type"] == "DisruptionTarget"
            assert condition["status"] in ("True", "False", "Unknown")


def test_an_exit_code_says_what_becomes_of_its_index() -> None:
    codes = {
        rule["action"]: rule["onExitCodes"]["values"]
        for rule in made()["spec"]["podFailurePolicy"]["rules"]
        if "onExitCodes" in rule
    }
    assert codes["FailIndex"] == [int(ExitCode.PARKED)]
    assert codes["FailJob"] == [2, 3, 6, 70]
    assert int(ExitCode.POSTGRES) not in codes["FailIndex"] + codes["FailJob"]


def test_the_connection_strings_come_from_a_secret_and_are_not_in_it() -> None:
    env = made()["spec"]["template"]["spec"]["containers"][0]["env"]
    assert env == [
        {
            "name": "TENANT_URLS",
            "valueFrom": {"secretKeyRef": {"name": "bot-x", "key": "TENANT_URLS"}},
        }
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [("Tenants_EU", "tenants-eu"), ("x" * 80, "x" * 52), ("…", "migration-bot"), ("-a-", "a")],
)
def test_a_name_is_one_that_kubernetes_takes(text: str, name: str) -> None:
    assert object_name(text) == name
