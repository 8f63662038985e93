"""How a migration can be taken back, as JSON for scripts."""

from typing import Any

from bot.core.rollouts.rollback_class import RollbackClass
from bot.report.rollback_words import rollback_sentence

Json = dict[str, Any]


def class_json(found: RollbackClass) -> Json:
    """How a migration can be taken back, of each in `check --format json`."""
    return {
        "class": found.way.value,
        "drafted": found.drafted,
        "loses": list(found.loses),
        "lost": list(found.lost),
        "writes": found.writes,
        "changed": list(found.changed),
        "unknown": list(found.unknown),
        "differing": list(found.differing),
        "moved": list(found.moved),
        "fault": found.fault,
        "previous_release_works": found.works_before if found.foreseen else None,
        "previous_release_misses": list(found.breaks),
        "words": rollback_sentence(found),
    }
