"""The page of the configuration file, from the models that read it."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.config.going import instead_of
from bot.config.parts import key_of, part_in

_INTRODUCTION = """\
<!-- Made by `make docs` from bot/config/file.py; change it there. -->
# Configuration

`.github/migration-bot.yml`, or the file that `--config` names. Without a file, the folder is
`prisma/migrations` and there are three targets: `development` (`DATABASE_URL`), `staging`
(`STAGING_DATABASE_URL`) and `production` (`PRODUCTION_DATABASE_URL`, after staging, with one
approval and a proved backup).

- It is read whole: every mistake is reported, and an unknown key is refused with the nearest
  known one.
- On a pull request it is read from the **base** branch, where the author has no say.
- `kind: production` asks for one approval and a proved backup unless the file says otherwise; the
  backup cannot be switched off there. `kind: development` targets are left out of the comment.
- Write `"off"` in quotes: YAML reads a bare `off` as `false`.
- It holds no secret, only the names of environment variables.
- [configuration.schema.json](configuration.schema.json) lets an editor complete and check it.

```yaml
migrations: prisma/migrations
postgres: 16
targets:
  staging:
    kind: staging
    url_env: STAGING_DATABASE_URL
  production:
    kind: production
    url_env: PRODUCTION_DATABASE_URL
    after: staging
    approvals: 2
    approvers: [grace, linus]
    backup:
      directory: /var/backups/platform
rules:
  index-drop-blocking: error
  fk-without-index:
    exclude:
      tables: ["public.audit_*"]
```
"""
# YAML reads a bare `off` as false.
_QUOTED = {"off": '"off"'}
_TITLES = {
    "": "The file",
    "targets": "`targets.<name>`",
    "targets.approvals": "`targets.<name>.approvals`",
    "targets.approvals.by": "`targets.<name>.approvals.by`",
    "targets.approvals.low": "`targets.<name>.approvals.low`, `medium` and `high`",
    "notify": "`notify[]`",
    "targets.audit": "`targets.<name>.audit`",
    "targets.backup": "`targets.<name>.backup`",
    "targets.backup.aurora": "`targets.<name>.backup.aurora`",
    "targets.backup.azure": "`targets.<name>.backup.azure`",
    "targets.backup.barman": "`targets.<name>.backup.barman`",
    "targets.backup.cloud_sql": "`targets.<name>.backup.cloud-sql`",
    "targets.backup.neon": "`targets.<name>.backup.neon`",
    "targets.backup.pgbackrest": "`targets.<name>.backup.pgbackrest`",
    "targets.backup.rds": "`targets.<name>.backup.rds`",
    "targets.backup.supabase": "`targets.<name>.backup.supabase`",
    "targets.backup.wal_g": "`targets.<name>.backup.wal-g`",
    "targets.drift": "`targets.<name>.drift`",
    "targets.fleet": "`targets.<name>.fleet`",
    "targets.fleet.waves": "`targets.<name>.fleet.waves`",
    "targets.freeze": "`targets.<name>.freeze`",
    "targets.freeze.override": "`targets.<name>.freeze.override`",
    "targets.freeze.ranges": "`targets.<name>.freeze.ranges`",
    "targets.keep_rows": "`targets.<name>.keep_rows`",
    "targets.identity": "`targets.<name>.identity`",
    "targets.replicas": "`targets.<name>.replicas`",
    "targets.window": "`targets.<name>.window`",
    "rules": "`rules.<rule>`",
    "rules.exclude": "`rules.<rule>.exclude`",
    "stats": "`stats`",
    "labels": "`labels`",
    "commands": "`commands`",
    "hooks": "`hooks`",
    "commands.apply": "`commands.apply`, `resolve`, `rollback` and `unlock`",
    "rehearsal": "`rehearsal`",
}


def configuration_page(model: type[BaseModel]) -> str:
    return "\n".join([_INTRODUCTION, *_sections(model, "", set())])


def _sections(model: type[BaseModel], path: str, described: set[type[BaseModel]]) -> Iterator[str]:
    """Those of one part and of the parts in it, each described where it is met first."""
    described.add(model)
    rows = "\n".join(_row(key_of(name, field), field) for name, field in model.model_fields.items())
    note = (model.__doc__ or "").strip()
    yield (
        f"## {_TITLES[path]}\n\n{note}\n\n| Key | Value | Default | |\n|:--|:--|:--|:--|\n{rows}\n"
    )
    for name, field in model.model_fields.items():
        part = part_in(field.annotation)
        # A database has the keys of the file itself.
        if part is not None and name != "databases" and part[0] not in described:
            yield from _sections(part[0], f"{path}.{name}".lstrip("."), described)


def _row(name: str, field: FieldInfo) -> str:
    part = part_in(field.annotation)
    about = field.description or (part[0].__doc__ if part else "") or ""
    if instead := instead_of(field):
        about = f"**{instead}** {about}"
    return f"| `{name}` | {_value(field)} | {_default(field)} | {about.strip()} |"


def _value(field: FieldInfo) -> str:
    return _words(field.annotation) + _bounds(field.metadata)


def _words(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{_QUOTED.get(each, each)}`" for each in get_args(annotation))
    parts = [each for each in get_args(annotation) if each is not type(None)]
    if get_origin(annotation) is dict:
        return f"name: {_words(parts[1])}"
    if get_origin(annotation) is list:
        return f"list of {_words(parts[0])}"
    if parts:
        return _words(parts[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "keys, below"
    return {str: "text", int: "number", float: "number", bool: "`true`, `false`", Any: "value"}[
        annotation
    ]


def _bounds(metadata: list[Any]) -> str:
    least = next((each.ge for each in metadata if hasattr(each, "ge")), None)
    most = next((each.le for each in metadata if hasattr(each, "le")), None)
    return f", {least:,} to {most:,}" if least is not None and most is not None else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default = field.get_default(call_default_factory=True)
    if default is None or default in ([], {}) or isinstance(default, BaseModel):
        return ""
    return f"`{default}`"
