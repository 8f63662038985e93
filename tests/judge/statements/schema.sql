-- What is there before each of the statements beside this file.
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE mood_new AS ENUM ('sad', 'happy', 'fine');
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN plain AS integer;
CREATE DOMAIN short_text AS varchar(10);
CREATE DOMAIN required AS text NOT NULL;
CREATE DOMAIN whole AS integer CHECK (VALUE > 0);
CREATE TABLE whole_user (n whole, m integer);
CREATE TABLE parent (id integer PRIMARY KEY, name varchar(20), code text UNIQUE);
CREATE TABLE child (
    id integer PRIMARY KEY, parent_id integer REFERENCES parent (id), note varchar(10), body text,
    price numeric(10,2), at timestamp(3), plain_at timestamp, mood mood, fixed char(5),
    flag boolean, tags varchar(5)[], address cidr, amount bigint, ratio real, data json, key uuid,
    wide integer,
    checked integer CHECK (checked > 0), proved integer, full_name text NOT NULL DEFAULT '',
    span interval(3), bits varbit(5), small plain, "Mixed" text
);
CREATE INDEX child_note_idx ON child (note);
CREATE INDEX child_at_idx ON child (at);
CREATE INDEX child_body_idx ON child (body);
CREATE UNIQUE INDEX child_wide_idx ON child (wide);
CREATE UNIQUE INDEX child_full_idx ON child (full_name);
ALTER TABLE child ADD CONSTRAINT proved_there CHECK (proved IS NOT NULL);
ALTER TABLE child ADD CONSTRAINT later CHECK (wide > 0) NOT VALID;
ALTER TABLE child ADD CONSTRAINT later_fk FOREIGN KEY (wide) REFERENCES parent (id) NOT VALID;
CREATE TABLE loose (a integer, b text, p positive);
CREATE TABLE twin (id integer, parent_id integer);
CREATE VIEW children AS SELECT id, flag FROM child;
CREATE VIEW grandchildren AS SELECT id FROM children;
CREATE MATERIALIZED VIEW summary AS SELECT a, b FROM loose;
CREATE UNIQUE INDEX summary_idx ON summary (a);
CREATE SEQUENCE counter;
CREATE TABLE log (at date, message text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE log_rest PARTITION OF log DEFAULT;
CREATE TABLE log_2026 (at date, message text);
CREATE TABLE part (n integer) PARTITION BY LIST (n);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER watch BEFORE UPDATE ON loose FOR EACH ROW EXECUTE FUNCTION touch();

-- A column of every type, most of them indexed, for changes of type.
CREATE TABLE typed (
    id integer PRIMARY KEY, short varchar(10), open varchar, body text, price numeric(10,2),
    free numeric, whole numeric(10), fixed char(5), tiny smallint, number integer, large bigint, ratio real,
    exact double precision, at3 timestamp(3), at timestamp, zoned timestamptz,
    zoned3 timestamptz(3), span interval, span3 interval(3), day date, clock time,
    clock3 time(3), zone_clock timetz, data json, document jsonb, network cidr, host inet,
    bits bit(5), varbits varbit(5), feeling mood, key uuid, numbers integer[],
    words varchar(5)[], texts text[], feelings mood[], easy plain, strict positive,
    brief short_text, flag boolean, object oid, bytes bytea, cash money, plainly text COLLATE "C",
    defaulted integer DEFAULT 5, texted varchar(5) DEFAULT 'x', area int4range, region name,
    spare text, free_flag boolean, markup xml
);
CREATE INDEX typed_short_idx ON typed (short);
CREATE INDEX typed_open_idx ON typed (open);
CREATE INDEX typed_body_idx ON typed (body);
CREATE INDEX typed_lower_idx ON typed (lower(body));
CREATE INDEX typed_price_idx ON typed (price);
CREATE INDEX typed_number_idx ON typed (number);
CREATE INDEX typed_at3_idx ON typed (at3);
CREATE INDEX typed_at_idx ON typed (at);
CREATE INDEX typed_zoned_idx ON typed (zoned);
CREATE INDEX typed_zoned3_idx ON typed (zoned3);
CREATE INDEX typed_host_idx ON typed (network);
CREATE INDEX typed_varbits_idx ON typed (varbits);
CREATE INDEX typed_feeling_idx ON typed (feeling);
CREATE INDEX typed_partial_idx ON typed (large) WHERE flag;
CREATE INDEX typed_two_idx ON typed (short, at);
CREATE INDEX typed_with_idx ON typed (tiny) INCLUDE (open);
CREATE INDEX typed_brief_idx ON typed (brief);
CREATE INDEX typed_easy_idx ON typed (easy);
CREATE INDEX typed_document_idx ON typed USING gin (document);
CREATE INDEX typed_hash_idx ON typed USING hash (plainly);
CREATE INDEX typed_span_idx ON typed (span3);
CREATE UNIQUE INDEX typed_object_idx ON typed (object);

-- Columns that something else stands on.
CREATE TABLE held (
    id integer PRIMARY KEY, quantity integer, price numeric(10,2),
    total numeric GENERATED ALWAYS AS (quantity * price) STORED,
    label varchar(10) CHECK (label <> ''), low integer, high integer, code varchar(10),
    CONSTRAINT ordered CHECK (low < high), CONSTRAINT held_code_key UNIQUE (code),
    CONSTRAINT no_overlap EXCLUDE USING gist (int4range(low, high) WITH &&)
);
CREATE TABLE held_part (held_code varchar(10) REFERENCES held (code), held_id integer);
ALTER TABLE held_part ADD CONSTRAINT part_of FOREIGN KEY (held_id) REFERENCES held (id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX held_part_idx ON held_part (held_id);
CREATE TABLE apart (id integer PRIMARY KEY);
CREATE TABLE apart_user (apart_id integer REFERENCES apart (id));
CREATE TABLE tree (id integer PRIMARY KEY, up integer REFERENCES tree (id));
CREATE TABLE pairs (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE pair_user (a integer, b integer, FOREIGN KEY (a, b) REFERENCES pairs (a, b));
CREATE TABLE numbered (
    id serial PRIMARY KEY, other bigint GENERATED BY DEFAULT AS IDENTITY, name text, spare integer
);
CREATE TABLE nullable (a integer, b integer, c text, CONSTRAINT both_there CHECK (a IS NOT NULL AND b > 0));
CREATE UNIQUE INDEX nullable_a_idx ON nullable (a);
CREATE UNIQUE INDEX nullable_b_idx ON nullable (b);

-- Inheritance.
CREATE TABLE animal (id integer, name varchar(10));
CREATE TABLE cat (lives integer) INHERITS (animal);
CREATE TABLE kitten (age integer) INHERITS (cat);

-- A partitioned table with a key, an index, foreign keys both ways, and partitions of partitions.
CREATE TABLE event (
    id integer, kind integer NOT NULL, at date NOT NULL, parent_id integer REFERENCES parent (id), note varchar(10),
    PRIMARY KEY (id, kind, at)
) PARTITION BY LIST (kind);
CREATE INDEX event_note_idx ON event (note);
CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2) PARTITION BY RANGE (at);
CREATE TABLE event_2_2024 PARTITION OF event_2 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2_2025 PARTITION OF event_2 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_3 (
    id integer NOT NULL, kind integer NOT NULL, at date NOT NULL, parent_id integer, note varchar(10),
    PRIMARY KEY (id, kind, at), CONSTRAINT only_three CHECK (kind = 3 AND kind IS NOT NULL)
);
CREATE TABLE event_user (id integer, kind integer, at date, FOREIGN KEY (id, kind, at) REFERENCES event);

-- Views of views, rules, policies, other schemas.
CREATE VIEW joined AS SELECT p.id, t.id AS twin FROM parent p JOIN twin t ON t.parent_id = p.id;
CREATE MATERIALIZED VIEW gathered AS SELECT id FROM joined;
CREATE MATERIALIZED VIEW unfilled AS SELECT id FROM twin WITH NO DATA;
CREATE TABLE secret (id integer, owner_name text);
CREATE POLICY mine ON secret USING (owner_name = current_user);
CREATE RULE quiet AS ON DELETE TO secret DO INSTEAD NOTHING;
CREATE STATISTICS child_stats ON note, body FROM child;
CREATE PUBLICATION published FOR TABLE parent;
CREATE SCHEMA other;
CREATE TABLE other.place (id integer PRIMARY KEY, parent_id integer REFERENCES parent (id));
CREATE VIEW other.places AS SELECT id FROM other.place;
CREATE UNLOGGED TABLE scratch (id integer);
CREATE FUNCTION double_it(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE FUNCTION chance() RETURNS integer LANGUAGE sql VOLATILE AS 'SELECT 4';
CREATE FUNCTION today_text() RETURNS text LANGUAGE sql STABLE AS 'SELECT current_date::text';
CREATE TABLE called (id integer DEFAULT double_it(2), n integer);
CREATE INDEX called_idx ON called (double_it(n));
CREATE FUNCTION cleaning() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM twin; ALTER TABLE loose DROP COLUMN IF EXISTS p; END $$;
CREATE PROCEDURE mending() LANGUAGE sql AS 'UPDATE twin SET id = 1';
CREATE FUNCTION counting() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM child';

-- What goes along with a row, through foreign keys.
CREATE TABLE owner (id integer PRIMARY KEY, name text);
CREATE TABLE pet (
    id serial PRIMARY KEY, name text,
    owner_id integer DEFAULT 1 REFERENCES owner (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE toy (
    id serial PRIMARY KEY, pet_id integer REFERENCES pet (id) ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE TABLE visit (
    pet_id integer REFERENCES pet (id), at date,
    owner_id integer REFERENCES owner (id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
);
