"""PostgreSQL did something else than was predicted from the text.

Triggers, code and cascades do more than a statement says. Where the measurement differs from the
prediction, believe the measurement; and if the statement itself says what happened, it is a bug of
migration-bot that we want to hear of.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.judge.rehearsed import RehearsedContext

SEVERITY = Severity.NOTICE

FIX = "Read what was measured; report it if the statement alone explains it."

BEFORE = """
CREATE TABLE audit (at timestamptz PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY);
INSERT INTO orders VALUES (1);
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO audit VALUES (now()); RETURN NEW; END $$;
CREATE TRIGGER noted AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION noted();
"""

BAD = """
UPDATE orders SET id = 2 WHERE id = 1;
"""

GOOD = """
ALTER TABLE orders ADD COLUMN note text;
"""

QUIET = [
    "INSERT INTO audit VALUES (now());",
    "COMMENT ON TABLE orders IS 'what was bought';",
    "CREATE INDEX CONCURRENTLY ON orders (id);",
]


def check_rehearsed(context: RehearsedContext) -> Iterator[Hit]:
    for each in context.rehearsed.statements:
        if each.disagreements:
            yield Hit(
                f"Measured otherwise than predicted: {'; '.join(each.disagreements)}.",
                statement=each.index,
            )
