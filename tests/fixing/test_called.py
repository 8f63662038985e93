"""What folders are called."""

import pytest

from bot.fixing.called import called, numbered


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id) NOT VALID;", "foreign_keys"),
        ("ALTER TABLE a ADD CHECK (b > 0) NOT VALID;", "check"),
        ("SET lock_timeout = '2s'; ALTER TABLE a ADD COLUMN b INT;", "columns"),
        ("CREATE TABLE a (i INT); CREATE INDEX j ON a (i);", "tables"),
        ("UPDATE a SET b = 1; DELETE FROM c;", "rows"),
        ("DROP TABLE a; ALTER TABLE b DROP COLUMN c;", "drop"),
        ("ALTER TABLE a ADD COLUMN b INT; UPDATE a SET b = 1;", "then"),
        ("SELECT 1;", "then"),
        ("-- nothing", "then"),
    ],
)
def test_a_folder_is_called_by_what_its_statements_do(sql: str, word: str) -> None:
    assert called(sql) == word


def test_the_same_word_is_numbered() -> None:
    assert list(numbered(["index", "check", "index"])) == ["index", "check", "index_2"]
