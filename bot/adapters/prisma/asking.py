"""How each major of Prisma is asked for the difference: its arguments, and the files it reads.

The address of the database is in the environment alone: arguments can be read by everybody on the
machine. Prisma 5 and 6 find it by the datasource of a schema of ours, Prisma 7 by a configuration
of ours, which is the project's with another datasource.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.prisma.version import is_at_least, major_of

SHADOW_VARIABLE = "MIGRATION_BOT_SHADOW_URL"
SCHEMA_VARIABLE = "MIGRATION_BOT_SCHEMA"
_SHADOW = "shadow.prisma"
_CONFIG = "prisma.config.ts"

_DATASOURCE = f"""\
datasource db {{
  provider = "postgresql"
  url      = env("{SHADOW_VARIABLE}")
}}
"""

# An adapter would go past the datasource, to a database of its own choice.
_CONFIGURED = """\
import own from %s;
const { adapter, ...kept }: any = own;
if (kept.engine === "js") delete kept.engine;
if (kept.experimental) {
  kept.experimental = { ...kept.experimental };
  delete kept.experimental.adapter;
}
%s
export default kept;
"""
_SOURCE = f"kept.datasource = {{ url: process.env.{SHADOW_VARIABLE} }};"
_SINCE_7 = f"kept.schema = process.env.{SCHEMA_VARIABLE};\n{_SOURCE}"
# The schema is named by an argument; how a configuration names it has changed since 6.4.
_UP_TO_6 = f"delete kept.schema;\nif (kept.datasource) {_SOURCE}"
_PLAIN = f"""\
export default {{
  schema: process.env.{SCHEMA_VARIABLE},
  datasource: {{ url: process.env.{SHADOW_VARIABLE} }},
}};
"""


@dataclass(frozen=True)
class Asking:
    """A command line behind `prisma`, and files by their names that it finds in `place`."""

    arguments: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)


def asking(version: str, *, place: Path, schema: Path, config: Path | None) -> Asking:
    """What leads from the database to the schema. `config` is the project's own."""
    if major_of(version) >= 7:
        files = {_CONFIG: _configured(config, _SINCE_7) if config else _PLAIN}
        source: tuple[str, ...] = ("--from-config-datasource", "--to-schema", str(schema))
    else:
        files = {_SHADOW: _DATASOURCE}
        shadow = ("--from-schema-datasource", str(place / _SHADOW))
        source = (*shadow, "--to-schema-datamodel", str(schema))
        if config is not None and knows_config(version):
            files[_CONFIG] = _configured(config, _UP_TO_6)
    options = ("--config", str(place / _CONFIG)) if _CONFIG in files else ()
    return Asking(("migrate", "diff", *source, "--script", *options), files)


def knows_config(version: str) -> bool:
    """Whether it reads prisma.config.ts at all."""
    return is_at_least(version, 6, 4)


def _configured(config: Path, settled: str) -> str:
    return _CONFIGURED % (json.dumps(str(config)), settled)
