"""What depends on what: views on views, triggers on functions, columns in views."""

from tests.judging import judged

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "name" TEXT);
CREATE VIEW a AS SELECT * FROM "User";
CREATE VIEW b AS SELECT count(*) AS n FROM a;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t BEFORE UPDATE ON "User" EXECUTE FUNCTION f();
"""


def said(sql: str) -> list[str]:
    found = judged(sql, before=(BEFORE,)).findings
    return [each.message.partition(":")[0] for each in found if each.rule == "dependent-objects"]


def test_a_view_that_reads_everything_depends_on_every_column() -> None:
    assert said('ALTER TABLE "User" DROP COLUMN "name";') == ["a depends on User.name"]


def test_views_on_views_depend_on_the_table() -> None:
    assert said('DROP TABLE "User" CASCADE;') == ["a depends on User", "b depends on User"]


def test_a_view_that_another_reads_cannot_go_by_itself() -> None:
    assert said("DROP VIEW a;") == ["b depends on a"]
    assert said("DROP VIEW b; DROP VIEW a;") == []


def test_a_trigger_depends_on_its_function() -> None:
    assert said("DROP FUNCTION f();") == ["The trigger t on User depends on f"]


def test_a_trigger_created_again_after_cascade_is_quiet() -> None:
    again = 'CREATE TRIGGER t BEFORE UPDATE ON "User" EXECUTE FUNCTION g();'
    assert said("DROP FUNCTION f() CASCADE;" + again) == []
    assert said("DROP FUNCTION f();" + again) != [], "without CASCADE it fails all the same"
