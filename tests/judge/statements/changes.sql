-- Rows that come, change and go, and what is looked up for them
UPDATE child SET parent_id = 2 WHERE id = 1
UPDATE child SET parent_id = 2
[none] UPDATE child SET parent_id = 2 WHERE id = 99
UPDATE child SET wide = 2, note = 'y' WHERE id = 1
UPDATE event_1 SET parent_id = 2
UPDATE event SET parent_id = 2
UPDATE parent SET id = 3 WHERE id = 2
[none] UPDATE parent SET id = 2 WHERE id = 2
UPDATE owner SET id = 7
[none] UPDATE owner SET id = 7 WHERE id = 99
UPDATE owner SET name = 'z'
DELETE FROM owner
DELETE FROM owner WHERE id = 1
[none] DELETE FROM owner WHERE id = 99
DELETE FROM pet WHERE id = 101
DELETE FROM held WHERE id = 3
UPDATE held_part SET held_code = 'y'
INSERT INTO pet (owner_id) SELECT id FROM owner
[none] INSERT INTO pet (owner_id) SELECT id FROM owner WHERE id = 99
INSERT INTO toy (pet_id) SELECT id FROM pet
INSERT INTO numbered (name) SELECT name FROM owner
INSERT INTO numbered VALUES (DEFAULT, DEFAULT, 'x', 1)
INSERT INTO numbered VALUES (DEFAULT, 50, 'x', 1)
INSERT INTO numbered DEFAULT VALUES
INSERT INTO numbered VALUES (77)
INSERT INTO pet VALUES (9)
INSERT INTO pet DEFAULT VALUES
INSERT INTO toy DEFAULT VALUES
INSERT INTO toy (pet_id) VALUES (NULL)
INSERT INTO pet (id, owner_id) VALUES (8, 1), (9, NULL)
[none] INSERT INTO pet (id, owner_id) VALUES (101, 1) ON CONFLICT DO NOTHING
[none] INSERT INTO pet (owner_id, id) VALUES (1, 101) ON CONFLICT (id) DO UPDATE SET name = 'x'
INSERT INTO part VALUES (1)
INSERT INTO part_1 VALUES (1)
INSERT INTO part SELECT 1 FROM owner
[none] INSERT INTO part SELECT 1 FROM owner WHERE false
SELECT setval('counter', (SELECT max(id) FROM owner))
[none] SELECT setval('counter', (SELECT max(id) FROM owner WHERE id > 99))
SELECT setval('counter', max(id)) FROM owner
SELECT setval('counter', coalesce((SELECT max(id) FROM owner), 1))
SELECT setval('counter', coalesce(max(id), 1)) FROM owner
SELECT setval('counter', greatest((SELECT max(id) FROM owner), 1))
INSERT INTO visit (pet_id) VALUES (101) ON CONFLICT DO NOTHING
