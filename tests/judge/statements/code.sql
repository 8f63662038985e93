-- What runs inside blocks and functions
DO $$ BEGIN ALTER TABLE twin ADD CONSTRAINT c FOREIGN KEY (parent_id) REFERENCES parent (id); EXCEPTION WHEN duplicate_object THEN null; END $$
DO $$ BEGIN ALTER TABLE child ADD CONSTRAINT later CHECK (wide > 0); EXCEPTION WHEN duplicate_object THEN null; END $$
DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_object THEN null; END $$
DO $$ BEGIN CREATE TYPE fresh AS ENUM ('sad'); EXCEPTION WHEN duplicate_object THEN null; END $$
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'fresh') THEN CREATE TYPE fresh AS ENUM ('a'); END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_class WHERE relname = 'twin') THEN DROP TABLE twin CASCADE; END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_class WHERE relname = 'nowhere') THEN DROP TABLE nowhere; END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'child' AND column_name = 'note') THEN ALTER TABLE child RENAME COLUMN note TO renamed; END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'child' AND column_name = 'nothing') THEN ALTER TABLE child DROP COLUMN nothing; END IF; END $$
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'child' AND column_name = 'note') THEN ALTER TABLE child ADD COLUMN note text; END IF; END $$
DO $$ BEGIN EXECUTE 'ALTER TABLE child ADD COLUMN x uuid DEFAULT gen_random_uuid()'; END $$
DO $$ BEGIN EXECUTE 'CREATE INDEX fresh ON child (amount)'; END $$
DO $$ BEGIN CREATE TABLE fresh (id integer REFERENCES parent (id)); CREATE INDEX ON fresh (id); END $$
DO $$ BEGIN CREATE TABLE fresh (id integer); INSERT INTO fresh SELECT id FROM twin; DROP TABLE fresh; END $$
DO $$ DECLARE n integer; BEGIN SELECT count(*) INTO n FROM parent; UPDATE twin SET id = n; RAISE DEBUG 'a;b %', n; END $$
DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM parent LOOP UPDATE twin SET id = r.id; END LOOP; END $$
DO $$ BEGIN RAISE DEBUG 'DROP TABLE parent;'; END $$
DO $$ BEGIN PERFORM setval('counter', 5); END $$
DO $$ BEGIN PERFORM 1 FROM parent; IF FOUND THEN DELETE FROM twin; ELSE NULL; END IF; END $$
DO LANGUAGE plpgsql $$ BEGIN ALTER TABLE typed ALTER COLUMN number TYPE bigint; END $$
SELECT cleaning()
SELECT cleaning() FROM parent
CALL mending()
SELECT counting()
DO $$ BEGIN PERFORM cleaning(); END $$
DO $$ BEGIN CALL mending(); END $$
