"""`reset --format json`, beside what `apply` says of the rollout in it."""

from collections.abc import Sequence
from typing import Any

from bot.core.resets.scene import Clearing, Scene

Json = dict[str, Any]


def reset_json(scene: Scene, clearing: Clearing, rights: int, refused: Sequence[str]) -> Json:
    """What was taken out, and what was given back."""
    return {
        "tables": scene.tables,
        "size": scene.size,
        "emptied": list(clearing.schemas),
        "dropped": [
            *({"kind": "SCHEMA", "name": each} for each in clearing.remade),
            *({"kind": "EXTENSION", "name": each} for each in clearing.extensions),
            *({"kind": kind, "name": name} for kind, name in clearing.objects),
        ],
        "rights": rights,
        "refused": list(refused),
        "resumed": scene.unfinished,
    }
