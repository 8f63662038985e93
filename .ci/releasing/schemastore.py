"""The entry of SchemaStore's catalogue, by which editors find the schema without being told.

Somebody has to ask for it once, at https://github.com/SchemaStore/schemastore, after the first
release: the schema must be there under its address.
"""

from collections.abc import Mapping

from releasing.hatch_build import REPOSITORY

SCHEMA = "docs/reference/configuration.schema.json"
FILE = ".github/migration-bot.yml"


def entry(repository: str) -> Mapping[str, object]:
    """Raises ValueError where nobody said where the project lives."""
    if not repository:
        raise ValueError(f"{REPOSITORY} is not set; it should be https://host/owner/name")
    return {
        "name": "migration-bot",
        "description": "How migration-bot judges and applies the migrations of a repository",
        "fileMatch": [FILE],
        "url": f"{repository}/raw/HEAD/{SCHEMA}",
    }
