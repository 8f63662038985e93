"""What lies beside a migrations folder: the Prisma schema, and Prisma's own configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Project:
    """`schemas` are the texts of the `*.prisma` files by path; `config` is prisma.config.ts's.

    `config_path` is "" where there is no such file.
    """

    schemas: Mapping[str, str] = field(default_factory=dict)
    config: str = ""
    config_path: str = ""
