"""An index of a special kind that, as it is written, is slow to build or serves few queries.

Queries stay as slow as before while the index takes room and time: a vector index without its
parameters, a plain index on shapes, or a GIN index over everything in a JSON column.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreateIndex, SetVariable

SEVERITY = Severity.NOTICE

ABOUT = (CreateIndex,)

FIX = "Say what the index is for: its operator class, and the parameters its kind asks for."

BEFORE = """
CREATE TABLE "Doc" (
    "id" INT, "data" JSONB, "tags" TEXT[], "embedding" vector(384), "area" geometry
);
"""

BAD = """
CREATE INDEX CONCURRENTLY "Doc_data_idx" ON "Doc" USING GIN ("data");
"""

GOOD = """
CREATE INDEX CONCURRENTLY "Doc_data_idx" ON "Doc" USING GIN ("data" jsonb_path_ops);
"""

QUIET = [
    'CREATE INDEX i ON "Doc" USING gin ("tags");',
    'CREATE INDEX i ON "Doc" USING gin (("data" -> \'names\'));',
    'CREATE INDEX i ON "Doc" USING gin ("data" jsonb_ops);',
    'CREATE INDEX i ON "Doc" USING hnsw ("embedding" vector_l2_ops) WITH (m = 16);',
    "SET maintenance_work_mem = '2GB'; "
    'CREATE INDEX i ON "Doc" USING hnsw ("embedding" vector_l2_ops);',
    'CREATE INDEX i ON "Doc" USING gist ("area");',
    'CREATE INDEX i ON "Doc" ("id");',
]

_JSON = (
    "Name the operator class: jsonb_path_ops is smaller and faster where only @> is asked for, "
    "jsonb_ops where ? is; or index the one expression that queries use."
)
_VECTOR = (
    "Write WITH (lists = …) for ivfflat or WITH (m = …, ef_construction = …) for hnsw, and SET "
    "maintenance_work_mem so that the index is built in memory."
)
_SHAPE = "Write USING GIST."
_SHAPES = {"geometry", "geography"}


def check(statement: Statement, context: Context) -> Hits:
    for index in context.all(CreateIndex):
        name = shown(index.name) or "the index"
        if index.method in ("ivfflat", "hnsw") and not _prepared(index, context):
            yield Hit(
                f"{name} leaves the parameters of {index.method} to chance.",
                fix=_VECTOR,
                about=index,
            )
        for each in index.columns:
            column = context.catalogue.column(index.table, each.name or "")
            if column is None or each.operator_class:
                continue
            kind = column.type.name.rpartition(".")[2]
            if index.method == "gin" and kind == "jsonb" and not column.type.dimensions:
                yield Hit(
                    f"{name} holds every key and value in {column.name}.", fix=_JSON, about=index
                )
            elif index.method == "btree" and kind in _SHAPES and len(index.columns) == 1:
                yield Hit(
                    f"No search by place can use {name} on {column.name}.", fix=_SHAPE, about=index
                )


def _prepared(index: CreateIndex, context: Context) -> bool:
    memory = context.earlier.all(SetVariable, about="maintenance_work_mem")
    return bool(index.options) or any(True for _ in memory)
