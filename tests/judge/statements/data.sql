INSERT INTO twin VALUES (1, 1)
INSERT INTO twin SELECT id, parent_id FROM child
INSERT INTO twin (id) SELECT id FROM children
INSERT INTO parent VALUES (1, 'b', 'x') ON CONFLICT (id) DO NOTHING
INSERT INTO parent VALUES (1, 'b', 'x') ON CONFLICT (id) DO UPDATE SET name = excluded.name
INSERT INTO child (id, parent_id, checked, proved, full_name) VALUES (2, 1, 1, 1, 'x')
INSERT INTO numbered (name) VALUES ('y')
INSERT INTO tree VALUES (2, 1)
INSERT INTO held_part VALUES ('x', 1)
INSERT INTO event_1 VALUES (2, 1, '2024-05-05', 1, 'x')
INSERT INTO child (id, parent_id, checked, proved, full_name) VALUES (2, NULL, 1, 1, 'x')
INSERT INTO numbered (id, other, name) VALUES (5, 5, 'y')
UPDATE twin SET id = 1 WHERE id IN (SELECT id FROM parent FOR UPDATE SKIP LOCKED)
INSERT INTO other.place VALUES (2, 1)
INSERT INTO twin VALUES ((SELECT max(id) FROM parent), 1)
INSERT INTO twin VALUES (1, 1) RETURNING id
INSERT INTO children (id) SELECT 5 WHERE false
INSERT INTO called VALUES (1)
WITH gone AS (DELETE FROM twin RETURNING *) INSERT INTO loose (a) SELECT id FROM gone
WITH source AS (SELECT id FROM parent) INSERT INTO twin SELECT id, id FROM source
UPDATE twin SET id = 1
UPDATE twin SET id = c.id FROM child c WHERE c.id = twin.id
UPDATE child SET note = 'x'
[none] UPDATE child SET parent_id = 1
UPDATE parent SET name = 'y'
[none] UPDATE parent SET id = 1 WHERE id = 1
UPDATE "child" SET "flag" = true WHERE "id" IN (SELECT id FROM parent)
UPDATE loose SET b = 'c' WHERE a = 1
UPDATE animal SET name = 'y'
UPDATE ONLY animal SET name = 'y'
UPDATE log SET message = 'y'
UPDATE event SET note = 'y'
UPDATE event_1 SET note = 'y'
UPDATE children SET flag = true
UPDATE twin t SET parent_id = p.id FROM parent p JOIN tree ON tree.id = p.id WHERE p.id = t.id
WITH chosen AS (SELECT id FROM parent FOR UPDATE) UPDATE twin SET id = chosen.id FROM chosen
UPDATE held SET low = 0 WHERE id = 1
DELETE FROM twin
DELETE FROM twin WHERE id IN (SELECT id FROM parent)
DELETE FROM twin USING parent WHERE parent.id = twin.id
DELETE FROM parent WHERE id = 2
[none] DELETE FROM held WHERE id = 2
DELETE FROM tree WHERE id = 2
DELETE FROM log
DELETE FROM animal
DELETE FROM secret
DELETE FROM child a USING child b WHERE a.id < b.id AND a.note = b.note
SELECT * FROM parent
SELECT * FROM parent FOR UPDATE
SELECT * FROM parent p JOIN child c ON c.parent_id = p.id FOR UPDATE OF p
SELECT count(*) FROM children
SELECT * FROM grandchildren
SELECT id FROM animal
SELECT id FROM ONLY animal
SELECT * FROM log
SELECT * FROM event
SELECT * FROM event_2
SELECT * FROM summary
SELECT * FROM gathered
SELECT 1
SELECT now()
SELECT pg_catalog.set_config('search_path', '', true)
SELECT set_config('a.b', 'c', true)
SELECT pg_advisory_xact_lock(1)
SELECT double_it(2)
SELECT (SELECT max(id) FROM parent)
SELECT id FROM parent UNION SELECT id FROM child
SELECT exists(SELECT 1 FROM pg_class)
VALUES (1)
TABLE parent
[15] MERGE INTO twin t USING parent p ON t.id = p.id WHEN MATCHED THEN DELETE
[15] MERGE INTO twin t USING parent p ON t.id = p.id WHEN NOT MATCHED THEN INSERT VALUES (p.id, p.id)
LOCK TABLE child IN SHARE MODE
LOCK TABLE child
LOCK TABLE child, parent IN ACCESS SHARE MODE
LOCK TABLE child IN SHARE ROW EXCLUSIVE MODE NOWAIT
LOCK TABLE log
LOCK TABLE animal
LOCK TABLE ONLY animal
LOCK TABLE children
ANALYZE child
ANALYZE child (note)
ANALYZE log
ANALYZE animal
CLUSTER child USING child_pkey
CLUSTER child USING child_note_idx
SET LOCAL lock_timeout = '5s'
SET search_path = public
SET CONSTRAINTS ALL DEFERRED
SET CONSTRAINTS part_of IMMEDIATE
RESET lock_timeout
SHOW search_path
SAVEPOINT a
EXPLAIN SELECT * FROM parent
EXPLAIN ANALYZE UPDATE twin SET id = 1
PREPARE fresh AS SELECT * FROM parent
DECLARE fresh CURSOR FOR SELECT * FROM parent
DEALLOCATE ALL
NOTIFY fresh
COPY parent TO '/dev/null'
