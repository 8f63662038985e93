-- Everything a database's schema consists of: kind, the parts of its name, its attributes.
--
-- One statement, so that it is one round trip and one snapshot. Members of extensions are left out:
-- the extension and its version stand for them. Columns that only some majors have are read through
-- to_jsonb, which knows nothing of columns that are not there; a line that ends in `since` is left
-- out for servers before that major.
WITH member AS MATERIALIZED (
    -- A range type's constructors and casts come and go with the type.
    SELECT classid, objid FROM pg_depend
    WHERE deptype = 'e'
       OR deptype = 'i' AND classid IN ('pg_proc'::regclass, 'pg_cast'::regclass)
),
ns AS MATERIALIZED (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
    -- The bot's audit rows are nobody's drift.
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'migration_bot')
      AND (%(schemas)s::text[] IS NULL OR n.nspname = ANY (%(schemas)s::text[]))
),
rel AS MATERIALIZED (
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, c.relrowsecurity,
        c.relforcerowsecurity, c.relreplident, c.reloptions, c.relam, c.relpartbound, c.relowner,
        c.relacl, c.relispartition, c.relispopulated, c.reloftype, c.reltoastrelid
    FROM pg_class c JOIN ns n ON n.oid = c.relnamespace
    WHERE c.relname <> ALL (%(exclude)s::text[])
      AND NOT EXISTS (
          SELECT 1 FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
      AND NOT (c.relkind = 'S' AND EXISTS (
          SELECT 1 FROM pg_depend d JOIN pg_class o ON o.oid = d.refobjid
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
            AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
            AND o.relname = ANY (%(exclude)s::text[])))
),
typ AS MATERIALIZED (
    SELECT t.*, n.nspname FROM pg_type t JOIN ns n ON n.oid = t.typnamespace
    WHERE NOT EXISTS (
        SELECT 1 FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
),
fun AS MATERIALIZED (
    SELECT p.oid, n.nspname, p.prokind, p.proowner, p.proacl,
        p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS signature
    FROM pg_proc p JOIN ns n ON n.oid = p.pronamespace
    WHERE NOT EXISTS (
        SELECT 1 FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
),
-- What is rarely anybody else's, and has an owner too.
lesser AS (
    SELECT i.type AS kind, i.identity AS name, o.owner FROM (
        SELECT NULL::regclass AS classid, NULL::oid AS oid, NULL::oid AS owner WHERE false
        UNION ALL
        SELECT 'pg_collation'::regclass, c.oid, c.collowner
        FROM pg_collation c JOIN ns n ON n.oid = c.collnamespace
        UNION ALL
        SELECT 'pg_operator'::regclass, p.oid, p.oprowner
        FROM pg_operator p JOIN ns n ON n.oid = p.oprnamespace
        UNION ALL
        SELECT 'pg_opclass'::regclass, c.oid, c.opcowner
        FROM pg_opclass c JOIN ns n ON n.oid = c.opcnamespace
        UNION ALL
        SELECT 'pg_ts_config'::regclass, c.oid, c.cfgowner
        FROM pg_ts_config c JOIN ns n ON n.oid = c.cfgnamespace
        UNION ALL
        SELECT 'pg_ts_dict'::regclass, d.oid, d.dictowner
        FROM pg_ts_dict d JOIN ns n ON n.oid = d.dictnamespace
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, s.oid, s.stxowner
        FROM pg_statistic_ext s JOIN ns n ON n.oid = s.stxnamespace
        UNION ALL
        SELECT 'pg_event_trigger'::regclass, e.oid, e.evtowner FROM pg_event_trigger e
        WHERE %(wide)s
        UNION ALL
        SELECT 'pg_publication'::regclass, p.oid, p.pubowner FROM pg_publication p
        WHERE %(wide)s
        UNION ALL
        SELECT 'pg_foreign_server'::regclass, s.oid, s.srvowner FROM pg_foreign_server s
        WHERE %(wide)s
    ) o, pg_identify_object(o.classid, o.oid, 0) i
    WHERE NOT EXISTS (SELECT 1 FROM member m WHERE m.classid = o.classid AND m.objid = o.oid)
)

SELECT 'schema' AS kind, ARRAY[nspname::text] AS name, '{}'::jsonb AS attributes FROM ns
WHERE NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = ns.oid)

UNION ALL
SELECT 'extension', ARRAY[e.extname::text],
    jsonb_build_object('version', e.extversion, 'schema', n.nspname)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE %(schemas)s::text[] IS NULL OR n.nspname = ANY (%(schemas)s::text[])

UNION ALL
SELECT CASE r.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END,
    ARRAY[r.nspname::text, r.relname::text],
    jsonb_build_object(
        'persistence', CASE r.relpersistence WHEN 'u' THEN 'unlogged' END,
        'partitioned by', CASE r.relkind WHEN 'p' THEN pg_get_partkeydef(r.oid) END,
        'partition', pg_get_expr(r.relpartbound, r.oid),
        'inherits', (
            SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
            FROM pg_inherits i WHERE i.inhrelid = r.oid),
        'of type', CASE WHEN r.reloftype <> 0 THEN r.reloftype::regtype::text END,
        'row level security', CASE WHEN r.relrowsecurity THEN true END,
        'forced row level security', CASE WHEN r.relforcerowsecurity THEN true END,
        'replica identity', nullif(r.relreplident::text, 'd'),
        'access method', (SELECT nullif(a.amname, 'heap') FROM pg_am a WHERE a.oid = r.relam),
        'options', r.reloptions::text,
        'toast options', (
            SELECT t.reloptions::text FROM pg_class t WHERE t.oid = r.reltoastrelid),
        'server', (
            SELECT s.srvname || coalesce(' ' || f.ftoptions::text, '')
            FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver
            WHERE f.ftrelid = r.oid))
FROM rel r WHERE r.relkind IN ('r', 'p', 'f')

UNION ALL
SELECT 'column', ARRAY[r.nspname::text, r.relname::text, a.attname::text],
    jsonb_build_object(
        'position', row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum),
        'type', format_type(a.atttypid, a.atttypmod),
        'not null', CASE WHEN a.attnotnull THEN true END,
        'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
        'generated', CASE a.attgenerated WHEN '' THEN NULL ELSE
            CASE a.attgenerated WHEN 's' THEN 'stored ' ELSE 'virtual ' END
            || pg_get_expr(d.adbin, d.adrelid) END,
        'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
        'collation', CASE WHEN a.attcollation <> t.typcollation
            THEN a.attcollation::regcollation::text END,
        'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END,
        'compression', nullif(to_jsonb(a) ->> 'attcompression', ''),
        'statistics', nullif(to_jsonb(a) ->> 'attstattarget', '-1'),
        'options', a.attoptions::text,
        'foreign options', a.attfdwoptions::text)
FROM rel r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE r.relkind IN ('r', 'p', 'f')

UNION ALL
-- PostgreSQL 18 keeps a constraint for every NOT NULL, under names that older majors do not have;
-- the column says the same, unless the constraint is not valid or not inherited.
SELECT 'constraint', ARRAY[r.nspname::text, r.relname::text, k.conname::text],
    jsonb_build_object(
        'definition', pg_get_constraintdef(k.oid),
        'validated', CASE WHEN NOT k.convalidated THEN false END,
        'inherited', CASE WHEN NOT k.conislocal THEN true END,
        'triggers', (
            SELECT string_agg(DISTINCT g.tgenabled::text, '') FROM pg_trigger g
            WHERE g.tgconstraint = k.oid AND g.tgisinternal AND g.tgenabled <> 'O'))
FROM pg_constraint k JOIN rel r ON r.oid = k.conrelid
WHERE k.contype <> 't' AND (k.contype <> 'n' OR NOT k.convalidated OR k.connoinherit)
  -- For each partition that it refers to there is one more, whose name no two majors agree on.
  AND NOT EXISTS (
      SELECT 1 FROM pg_constraint w WHERE w.oid = k.conparentid AND w.conrelid = k.conrelid)

UNION ALL
SELECT 'index', ARRAY[r.nspname::text, r.relname::text, c.relname::text],
    jsonb_build_object(
        'definition', pg_get_indexdef(i.indexrelid),
        'valid', CASE WHEN NOT i.indisvalid THEN false END,
        'ready', CASE WHEN NOT i.indisready THEN false END,
        'clustered', CASE WHEN i.indisclustered THEN true END,
        'replica identity', CASE WHEN i.indisreplident THEN true END,
        'partition of', (
            SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = c.oid),
        'statistics', (
            SELECT string_agg(a.attnum || '=' || (to_jsonb(a) ->> 'attstattarget'), ', '
                ORDER BY a.attnum)
            FROM pg_attribute a
            WHERE a.attrelid = c.oid AND nullif(to_jsonb(a) ->> 'attstattarget', '-1') <> ''))
FROM pg_index i JOIN rel r ON r.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid

UNION ALL
SELECT CASE r.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END,
    ARRAY[r.nspname::text, r.relname::text],
    jsonb_build_object(
        'definition', pg_get_viewdef(r.oid),
        'options', r.reloptions::text,
        'populated', CASE WHEN r.relkind = 'm' AND NOT r.relispopulated THEN false END,
        'access method', (SELECT nullif(a.amname, 'heap') FROM pg_am a WHERE a.oid = r.relam),
        'columns', (
            SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), ''),
                ', ' ORDER BY a.attnum)
            FROM pg_attribute a
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped))
FROM rel r WHERE r.relkind IN ('v', 'm')

UNION ALL
SELECT 'sequence', ARRAY[r.nspname::text, r.relname::text],
    jsonb_build_object(
        'type', format_type(s.seqtypid, NULL), 'start', s.seqstart, 'increment', s.seqincrement,
        'minimum', s.seqmin, 'maximum', s.seqmax, 'cache', s.seqcache,
        'cycle', CASE WHEN s.seqcycle THEN true END,
        'persistence', CASE r.relpersistence WHEN 'u' THEN 'unlogged' END,
        'owned by', (
            SELECT d.refobjid::regclass || '.' || quote_ident(a.attname)
            FROM pg_depend d
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid
              AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
FROM rel r JOIN pg_sequence s ON s.seqrelid = r.oid

UNION ALL
SELECT 'enum', ARRAY[t.nspname::text, t.typname::text],
    jsonb_build_object('labels', (
        SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
        FROM pg_enum e WHERE e.enumtypid = t.oid))
FROM typ t WHERE t.typtype = 'e'

UNION ALL
SELECT 'domain', ARRAY[t.nspname::text, t.typname::text],
    jsonb_build_object(
        'type', format_type(t.typbasetype, t.typtypmod),
        'not null', CASE WHEN t.typnotnull THEN true END,
        'default', t.typdefault,
        'collation', (
            SELECT t.typcollation::regcollation::text FROM pg_type b
            WHERE b.oid = t.typbasetype AND b.typcollation <> t.typcollation),
        'constraints', (
            SELECT string_agg(quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), ', '
                ORDER BY k.conname)
            FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
FROM typ t WHERE t.typtype = 'd'

UNION ALL
SELECT 'composite type', ARRAY[t.nspname::text, t.typname::text],
    jsonb_build_object('attributes', (
        SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attcollation <> b.typcollation
                THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END,
            ', ' ORDER BY a.attnum)
        FROM pg_attribute a JOIN pg_type b ON b.oid = a.atttypid
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
FROM typ t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'

UNION ALL
SELECT 'range type', ARRAY[t.nspname::text, t.typname::text],
    jsonb_build_object(
        'subtype', format_type(g.rngsubtype, NULL),
        'collation', CASE WHEN g.rngcollation <> 0 THEN g.rngcollation::regcollation::text END,
        'multirange', ((to_jsonb(g) ->> 'rngmultitypid')::oid)::regtype::text,
        'canonical', nullif(g.rngcanonical::regproc::text, '-'),
        'difference', nullif(g.rngsubdiff::regproc::text, '-'))
FROM typ t JOIN pg_range g ON g.rngtypid = t.oid

UNION ALL
SELECT 'base type', ARRAY[t.nspname::text, t.typname::text],
    jsonb_build_object('input', t.typinput::regproc::text, 'output', t.typoutput::regproc::text)
FROM typ t WHERE t.typtype = 'b' AND t.typelem = 0

UNION ALL
SELECT CASE f.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
    ARRAY[f.nspname::text, f.signature],
    jsonb_build_object('definition', pg_get_functiondef(f.oid))
FROM fun f WHERE f.prokind <> 'a'

UNION ALL
SELECT 'aggregate', ARRAY[f.nspname::text, f.signature],
    jsonb_build_object(
        'state function', a.aggtransfn::regproc::text, 'state', format_type(a.aggtranstype, NULL),
        'final function', nullif(a.aggfinalfn::regproc::text, '-'),
        'combine function', nullif(a.aggcombinefn::regproc::text, '-'),
        'moving state function', nullif(a.aggmtransfn::regproc::text, '-'),
        'serial function', nullif(a.aggserialfn::regproc::text, '-'),
        'deserial function', nullif(a.aggdeserialfn::regproc::text, '-'),
        'final extra', CASE WHEN a.aggfinalextra THEN true END,
        'final modify', a.aggfinalmodify::text,
        'state space', nullif(a.aggtransspace, 0),
        'parallel', (SELECT nullif(p.proparallel::text, 'u') FROM pg_proc p WHERE p.oid = f.oid),
        'initial', a.agginitval, 'kind', nullif(a.aggkind::text, 'n'),
        'sort operator', nullif(a.aggsortop::regoper::text, '0'))
FROM fun f JOIN pg_aggregate a ON a.aggfnoid = f.oid

UNION ALL
SELECT 'trigger', ARRAY[r.nspname::text, r.relname::text, g.tgname::text],
    jsonb_build_object(
        'definition', pg_get_triggerdef(g.oid), 'enabled', nullif(g.tgenabled::text, 'O'))
FROM pg_trigger g JOIN rel r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal

UNION ALL
SELECT 'policy', ARRAY[r.nspname::text, r.relname::text, p.polname::text],
    jsonb_build_object(
        'permissive', p.polpermissive, 'command', p.polcmd::text,
        'roles', (
            SELECT string_agg(CASE o.role WHEN 0 THEN 'PUBLIC' ELSE o.role::regrole::text END, ', '
                ORDER BY o.role::regrole::text)
            FROM unnest(p.polroles) AS o(role)),
        'using', pg_get_expr(p.polqual, p.polrelid),
        'with check', pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p JOIN rel r ON r.oid = p.polrelid

UNION ALL
SELECT 'rule', ARRAY[r.nspname::text, r.relname::text, w.rulename::text],
    jsonb_build_object(
        'definition', pg_get_ruledef(w.oid), 'enabled', nullif(w.ev_enabled::text, 'O'))
FROM pg_rewrite w JOIN rel r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'

UNION ALL
SELECT 'statistics', ARRAY[n.nspname::text, s.stxname::text],
    jsonb_build_object(
        'definition', pg_get_statisticsobjdef(s.oid),
        'target', nullif(to_jsonb(s) ->> 'stxstattarget', '-1'))
FROM pg_statistic_ext s JOIN ns n ON n.oid = s.stxnamespace JOIN rel r ON r.oid = s.stxrelid

UNION ALL
SELECT 'collation', ARRAY[n.nspname::text, c.collname::text],
    jsonb_build_object(
        'provider', c.collprovider::text,
        'deterministic', CASE WHEN NOT c.collisdeterministic THEN false END,
        'locale', coalesce(
            to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale',
            to_jsonb(c) ->> 'collcollate'),
        'character type', nullif(to_jsonb(c) ->> 'collctype', to_jsonb(c) ->> 'collcollate'),
        'rules', to_jsonb(c) ->> 'collicurules')
FROM pg_collation c JOIN ns n ON n.oid = c.collnamespace
WHERE NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_collation'::regclass AND m.objid = c.oid)

UNION ALL
SELECT 'operator', ARRAY[o.oid::regoperator::text],
    jsonb_build_object(
        'function', o.oprcode::regprocedure::text, 'commutator', o.oprcom::regoperator::text,
        'negator', o.oprnegate::regoperator::text, 'restrict', o.oprrest::regproc::text,
        'join', o.oprjoin::regproc::text, 'merges', CASE WHEN o.oprcanmerge THEN true END,
        'hashes', CASE WHEN o.oprcanhash THEN true END)
FROM pg_operator o JOIN ns n ON n.oid = o.oprnamespace
WHERE NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_operator'::regclass AND m.objid = o.oid)

UNION ALL
SELECT 'operator class', ARRAY[n.nspname::text, c.opcname::text, a.amname::text],
    jsonb_build_object(
        'type', format_type(c.opcintype, NULL), 'default', c.opcdefault,
        'operators', (
            SELECT string_agg(o.amopstrategy || ' ' || o.amopopr::regoperator, ', '
                ORDER BY o.amopstrategy, o.amopopr::regoperator::text)
            FROM pg_amop o WHERE o.amopfamily = c.opcfamily),
        'functions', (
            SELECT string_agg(p.amprocnum || ' ' || p.amproc::regproc, ', '
                ORDER BY p.amprocnum, p.amproc::regproc::text)
            FROM pg_amproc p WHERE p.amprocfamily = c.opcfamily))
FROM pg_opclass c JOIN ns n ON n.oid = c.opcnamespace JOIN pg_am a ON a.oid = c.opcmethod
WHERE NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_opclass'::regclass AND m.objid = c.oid)

UNION ALL
-- One that stands by itself: a class that is made without one makes its own, of the same name.
SELECT 'operator family', ARRAY[n.nspname::text, y.opfname::text, a.amname::text],
    jsonb_build_object(
        'operators', (
            SELECT string_agg(o.amopstrategy || ' ' || o.amopopr::regoperator, ', '
                ORDER BY o.amopstrategy, o.amopopr::regoperator::text)
            FROM pg_amop o WHERE o.amopfamily = y.oid),
        'functions', (
            SELECT string_agg(p.amprocnum || ' ' || p.amproc::regproc, ', '
                ORDER BY p.amprocnum, p.amproc::regproc::text)
            FROM pg_amproc p WHERE p.amprocfamily = y.oid))
FROM pg_opfamily y JOIN ns n ON n.oid = y.opfnamespace JOIN pg_am a ON a.oid = y.opfmethod
WHERE NOT EXISTS (
        SELECT 1 FROM pg_opclass c WHERE c.opcfamily = y.oid AND c.opcname = y.opfname)
  AND NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_opfamily'::regclass AND m.objid = y.oid)

UNION ALL
SELECT 'conversion', ARRAY[n.nspname::text, c.conname::text],
    jsonb_build_object(
        'from', pg_encoding_to_char(c.conforencoding), 'to', pg_encoding_to_char(c.contoencoding),
        'function', c.conproc::regproc::text, 'default', CASE WHEN c.condefault THEN true END)
FROM pg_conversion c JOIN ns n ON n.oid = c.connamespace
WHERE NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_conversion'::regclass AND m.objid = c.oid)

UNION ALL
SELECT 'text search parser', ARRAY[n.nspname::text, p.prsname::text],
    jsonb_build_object('start', p.prsstart::regproc::text, 'token', p.prstoken::regproc::text)
FROM pg_ts_parser p JOIN ns n ON n.oid = p.prsnamespace
WHERE NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_ts_parser'::regclass AND m.objid = p.oid)

UNION ALL
SELECT 'text search template', ARRAY[n.nspname::text, t.tmplname::text],
    jsonb_build_object('lexize', t.tmpllexize::regproc::text)
FROM pg_ts_template t JOIN ns n ON n.oid = t.tmplnamespace
WHERE NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_ts_template'::regclass AND m.objid = t.oid)

UNION ALL
SELECT 'text search dictionary', ARRAY[n.nspname::text, d.dictname::text],
    jsonb_build_object(
        'template', (SELECT t.tmplname FROM pg_ts_template t WHERE t.oid = d.dicttemplate),
        'options', d.dictinitoption)
FROM pg_ts_dict d JOIN ns n ON n.oid = d.dictnamespace
WHERE NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_ts_dict'::regclass AND m.objid = d.oid)

UNION ALL
SELECT 'text search configuration', ARRAY[n.nspname::text, c.cfgname::text],
    jsonb_build_object(
        'parser', (SELECT p.prsname FROM pg_ts_parser p WHERE p.oid = c.cfgparser),
        'mappings', (
            SELECT string_agg(m.maptokentype || '=' || m.mapdict::regdictionary, ', '
                ORDER BY m.maptokentype, m.mapseqno)
            FROM pg_ts_config_map m WHERE m.mapcfg = c.oid))
FROM pg_ts_config c JOIN ns n ON n.oid = c.cfgnamespace
WHERE NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_ts_config'::regclass AND m.objid = c.oid)

UNION ALL
SELECT 'cast', ARRAY[format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL)],
    jsonb_build_object(
        'function', CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure::text END,
        'context', c.castcontext::text, 'method', c.castmethod::text)
FROM pg_cast c
WHERE c.oid >= 16384 AND %(wide)s AND NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_cast'::regclass AND m.objid = c.oid)

UNION ALL
SELECT 'event trigger', ARRAY[e.evtname::text],
    jsonb_build_object(
        'event', e.evtevent, 'function', e.evtfoid::regprocedure::text,
        'tags', e.evttags::text, 'enabled', nullif(e.evtenabled::text, 'O'))
FROM pg_event_trigger e
WHERE %(wide)s AND NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_event_trigger'::regclass AND m.objid = e.oid)

UNION ALL
SELECT 'publication', ARRAY[p.pubname::text],
    jsonb_build_object(
        'all tables', p.puballtables, 'insert', p.pubinsert, 'update', p.pubupdate,
        'delete', p.pubdelete, 'truncate', p.pubtruncate, 'via root', p.pubviaroot,
        'generated columns', nullif(nullif(to_jsonb(p) ->> 'pubgencols', 'n'), 'false'),
        'tables', (
            SELECT string_agg(
                x.prrelid::regclass::text
                || coalesce(( -- since 15
                    SELECT ' (' || string_agg(quote_ident(a.attname), ', ' -- since 15
                        ORDER BY a.attnum) || ')' FROM pg_attribute a -- since 15
                    WHERE a.attrelid = x.prrelid AND a.attnum = ANY (x.prattrs)), '') -- since 15
                || coalesce(' WHERE ' || pg_get_expr(x.prqual, x.prrelid), '') -- since 15
                , ', ' ORDER BY x.prrelid::regclass::text)
            FROM pg_publication_rel x WHERE x.prpubid = p.oid),
        -- PostgreSQL 15 has a catalogue for these, and older ones none.
        'schemas', (
            SELECT string_agg(m.refobjid::regnamespace::text, ', '
                ORDER BY m.refobjid::regnamespace::text)
            FROM pg_depend d JOIN pg_depend m ON m.classid = d.classid AND m.objid = d.objid
            WHERE d.classid = to_regclass('pg_catalog.pg_publication_namespace')
              AND d.refclassid = 'pg_publication'::regclass AND d.refobjid = p.oid
              AND m.refclassid = 'pg_namespace'::regclass))
FROM pg_publication p WHERE %(wide)s

UNION ALL
-- What it is connected by is not for everybody to read.
SELECT 'subscription', ARRAY[s.subname::text],
    jsonb_build_object(
        'enabled', s.subenabled, 'slot', s.subslotname, 'publications', s.subpublications::text)
FROM pg_subscription s
WHERE %(wide)s
  AND s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())

UNION ALL
SELECT 'language', ARRAY[l.lanname::text],
    jsonb_build_object(
        'trusted', l.lanpltrusted, 'handler', nullif(l.lanplcallfoid, 0)::regproc::text,
        'validator', nullif(l.lanvalidator, 0)::regproc::text)
FROM pg_language l
WHERE l.lanispl AND l.oid >= 16384 AND %(wide)s AND NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_language'::regclass AND m.objid = l.oid)

UNION ALL
SELECT 'transform', ARRAY[format_type(t.trftype, NULL) || ' for ' || l.lanname],
    jsonb_build_object(
        'from', nullif(t.trffromsql, 0)::regproc::text, 'to', nullif(t.trftosql, 0)::regproc::text)
FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
WHERE %(wide)s AND NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_transform'::regclass AND m.objid = t.oid)

UNION ALL
SELECT 'access method', ARRAY[a.amname::text],
    jsonb_build_object('type', a.amtype::text, 'handler', a.amhandler::regproc::text)
FROM pg_am a
WHERE a.oid >= 16384 AND %(wide)s AND NOT EXISTS (
    SELECT 1 FROM member m WHERE m.classid = 'pg_am'::regclass AND m.objid = a.oid)

UNION ALL
SELECT 'foreign data wrapper', ARRAY[w.fdwname::text],
    jsonb_build_object(
        'handler', nullif(w.fdwhandler, 0)::regproc::text,
        'validator', nullif(w.fdwvalidator, 0)::regproc::text,
        'options', 'md5 ' || md5(w.fdwoptions::text))
FROM pg_foreign_data_wrapper w
WHERE %(wide)s AND NOT EXISTS (
    SELECT 1 FROM member m
    WHERE m.classid = 'pg_foreign_data_wrapper'::regclass AND m.objid = w.oid)

UNION ALL
-- Whose they are, and not the passwords that may be in them.
SELECT 'user mapping', ARRAY[u.usename || ' for ' || u.srvname], '{}'::jsonb
FROM pg_user_mappings u WHERE %(wide)s

UNION ALL
SELECT 'security label', ARRAY[l.provider || ' on ' || i.type || ' ' || i.identity],
    jsonb_build_object('label', l.label)
FROM pg_seclabel l, pg_identify_object(l.classoid, l.objoid, l.objsubid) i
WHERE %(schemas)s::text[] IS NULL OR i.schema = ANY (%(schemas)s::text[])

UNION ALL
-- Options of servers may hold what is not ours to show.
SELECT 'foreign server', ARRAY[s.srvname::text],
    jsonb_build_object(
        'wrapper', w.fdwname, 'type', s.srvtype, 'version', s.srvversion,
        'options', 'md5 ' || md5(s.srvoptions::text))
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE %(wide)s

UNION ALL
SELECT 'comment', ARRAY[i.type || ' ' || i.identity],
    jsonb_build_object('text', d.description)
FROM (
    SELECT classoid, objoid, objsubid, description FROM pg_description
    WHERE objoid >= 16384 OR (
        classoid = 'pg_namespace'::regclass AND objoid = 'public'::regnamespace
        AND description <> 'standard public schema')
) d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
WHERE d.classoid <> 'pg_extension'::regclass
  AND (%(schemas)s::text[] IS NULL OR i.schema = ANY (%(schemas)s::text[])
      OR d.classoid = 'pg_namespace'::regclass AND d.objoid IN (SELECT ns.oid FROM ns)
      OR EXISTS (
          SELECT 1 FROM ns
          WHERE position(' on ' || quote_ident(ns.nspname) || '.' IN i.identity) > 0))
  AND NOT EXISTS (
      SELECT 1 FROM unnest(%(exclude)s::text[]) AS x(name)
      WHERE position(x.name IN i.identity) > 0)
  AND NOT EXISTS (
      SELECT 1 FROM member m WHERE m.classid = d.classoid AND m.objid = d.objoid)

UNION ALL
SELECT 'owner', ARRAY[o.kind || ' ' || o.name],
    jsonb_build_object('role', o.owner::regrole::text)
FROM (
    SELECT 'schema' AS kind, quote_ident(nspname) AS name, nspowner AS owner FROM ns
    UNION ALL
    SELECT 'relation', r.oid::regclass::text, r.relowner FROM rel r
    WHERE r.relkind NOT IN ('i', 'I', 'c')
    UNION ALL
    SELECT 'function', f.oid::regprocedure::text, f.proowner FROM fun f
    UNION ALL
    SELECT 'type', t.oid::regtype::text, t.typowner FROM typ t WHERE t.typtype IN ('e', 'd', 'c')
        AND (t.typrelid = 0 OR EXISTS (
            SELECT 1 FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
    UNION ALL
    SELECT l.kind, l.name, l.owner FROM lesser l
) o
WHERE %(privileges)s

UNION ALL
-- MAINTAIN is new in PostgreSQL 17 and part of every owner's default there.
SELECT 'grant', ARRAY[g.kind || ' ' || g.name],
    jsonb_build_object('privileges', (
        SELECT string_agg(
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
            || '=' || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ', '
            ORDER BY a.grantee::regrole::text, a.privilege_type)
        FROM (
            -- By whom it was granted does not count, and twice is once.
            SELECT x.grantee, x.privilege_type, bool_or(x.is_grantable) AS is_grantable
            FROM aclexplode(g.acl) x WHERE x.privilege_type <> 'MAINTAIN'
            GROUP BY x.grantee, x.privilege_type) a))
FROM (
    SELECT 'schema' AS kind, quote_ident(nspname) AS name,
        coalesce(nspacl, acldefault('n', nspowner)) AS acl
    FROM ns
    UNION ALL
    SELECT 'relation', r.oid::regclass::text, coalesce(
        r.relacl, acldefault(CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", r.relowner))
    FROM rel r WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    UNION ALL
    SELECT 'column', r.oid::regclass || '.' || quote_ident(a.attname), a.attacl
    FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'function', f.oid::regprocedure::text,
        coalesce(f.proacl, acldefault('f', f.proowner))
    FROM fun f
    UNION ALL
    -- What was taken back after it was given is as if it had never been.
    SELECT 'type', t.oid::regtype::text, t.typacl FROM typ t
    WHERE NOT (t.typacl @> acldefault('T', t.typowner) AND t.typacl <@ acldefault('T', t.typowner))
    UNION ALL
    SELECT 'language', l.lanname::text, l.lanacl FROM pg_language l
    WHERE %(wide)s AND l.lanacl <> acldefault('l', l.lanowner)
    UNION ALL
    SELECT 'foreign server', s.srvname::text, coalesce(s.srvacl, acldefault('S', s.srvowner))
    FROM pg_foreign_server s WHERE %(wide)s
    UNION ALL
    SELECT 'foreign data wrapper', w.fdwname::text, w.fdwacl FROM pg_foreign_data_wrapper w
    WHERE %(wide)s AND w.fdwacl <> acldefault('F', w.fdwowner)
    UNION ALL
    SELECT 'default', d.defaclrole::regrole || coalesce(' in ' || quote_ident(n.nspname), '') || ' '
        || d.defaclobjtype::text, d.defaclacl
    FROM pg_default_acl d LEFT JOIN ns n ON n.oid = d.defaclnamespace
) g
WHERE %(privileges)s
