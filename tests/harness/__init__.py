"""Executes the workflows and the composite action of this repository on the host."""

from tests.harness.stand_ins import checkout_from, kept_in, never, nothing
from tests.harness.values import HarnessError
from tests.harness.workflow import run_workflow
from tests.harness.world import (
    ActionCall,
    Environment,
    Event,
    JobResult,
    Request,
    Run,
    StandIn,
    StepResult,
    World,
)

__all__ = [
    "ActionCall",
    "Environment",
    "Event",
    "HarnessError",
    "JobResult",
    "Request",
    "Run",
    "StandIn",
    "StepResult",
    "World",
    "checkout_from",
    "kept_in",
    "never",
    "nothing",
    "run_workflow",
]
