"""An UPDATE or DELETE cut at its keywords, so that more conditions can be put on its rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.core.rollouts.batching import DataChange, Key, KeyColumn
from bot.sql.expressions import nodes, reads_of, relation_name, strings_of
from bot.sql.lexer import Part, pieces
from bot.sql.parse import parse

# Built-in functions that answer differently each time.
_RANDOM = {
    "clock_timestamp", "currval", "gen_random_uuid", "lastval", "nextval", "random",
    "random_normal", "setval", "timeofday", "uuid_generate_v1", "uuid_generate_v4", "uuidv4",
    "uuidv7",
}  # fmt: skip
_PLACES = {"location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end"}
_TRIAL = Key((KeyColumn("k", "text"), KeyColumn("l", "text")))
_LOW, _HIGH = ("a", "b"), ("c", "d")


class NotBatched(Exception):
    """Why a statement cannot run in batches."""


def data_change(statement: Statement) -> DataChange:
    """The pieces of a statement. Raises NotBatched if batches might not do what it does."""
    if statement.node not in ("UpdateStmt", "DeleteStmt"):
        raise NotBatched(f"{statement.kind} cannot run in batches: only UPDATE and DELETE do.")
    change = cut_change(statement)
    if relation_name(statement.tree["relation"]) in _reads(statement):
        raise NotBatched(
            f"It reads {change.table} besides changing it: a batch would see what the batches "
            "before it have changed."
        )
    return change


def cut_change(statement: Statement) -> DataChange:
    """The pieces of an UPDATE or DELETE, which may read its own table. Raises NotBatched if its
    rows cannot be chosen apart from changing them."""
    _require_plain(statement)
    change = _with_facts(_pieces(statement), statement, _reads(statement))
    if not _cut_well(change, statement):
        raise NotBatched("Its text cannot be cut at its WHERE: write it in a simpler way.")
    return change


def _reads(statement: Statement) -> tuple[str, ...]:
    """What it reads besides the rows that it changes."""
    clauses = ("targetList", "whereClause", "fromClause", "usingClause")
    return reads_of([statement.tree.get(each) for each in clauses]).named


def _require_plain(statement: Statement) -> None:
    tree = statement.tree
    # The second name of RETURNING is that of the next grammar.
    for clause in ("withClause", "returningList", "returningClause"):
        if clause in tree:
            words = "WITH" if clause == "withClause" else "RETURNING"
            raise NotBatched(f"It has {words}, which would be worked out anew for each batch.")
    for node, _ in nodes({statement.node: tree}):
        if node in _REFUSED:
            raise NotBatched(_REFUSED[node])


_REFUSED = {
    "CurrentOfExpr": "It changes the row of a cursor, of which there is one.",
    "RangeTableSample": "It reads a random sample, another one for each batch.",
    "ParamRef": "It has a parameter ($1), and a migration gives it no value.",
}


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    before: str


def _pieces(statement: Statement) -> DataChange:
    sql, relation = statement.sql, statement.tree["relation"]
    update = statement.node == "UpdateStmt"
    words = list(_outer_words(sql))
    where = _first(words, "where")
    end = where.start if where else len(sql)
    others = _first([each for each in words if each.start < end], "from" if update else "using")
    table_ends = _set_of(words).start if update else others.start if others else end
    return DataChange(
        verb="UPDATE" if update else "DELETE",
        head=sql[:end].rstrip(),
        relation=sql[words[0 if update else 1].end : table_ends].strip(),
        called=quoted(relation.get("alias", {}).get("aliasname") or relation["relname"]),
        table=written(relation),
        condition=sql[where.end :].strip() if where else "",
        others=sql[others.end : end].strip() if others else "",
        only=not relation.get("inh", False),
    )


def _first(words: Iterable[_Word], text: str) -> _Word | None:
    """A reserved word where it opens a clause: not in IS DISTINCT FROM, nor in DELETE FROM."""
    return next(
        (each for each in words if each.text == text and each.before not in ("distinct", "delete")),
        None,
    )


def _set_of(words: Iterable[_Word]) -> _Word:
    """SET may also be a table's name, or its alias behind AS."""
    names = ("update", "only", "as")
    return next(each for each in words if each.text == "set" and each.before not in names)


def _outer_words(sql: str) -> Iterator[_Word]:
    """The bare words outside all brackets, in lower case, but for those behind a dot."""
    depth = 0
    before = ""
    for piece in pieces(sql):
        if piece.part in (Part.SPACE, Part.COMMENT):
            continue
        text = sql[piece.start : piece.end].lower()
        if text in ("(", "["):
            depth += 1
        elif text in (")", "]"):
            depth -= 1
        elif piece.part is Part.CODE and depth == 0 and before != ".":
            yield _Word(text, piece.start, piece.end, before)
        before = text


def _with_facts(change: DataChange, statement: Statement, reads: tuple[str, ...]) -> DataChange:
    tree = statement.tree
    choosing = [tree.get(each) for each in ("whereClause", "fromClause", "usingClause")]
    targets = [each["ResTarget"] for each in tree.get("targetList", ())]
    asked = _functions(choosing)
    if random := sorted(asked & _RANDOM):
        raise NotBatched(
            f"It chooses its rows by {random[0]}(), which answers differently for each batch."
        )
    named = {
        relation_name(fields): written(fields)
        for node, fields in nodes(dict(tree))
        if node == "RangeVar"
    }
    return replace(
        change,
        sets=tuple(each["name"] for each in targets),
        reads=tuple(named[each] for each in reads),
        functions=tuple(sorted(_functions(tree.get("targetList")))),
        choosing=tuple(sorted(asked)),
    )


def _functions(tree: Any) -> set[str]:
    return {
        strings_of(fields.get("funcname"))[-1] for node, fields in nodes(tree) if node == "FuncCall"
    }


def written(relation: Mapping[str, Any]) -> str:
    """A relation's name as a file has it, quoted."""
    parts = (relation.get("schemaname"), relation["relname"])
    return ".".join(quoted(each) for each in parts if each)


def _cut_well(change: DataChange, statement: Statement) -> bool:
    """Whether PostgreSQL reads the same out of a batch, and out of the query that chooses it."""
    batch = _only_statement(change.batch(_TRIAL, _LOW, _HIGH))
    every = _only_statement(change.all_matching())
    if batch is None or every is None or batch.node != statement.node:
        return False
    tree = statement.tree
    own, limited = _conjuncts(tree.get("whereClause")), _conjuncts(batch.tree["whereClause"])
    rest = {key: value for key, value in tree.items() if key != "whereClause"}
    same_rest = {key: value for key, value in batch.tree.items() if key != "whereClause"}
    others = tree.get("fromClause") or tree.get("usingClause")
    chosen: Mapping[str, Any] = every.tree
    source = [{"RangeVar": tree["relation"]}]
    if not _same(chosen.get("fromClause"), source):
        return False
    if others:
        chosen = chosen["whereClause"]["SubLink"]["subselect"]["SelectStmt"]
        if not _same(chosen.get("fromClause"), others):
            return False
    return (
        _same(rest, same_rest)
        and len(limited) == len(own) + 2
        and _same(own, limited[:-2])
        and _same(own, _conjuncts(chosen["whereClause"]))
    )


def _only_statement(sql: str) -> Statement | None:
    statements = parse(sql).statements
    return statements[0] if len(statements) == 1 else None


def _conjuncts(where: Any) -> list[Any]:
    """What is joined by AND; `true` where there is no condition."""
    if where is None:
        return [{"A_Const": {"boolval": {"boolval": True}}}]
    fields = where.get("BoolExpr")
    return list(fields["args"]) if fields and fields["boolop"] == "AND_EXPR" else [where]


def _same(one: Any, other: Any) -> bool:
    """Whether two trees differ in nothing but places; they may be of any depth."""
    stack = [(one, other)]
    while stack:
        left, right = stack.pop()
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            keys = (left.keys() | right.keys()) - _PLACES
            stack += [(left.get(key), right.get(key)) for key in keys]
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            stack += zip(left, right, strict=True)
        elif left != right:
            return False
    return True
