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
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'later') THEN DROP TABLE parent CASCADE; END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'later' AND conrelid = 'child'::regclass) THEN ALTER TABLE child DROP CONSTRAINT later; END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid WHERE c.conname = 'later' AND t.relname = 'parent') THEN DROP TABLE parent CASCADE; ELSE ALTER TABLE parent ADD COLUMN fresh integer; END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'child' AND column_name = 'nothing') THEN DROP TABLE child CASCADE; ELSIF EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 'loose') THEN ALTER TABLE loose ADD COLUMN fresh text; ELSE DROP TABLE loose; END IF; END $$
DO $$ BEGIN IF to_regclass('public.nowhere') IS NULL THEN DELETE FROM twin; ELSE DELETE FROM loose; END IF; END $$
DO $$ BEGIN IF to_regclass('other.place') IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'fresh') THEN CREATE INDEX fresh ON other.place (parent_id); END IF; END $$
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'mood' AND e.enumlabel = 'sad') THEN DROP TABLE typed; END IF; END $$
DO $$ BEGIN IF (SELECT count(*) FROM pg_trigger WHERE tgname = 'watch') = 0 THEN DROP TABLE loose CASCADE; ELSE DROP TRIGGER watch ON loose; END IF; END $$
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 'secret' AND policyname = 'mine') THEN DROP TABLE secret; END IF; END $$
DO $$ BEGIN CREATE TYPE mood AS ENUM ('x'); DROP TABLE twin CASCADE; EXCEPTION WHEN duplicate_object THEN DELETE FROM loose; END $$
DO $$ BEGIN BEGIN ALTER TABLE child ADD COLUMN note text; EXCEPTION WHEN duplicate_column THEN NULL; END; ALTER TABLE twin ADD COLUMN fresh text; END $$
DO $$ DECLARE n bigint := (SELECT count(*) FROM parent); BEGIN IF n >= 0 THEN DELETE FROM twin; END IF; END $$
DO $$ BEGIN IF (SELECT count(*) FROM parent) >= 0 THEN DELETE FROM twin; END IF; END $$
DO $$ DECLARE n bigint; BEGIN n := nextval('counter'); IF NOT EXISTS (SELECT 1 FROM loose) THEN NULL; END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT 1 FROM parent) THEN EXECUTE $q$ ALTER TABLE twin ADD COLUMN fresh text $q$; END IF; END $$
