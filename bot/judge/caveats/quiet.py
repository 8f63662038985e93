"""Functions that leave everything as it is, known by their names.

Those that PostgreSQL brings along, and some of extensions that many databases have. A name that is
missing is no fault: what it does is told as not known.
"""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Stable or immutable in pg_catalog, whatever they are given.
READING = _words(
    """
    abs acos acosd acosh age any_value area array_agg array_append array_cat array_dims
    array_fill array_length array_lower array_ndims array_position array_positions array_prepend
    array_remove array_replace array_reverse array_sort array_to_json array_to_string
    array_to_tsvector array_upper ascii asin asind asinh atan atan2 atan2d atand atanh avg bit
    bit_and bit_count bit_length bit_or bit_xor bool bool_and bool_or box bpchar btrim bytea
    cardinality casefold cbrt ceil ceiling center char char_length character_length chr cidr
    circle col_description concat concat_ws convert convert_from convert_to corr cos cosd cosh
    cot cotd count covar_pop covar_samp crc32 crc32c cume_dist current_database current_schema
    current_schemas current_setting current_user date date_add date_bin date_part date_subtract
    date_trunc datemultirange daterange decode degrees dense_rank diagonal diameter div encode
    enum_first enum_last enum_range erf erfc every exp extract factorial first_value float4
    float8 floor format format_type gamma gcd generate_series generate_subscripts get_bit
    get_byte get_current_ts_config getdatabaseencoding hashtext hashtextextended height host
    hostmask inet_client_addr inet_client_port inet_merge inet_same_family inet_server_addr
    inet_server_port initcap int2 int4 int4multirange int4range int8 int8multirange int8range
    interval is_normalized isclosed isempty isfinite ishorizontal isopen isparallel isperp
    isvertical json_agg json_agg_strict json_array_elements json_array_elements_text
    json_array_length json_build_array json_build_object json_each json_each_text
    json_extract_path json_extract_path_text json_object json_object_agg json_object_agg_strict
    json_object_agg_unique json_object_agg_unique_strict json_object_keys json_populate_record
    json_populate_recordset json_strip_nulls json_to_record json_to_recordset json_to_tsvector
    json_typeof jsonb_agg jsonb_agg_strict jsonb_array_elements jsonb_array_elements_text
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_concat jsonb_delete
    jsonb_delete_path jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text
    jsonb_insert jsonb_object jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique
    jsonb_object_agg_unique_strict jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz
    jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_array
    jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz
    jsonb_path_query_tz jsonb_populate_record jsonb_populate_record_valid
    jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls
    jsonb_to_record jsonb_to_recordset jsonb_to_tsvector jsonb_typeof justify_days justify_hours
    justify_interval lag last_value lcm lead left length lgamma like line ln log log10 lower
    lower_inc lower_inf lpad lseg ltrim macaddr macaddr8 macaddr8_set7bit make_date
    make_interval make_time make_timestamp make_timestamptz masklen max md5 min min_scale mod
    mode money multirange mxid_age name netmask network normalize now npoints nth_value ntile
    num_nonnulls num_nulls numeric nummultirange numnode numrange obj_description octet_length
    oid overlaps overlay parse_ident path percent_rank percentile_cont percentile_disc
    pg_backend_pid pg_basetype pg_column_compression pg_column_is_updatable pg_column_size
    pg_current_snapshot pg_current_xact_id pg_current_xact_id_if_assigned pg_describe_object
    pg_has_role pg_identify_object pg_identify_object_as_address pg_is_other_temp_schema pg_lsn
    pg_my_temp_schema pg_partition_root pg_postmaster_start_time pg_size_bytes pg_size_pretty
    pg_snapshot_xip pg_snapshot_xmax pg_snapshot_xmin pg_trigger_depth pg_typeof
    pg_visible_in_snapshot pg_wal_lsn_diff phraseto_tsquery pi plainto_tsquery point polygon
    position pow power quote_ident quote_literal quote_nullable radians radius range_agg
    range_intersect_agg range_merge rank regclass regexp_count regexp_instr regexp_like
    regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table
    regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx
    regr_sxy regr_syy repeat replace reverse right round row_number row_security_active
    row_to_json rpad rtrim scale session_user set_bit set_byte set_masklen setweight sha224
    sha256 sha384 sha512 shobj_description sign sin sind sinh slope split_part sqrt starts_with
    statement_timestamp stddev stddev_pop stddev_samp string_agg string_to_array string_to_table
    strip strpos substr substring sum system_user tan tand tanh text time timestamp timestamptz
    timetz timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct
    to_regclass to_regcollation to_regnamespace to_regoper to_regoperator to_regproc
    to_regprocedure to_regrole to_regtype to_regtypemod to_timestamp to_tsquery to_tsvector
    transaction_timestamp translate trim_array trim_scale trunc ts_debug ts_delete ts_filter
    ts_headline ts_lexize ts_parse ts_rank ts_rank_cd ts_token_type tsmultirange tsrange
    tstzmultirange tstzrange tsvector_to_array txid_current txid_current_if_assigned
    txid_current_snapshot txid_snapshot_xip txid_snapshot_xmax txid_snapshot_xmin
    txid_visible_in_snapshot unistr unnest upper upper_inc upper_inf uuid_extract_timestamp
    uuid_extract_version var_pop var_samp varbit varchar variance version websearch_to_tsquery
    width width_bucket xid xml xml_is_well_formed xml_is_well_formed_content
    xml_is_well_formed_document xmlagg xmlcomment xmlexists xmltext xmlvalidate xpath
    xpath_exists
    """
)
# Volatile, because they answer otherwise each time, wait, or tell somebody something.
RESTLESS = _words(
    """
    array_sample array_shuffle clock_timestamp current_query currval gen_random_uuid lastval
    lo_get pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all
    pg_advisory_unlock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared
    pg_blocking_pids pg_current_wal_lsn pg_database_size pg_indexes_size pg_is_in_recovery
    pg_notify pg_partition_ancestors pg_partition_tree pg_relation_size pg_sequence_last_value
    pg_sleep pg_sleep_for pg_sleep_until pg_table_size pg_tablespace_size pg_total_relation_size
    pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock
    pg_try_advisory_xact_lock_shared random random_normal set_config setseed timeofday uuidv4
    uuidv7
    """
)
OF_EXTENSIONS = _words(
    """
    akeys armor avals citext cosine_distance crypt cube cube_dim daitch_mokotoff dearmor digest
    dmetaphone dmetaphone_alt earth_box earth_distance gen_random_bytes gen_salt hmac hstore
    hstore_to_json hstore_to_jsonb inner_product l1_distance l2_distance l2_normalize lca
    levenshtein levenshtein_less_equal ll_to_earth ltree ltree2text metaphone nlevel
    pgp_sym_decrypt pgp_sym_encrypt show_trgm similarity skeys slice soundex
    strict_word_similarity subltree subpath svals text2ltree unaccent uuid_generate_v1
    uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil uuid_ns_dns
    uuid_ns_oid uuid_ns_url uuid_ns_x500 vector_dims vector_norm word_similarity
    """
)
_FAMILIES = re.compile(
    r"has_\w+_privilege|pg_\w+_is_visible|st_\w+|pg_get_(?:constraintdef|expr|functiondef"
    r"|function_\w+|indexdef|keywords|partkeydef|ruledef|serial_sequence|statisticsobjdef"
    r"|triggerdef|userbyid|viewdef)"
)


def is_quiet(name: str) -> bool:
    """Of a function that the history does not make."""
    known = name in READING or name in RESTLESS or name in OF_EXTENSIONS
    return known or _FAMILIES.fullmatch(name) is not None
