-- The functions of uuid-ossp in SQL. They run as their caller and find nothing by search_path.

CREATE FUNCTION uuid_nil() RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT '00000000-0000-0000-0000-000000000000'::pg_catalog.uuid $$;

-- The name spaces of RFC 9562, section 6.6.
CREATE FUNCTION uuid_ns_dns() RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::pg_catalog.uuid $$;

CREATE FUNCTION uuid_ns_url() RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::pg_catalog.uuid $$;

CREATE FUNCTION uuid_ns_oid() RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::pg_catalog.uuid $$;

CREATE FUNCTION uuid_ns_x500() RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::pg_catalog.uuid $$;

-- Version 1: 100 ns since 1582-10-15, a random clock sequence (whose place in a random UUID is the
-- same), and a node. No network card is asked for the node: it is the same while the server runs,
-- and marked as made up by its multicast bit.
CREATE FUNCTION uuid_generate_v1() RETURNS uuid
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  ticks CONSTANT text := lpad(to_hex(
    (extract(epoch FROM clock_timestamp()) * 10000000)::bigint
    + floor(random() * 10)::bigint + 122192928000000000), 16, '0');
  node CONSTANT text := md5(extract(epoch FROM pg_postmaster_start_time())::text);
BEGIN
  RETURN (right(ticks, 8) || substr(ticks, 5, 4) || '1' || substr(ticks, 2, 3)
    || substr(gen_random_uuid()::text, 20, 4)
    || left(node, 1) || translate(substr(node, 2, 1), '0123456789abcdef', '33337777bbbbffff')
    || substr(node, 3, 10))::uuid;
END
$$;

-- The same with another node each time.
CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  ticks CONSTANT text := lpad(to_hex(
    (extract(epoch FROM clock_timestamp()) * 10000000)::bigint
    + floor(random() * 10)::bigint + 122192928000000000), 16, '0');
  node CONSTANT text := right(gen_random_uuid()::text, 12);
BEGIN
  RETURN (right(ticks, 8) || substr(ticks, 5, 4) || '1' || substr(ticks, 2, 3)
    || substr(gen_random_uuid()::text, 20, 4)
    || left(node, 1) || translate(substr(node, 2, 1), '0123456789abcdef', '33337777bbbbffff')
    || substr(node, 3, 10))::uuid;
END
$$;

CREATE FUNCTION uuid_generate_v3(namespace uuid, name text) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  hash CONSTANT text := md5(uuid_send(namespace) || convert_to(name, getdatabaseencoding()));
BEGIN
  RETURN (left(hash, 12) || '3' || substr(hash, 14, 3)
    || translate(substr(hash, 17, 1), '0123456789abcdef', '89ab89ab89ab89ab')
    || substr(hash, 18))::uuid;
END
$$;

CREATE FUNCTION uuid_generate_v4() RETURNS uuid
LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
AS $$ SELECT pg_catalog.gen_random_uuid() $$;

-- PostgreSQL itself has no SHA-1, so here it is (FIPS 180-4, section 6.1).
CREATE FUNCTION uuid_generate_v5(namespace uuid, name text) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  message bytea := uuid_send(namespace) || convert_to(name, getdatabaseencoding());
  bits CONSTANT bigint := length(message) * 8::bigint;
  low CONSTANT bigint := 4294967295;
  h0 bigint := 1732584193;
  h1 bigint := 4023233417;
  h2 bigint := 2562383102;
  h3 bigint := 271733878;
  h4 bigint := 3285377520;
  a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; t bigint;
  w bigint[];
  hash text;
BEGIN
  message := message || decode('80' || repeat('00', (119 - length(message) % 64) % 64), 'hex')
    || int8send(bits);
  FOR start IN 0 .. length(message) - 64 BY 64 LOOP
    FOR i IN 0 .. 79 LOOP
      IF i < 16 THEN
        w[i] := substr(message, start + i * 4 + 1, 4)::bigint;
      ELSE
        t := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
        w[i] := ((t << 1) | (t >> 31)) & low;
      END IF;
    END LOOP;
    a := h0; b := h1; c := h2; d := h3; e := h4;
    FOR i IN 0 .. 79 LOOP
      IF i < 20 THEN
        f := (b & c) | ((b # low) & d); k := 1518500249;
      ELSIF i < 40 THEN
        f := b # c # d; k := 1859775393;
      ELSIF i < 60 THEN
        f := (b & c) | (b & d) | (c & d); k := 2400959708;
      ELSE
        f := b # c # d; k := 3395469782;
      END IF;
      t := (((a << 5) | (a >> 27)) + f + e + k + w[i]) & low;
      e := d; d := c; c := ((b << 30) | (b >> 2)) & low; b := a; a := t;
    END LOOP;
    h0 := (h0 + a) & low; h1 := (h1 + b) & low; h2 := (h2 + c) & low;
    h3 := (h3 + d) & low; h4 := (h4 + e) & low;
  END LOOP;
  hash := lpad(to_hex(h0), 8, '0') || lpad(to_hex(h1), 8, '0') || lpad(to_hex(h2), 8, '0')
    || lpad(to_hex(h3), 8, '0');
  RETURN (left(hash, 12) || '5' || substr(hash, 14, 3)
    || translate(substr(hash, 17, 1), '0123456789abcdef', '89ab89ab89ab89ab')
    || substr(hash, 18))::uuid;
END
$$;
