"""GitHub's expressions: `${{ … }}` in texts, and the conditions of `if:`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.harness.functions import COMMON, Function
from tests.harness.values import HarnessError, Value, as_number, as_string, equal, look_up, truthy

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[!<>()\[\].,]))"
)
LITERALS: Mapping[str, Value] = {"true": True, "false": False, "null": None}
EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(always|cancelled|failure|success)\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Scope:
    """What an expression can see: contexts by name, and functions by name in lower case."""

    contexts: Mapping[str, Value]
    functions: Mapping[str, Function] = field(default_factory=dict)


def evaluate(source: str, scope: Scope) -> Value:
    reader = _Reader(_tokens(source), scope, source)
    value = reader.either()
    reader.finish()
    return value


def interpolate(text: Value, scope: Scope) -> str:
    """A text with every `${{ … }}` in its place. What is no text in YAML is written as one."""
    if not isinstance(text, str):
        return as_string(text)
    filled = EMBEDDED.sub(lambda match: as_string(evaluate(match.group(1), scope)), text)
    if "${{" in EMBEDDED.sub("", text):
        raise HarnessError(f"an expression is not closed: {text}")
    return filled


def evaluated(text: str, scope: Scope) -> Value:
    """The value of a text that is one expression and nothing else."""
    whole = EMBEDDED.fullmatch(text.strip())
    if whole is None:
        raise HarnessError(f"this has to be one expression: {text}")
    return evaluate(whole.group(1), scope)


def holds(condition: Value, scope: Scope) -> bool:
    """Whether an `if:` lets its step or job run. Without a status function, success() is meant."""
    if condition is None:
        return truthy(evaluate("success()", scope))
    source = as_string(condition).strip()
    whole = EMBEDDED.fullmatch(source)
    source = whole.group(1) if whole else source
    if "${{" in source:
        raise HarnessError(f"an `if` is one expression, not a text with some in it: {condition}")
    if not STATUS.search(re.sub(r"'(?:[^']|'')*'", "''", source)):
        source = f"success() && ({source})"
    return truthy(evaluate(source, scope))


def _tokens(source: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while source[position:].strip():
        match = TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            raise HarnessError(f"not an expression at {source[position:]!r}: {source}")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        position = match.end()
    return [*found, ("end", "")]


class _Reader:
    """Reads and evaluates in one go. Every part is evaluated, so that no mistake hides behind `||`.

    The methods follow the grammar, from the loosest operator to the tightest.
    """

    def __init__(self, tokens: list[tuple[str, str]], scope: Scope, source: str) -> None:
        self._tokens = tokens
        self._scope = scope
        self._source = source

    def either(self) -> Value:
        value = self._both()
        while self._took("||"):
            other = self._both()
            value = value if truthy(value) else other
        return value

    def finish(self) -> None:
        if self._tokens[0][0] != "end":
            raise HarnessError(f"{self._tokens[0][1]!r} is out of place: {self._source}")

    def _both(self) -> Value:
        value = self._comparison()
        while self._took("&&"):
            other = self._comparison()
            value = other if truthy(value) else value
        return value

    def _comparison(self) -> Value:
        value = self._negation()
        while self._tokens[0] in _COMPARISONS:
            sign = self._tokens.pop(0)[1]
            value = _compare(sign, value, self._negation())
        return value

    def _negation(self) -> Value:
        if self._took("!"):
            return not truthy(self._negation())
        return self._access(self._operand())

    def _access(self, value: Value) -> Value:
        while True:
            if self._took("."):
                value = look_up(value, self._name())
            elif self._took("["):
                value = look_up(value, self.either())
                self._expect("]")
            else:
                return value

    def _operand(self) -> Value:
        kind, text = self._tokens.pop(0)
        if kind == "string":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return as_number(text)
        if kind == "name":
            return self._call(text) if self._took("(") else self._named(text)
        if text == "(":
            value = self.either()
            self._expect(")")
            return value
        raise HarnessError(f"{text or 'the end'!r} is out of place: {self._source}")

    def _named(self, name: str) -> Value:
        if name in LITERALS:
            return LITERALS[name]
        if name not in self._scope.contexts:
            raise HarnessError(f"there is no context {name} here: {self._source}")
        return self._scope.contexts[name]

    def _call(self, name: str) -> Value:
        arguments: list[Value] = []
        while not self._took(")"):
            if arguments:
                self._expect(",")
            arguments.append(self.either())
        function = {**COMMON, **self._scope.functions}.get(name.lower())
        if function is None:
            raise HarnessError(f"there is no function {name} here: {self._source}")
        return function(*arguments)

    def _name(self) -> str:
        kind, text = self._tokens.pop(0)
        if kind != "name":
            raise HarnessError(f"a name is missing at {text!r}: {self._source}")
        return text

    def _took(self, sign: str) -> bool:
        if self._tokens[0] != ("sign", sign):
            return False
        self._tokens.pop(0)
        return True

    def _expect(self, sign: str) -> None:
        if not self._took(sign):
            raise HarnessError(f"{sign} is missing: {self._source}")


_COMPARISONS = {("sign", sign) for sign in ("==", "!=", "<", "<=", ">", ">=")}


def _compare(sign: str, left: Value, right: Value) -> bool:
    if sign in ("==", "!="):
        return equal(left, right) == (sign == "==")
    if isinstance(left, str) and isinstance(right, str):
        first, second = left.lower(), right.lower()
        return {"<": first < second, "<=": first <= second, ">": first > second}.get(
            sign, first >= second
        )
    one, two = as_number(left), as_number(right)
    return {"<": one < two, "<=": one <= two, ">": one > two}.get(sign, one >= two)
