"""What a store says of what it keeps."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StoredObject:
    """`key` begins with the id of a backup. `at` is when it was written."""

    key: str
    size: int
    at: datetime
