-- The functions of pgcrypto in SQL. They run as their caller and find nothing by search_path.
--
-- The extension can be moved to another schema, so a function that needs `digest` looks for it in
-- the schema that it is in itself.

CREATE FUNCTION digest(bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  message bytea := $1;
  bits CONSTANT bigint := length(message) * 8::bigint;
  low CONSTANT bigint := 4294967295;
  h0 bigint := 1732584193;
  h1 bigint := 4023233417;
  h2 bigint := 2562383102;
  h3 bigint := 271733878;
  h4 bigint := 3285377520;
  a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; t bigint;
  w bigint[];
BEGIN
  CASE lower($2)
    WHEN 'md5' THEN RETURN decode(md5(message), 'hex');
    WHEN 'sha224' THEN RETURN sha224(message);
    WHEN 'sha256' THEN RETURN sha256(message);
    WHEN 'sha384' THEN RETURN sha384(message);
    WHEN 'sha512' THEN RETURN sha512(message);
    WHEN 'sha1' THEN NULL;
    ELSE
      RAISE EXCEPTION 'Cannot use "%": No such hash algorithm', $2
        USING ERRCODE = 'invalid_parameter_value',
        HINT = 'What stands in for pgcrypto here knows md5, sha1, sha224, sha256, sha384, sha512.';
  END CASE;
  -- PostgreSQL itself has no SHA-1, so here it is (FIPS 180-4, section 6.1).
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
  RETURN decode(lpad(to_hex(h0), 8, '0') || lpad(to_hex(h1), 8, '0') || lpad(to_hex(h2), 8, '0')
    || lpad(to_hex(h3), 8, '0') || lpad(to_hex(h4), 8, '0'), 'hex');
END
$$;

CREATE FUNCTION digest(text, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  me oid;
  home text;
  found bytea;
BEGIN
  GET DIAGNOSTICS me = PG_ROUTINE_OID;
  SELECT pronamespace::regnamespace::text INTO home FROM pg_proc WHERE oid = me;
  EXECUTE format('SELECT %s.digest($1, $2)', home)
    INTO found USING convert_to($1, getdatabaseencoding()), $2;
  RETURN found;
END
$$;

-- RFC 2104.
CREATE FUNCTION hmac(bytea, bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  me oid;
  home text;
  width CONSTANT integer := CASE WHEN lower($3) IN ('sha384', 'sha512') THEN 128 ELSE 64 END;
  key bytea := $2;
  inner_key bytea;
  outer_key bytea;
  found bytea;
BEGIN
  GET DIAGNOSTICS me = PG_ROUTINE_OID;
  SELECT pronamespace::regnamespace::text INTO home FROM pg_proc WHERE oid = me;
  IF length(key) > width THEN
    EXECUTE format('SELECT %s.digest($1, $2)', home) INTO key USING key, $3;
  END IF;
  key := key || decode(repeat('00', width - length(key)), 'hex');
  inner_key := key;
  outer_key := key;
  FOR i IN 0 .. width - 1 LOOP
    inner_key := set_byte(inner_key, i, get_byte(key, i) # 54);
    outer_key := set_byte(outer_key, i, get_byte(key, i) # 92);
  END LOOP;
  EXECUTE format('SELECT %s.digest($1, $2)', home) INTO found USING inner_key || $1, $3;
  EXECUTE format('SELECT %s.digest($1, $2)', home) INTO found USING outer_key || found, $3;
  RETURN found;
END
$$;

CREATE FUNCTION hmac(text, text, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  me oid;
  home text;
  found bytea;
BEGIN
  GET DIAGNOSTICS me = PG_ROUTINE_OID;
  SELECT pronamespace::regnamespace::text INTO home FROM pg_proc WHERE oid = me;
  EXECUTE format('SELECT %s.hmac($1, $2, $3)', home) INTO found
    USING convert_to($1, getdatabaseencoding()), convert_to($2, getdatabaseencoding()), $3;
  RETURN found;
END
$$;

-- 122 bits of a UUID are random; a hash of two spreads 244 over 32 bytes.
CREATE FUNCTION gen_random_bytes(integer) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found bytea := decode('', 'hex');
BEGIN
  IF $1 < 1 OR $1 > 1024 THEN
    RAISE EXCEPTION 'Length not in range' USING ERRCODE = 'external_routine_invocation_exception';
  END IF;
  WHILE length(found) < $1 LOOP
    found := found || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
  END LOOP;
  RETURN substr(found, 1, $1);
END
$$;

CREATE FUNCTION gen_random_uuid() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT pg_catalog.gen_random_uuid() $$;

CREATE FUNCTION fips_mode() RETURNS boolean
LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
AS $$ SELECT false $$;

-- What cannot be done in SQL says so, instead of giving an answer that a real server would not.
DO $generate$
DECLARE
  unable CONSTANT text[] := ARRAY[
    ['crypt(text, text)', 'text', 'IMMUTABLE'],
    ['gen_salt(text)', 'text', 'VOLATILE'],
    ['gen_salt(text, integer)', 'text', 'VOLATILE'],
    ['encrypt(bytea, bytea, text)', 'bytea', 'IMMUTABLE'],
    ['decrypt(bytea, bytea, text)', 'bytea', 'IMMUTABLE'],
    ['encrypt_iv(bytea, bytea, bytea, text)', 'bytea', 'IMMUTABLE'],
    ['decrypt_iv(bytea, bytea, bytea, text)', 'bytea', 'IMMUTABLE'],
    ['pgp_sym_encrypt(text, text)', 'bytea', 'VOLATILE'],
    ['pgp_sym_encrypt(text, text, text)', 'bytea', 'VOLATILE'],
    ['pgp_sym_encrypt_bytea(bytea, text)', 'bytea', 'VOLATILE'],
    ['pgp_sym_encrypt_bytea(bytea, text, text)', 'bytea', 'VOLATILE'],
    ['pgp_sym_decrypt(bytea, text)', 'text', 'IMMUTABLE'],
    ['pgp_sym_decrypt(bytea, text, text)', 'text', 'IMMUTABLE'],
    ['pgp_sym_decrypt_bytea(bytea, text)', 'bytea', 'IMMUTABLE'],
    ['pgp_sym_decrypt_bytea(bytea, text, text)', 'bytea', 'IMMUTABLE'],
    ['pgp_pub_encrypt(text, bytea)', 'bytea', 'VOLATILE'],
    ['pgp_pub_encrypt(text, bytea, text)', 'bytea', 'VOLATILE'],
    ['pgp_pub_encrypt_bytea(bytea, bytea)', 'bytea', 'VOLATILE'],
    ['pgp_pub_encrypt_bytea(bytea, bytea, text)', 'bytea', 'VOLATILE'],
    ['pgp_pub_decrypt(bytea, bytea)', 'text', 'IMMUTABLE'],
    ['pgp_pub_decrypt(bytea, bytea, text)', 'text', 'IMMUTABLE'],
    ['pgp_pub_decrypt(bytea, bytea, text, text)', 'text', 'IMMUTABLE'],
    ['pgp_pub_decrypt_bytea(bytea, bytea)', 'bytea', 'IMMUTABLE'],
    ['pgp_pub_decrypt_bytea(bytea, bytea, text)', 'bytea', 'IMMUTABLE'],
    ['pgp_pub_decrypt_bytea(bytea, bytea, text, text)', 'bytea', 'IMMUTABLE'],
    ['pgp_key_id(bytea)', 'text', 'IMMUTABLE'],
    ['armor(bytea)', 'text', 'IMMUTABLE'],
    ['armor(bytea, text[], text[])', 'text', 'IMMUTABLE'],
    ['dearmor(text)', 'bytea', 'IMMUTABLE'],
    ['pgp_armor_headers(text, OUT key text, OUT value text)', 'SETOF record', 'IMMUTABLE']
  ];
  each text[];
BEGIN
  FOREACH each SLICE 1 IN ARRAY unable LOOP
    EXECUTE pg_catalog.format(
      'CREATE FUNCTION %s RETURNS %s LANGUAGE plpgsql %s STRICT PARALLEL SAFE AS %L',
      each[1], each[2], each[3],
      pg_catalog.format($body$
BEGIN
  RAISE EXCEPTION 'what stands in for the extension pgcrypto here has no %s'
    USING ERRCODE = 'feature_not_supported',
    HINT = 'Rehearse on a server that has pgcrypto: --postgres URL.';
END
$body$, pg_catalog.split_part(each[1], '(', 1)));
  END LOOP;
END
$generate$;
