"""From a GraphQL document to its answer: always 200, with what went wrong inside."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.demo.hub.graphql.language import Field, NotGraphql, Operation, read
from bot.demo.hub.graphql.nodes import Caller, Node, Trouble, mutations, queries
from bot.demo.hub.routing import Answer

PATHS = ("/graphql", "/api/graphql")
Path = list[str | int]


def respond(caller: Caller, body: Any) -> Answer:
    if not isinstance(body, Mapping) or not isinstance(body.get("query"), str):
        return Answer(200, {"errors": [{"message": "A query attribute must be specified"}]})
    try:
        operation = read(body["query"], body.get("variables") or {})
        return Answer(200, _Execution(caller).run(operation))
    except NotGraphql as error:
        return Answer(200, {"errors": [{"message": str(error)}]})


class _Execution:
    """One document being answered; what cannot be told is null, and an error says why."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._errors: list[dict[str, Any]] = []

    def run(self, operation: Operation) -> dict[str, Any]:
        roots = {"query": queries, "mutation": mutations}
        root = roots[operation.kind](self._caller)
        try:
            data = self._object(root, operation.selection, [])
        except _UnknownField as error:
            # a document that does not fit the schema is not begun
            return {"errors": [error.document]}
        return {"data": data} | ({"errors": self._errors} if self._errors else {})

    def _object(self, node: Node, selection: Sequence[Field], path: Path) -> dict[str, Any]:
        return {field.key: self._field(node, field, [*path, field.key]) for field in selection}

    def _field(self, node: Node, field: Field, path: Path) -> Any:
        if field.name not in node:
            raise _UnknownField(str(node["__typename"]), field.name, path)
        value = node[field.name]
        try:
            value = value(**field.arguments) if callable(value) else value
        except Trouble as trouble:
            self._errors.append({"type": trouble.kind, "path": path, "message": str(trouble)})
            return None
        return self._value(value, field, path)

    def _value(self, value: Any, field: Field, path: Path) -> Any:
        if isinstance(value, list):
            return [self._value(each, field, [*path, at]) for at, each in enumerate(value)]
        if isinstance(value, Mapping):
            return self._object(value, field.selection, path)
        if field.selection and value is not None:
            raise _UnknownField(type(value).__name__, field.selection[0].name, path)
        return value


class _UnknownField(Exception):
    """Something is asked for that the hub's part of the schema does not have."""

    def __init__(self, kind: str, name: str, path: Path) -> None:
        super().__init__(name)
        codes = {"code": "undefinedField", "typeName": kind, "fieldName": name}
        message = f"Field '{name}' doesn't exist on type '{kind}'"
        self.document = {"path": path, "extensions": codes, "message": message}
