"""A schema's definitions in one number: the same for tenants that are alike."""

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.migrations_table import TABLE

# The schema's own name is left out of definitions, because tenants are schemas as well.
_FINGERPRINT = """
WITH here AS (
  SELECT oid, nspname, pg_catalog.quote_ident(nspname) || '.' AS prefix
    FROM pg_catalog.pg_namespace WHERE nspname = %s
), relation AS (
  SELECT class.oid, class.relname, class.relkind, here.prefix
    FROM pg_catalog.pg_class AS class JOIN here ON class.relnamespace = here.oid
   WHERE class.relname <> %s AND class.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
), line AS (
  SELECT pg_catalog.concat_ws(' ', 'relation', relname, relkind,
           CASE WHEN relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(oid) END) AS said, prefix
    FROM relation
  UNION ALL
  SELECT pg_catalog.concat_ws(' ', 'column', relname, attname,
           pg_catalog.format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
           pg_catalog.pg_get_expr(adbin, adrelid)), prefix
    FROM relation JOIN pg_catalog.pg_attribute ON attrelid = relation.oid
    LEFT JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'S'
  UNION ALL
  SELECT pg_catalog.concat_ws(' ', 'constraint', relname, conname, convalidated,
           pg_catalog.pg_get_constraintdef(con.oid)), prefix
    FROM relation JOIN pg_catalog.pg_constraint AS con ON conrelid = relation.oid
   WHERE contype <> 'n'
  UNION ALL
  SELECT pg_catalog.concat_ws(' ', 'index', relname, indisvalid,
           pg_catalog.pg_get_indexdef(indexrelid)), prefix
    FROM relation JOIN pg_catalog.pg_index ON indrelid = relation.oid
  UNION ALL
  SELECT pg_catalog.concat_ws(' ', 'trigger', relname, tgenabled,
           pg_catalog.pg_get_triggerdef(trigger.oid)), prefix
    FROM relation JOIN pg_catalog.pg_trigger AS trigger ON tgrelid = relation.oid
   WHERE NOT tgisinternal
  UNION ALL
  SELECT pg_catalog.concat_ws(' ', 'enum', typname, enumlabel, enumsortorder), prefix
    FROM here JOIN pg_catalog.pg_type ON typnamespace = here.oid
    JOIN pg_catalog.pg_enum ON enumtypid = pg_type.oid
  UNION ALL
  SELECT pg_catalog.concat_ws(' ', 'function', pg_catalog.pg_get_functiondef(pg_proc.oid)), prefix
    FROM here JOIN pg_catalog.pg_proc ON pronamespace = here.oid WHERE prokind IN ('f', 'p')
)
SELECT pg_catalog.md5(coalesce(pg_catalog.string_agg(
         pg_catalog.replace(said, prefix, ''), E'\n'
         ORDER BY pg_catalog.replace(said, prefix, '') COLLATE "C"), '')) FROM line
"""


def fingerprint(connection: Connection, schema: str) -> str:
    """32 hex digits over what is defined in a schema; Prisma's own table does not count."""
    with explained("look at the schema"):
        row = connection.execute(_FINGERPRINT.encode(), (schema, TABLE)).fetchone()
    assert row is not None
    return str(row[0])
