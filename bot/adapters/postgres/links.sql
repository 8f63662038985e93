-- What a draft wants to know of each object of a snapshot, besides what it is: how SQL calls it, of
-- which table it is, how comments call it, and what it stands on. Keys are those of catalogue.sql;
-- rows that a snapshot has not do no harm.
WITH ns AS MATERIALIZED (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'migration_bot')
),
rel AS MATERIALIZED (
    SELECT c.*, n.nspname FROM pg_class c JOIN ns n ON n.oid = c.relnamespace
),
-- `sub` is 0 but for columns. `called` is the name to use in SQL, `part_of` the table of what is
-- named without its schema.
object AS MATERIALIZED (
    SELECT 'pg_namespace'::regclass AS class, oid, 0 AS sub, 'schema' AS kind,
        ARRAY[nspname::text] AS name, quote_ident(nspname) AS called, NULL::text AS part_of
    FROM ns
    UNION ALL
    SELECT 'pg_extension'::regclass, oid, 0, 'extension', ARRAY[extname::text],
        quote_ident(extname), NULL
    FROM pg_extension
    UNION ALL
    SELECT 'pg_class'::regclass, oid, 0,
        CASE relkind WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view'
            WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
            WHEN 'c' THEN 'composite type' ELSE 'table' END,
        ARRAY[nspname::text, relname::text], oid::regclass::text, NULL
    FROM rel WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c')
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid, 0, 'index',
        ARRAY[r.nspname::text, r.relname::text, c.relname::text], c.oid::regclass::text,
        r.oid::regclass::text
    FROM pg_index i JOIN rel r ON r.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, a.attnum, 'column',
        ARRAY[r.nspname::text, r.relname::text, a.attname::text], quote_ident(a.attname),
        r.oid::regclass::text
    FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE r.relkind IN ('r', 'p', 'f')
    UNION ALL
    -- A generated column is nothing without its expression.
    SELECT 'pg_attrdef'::regclass, d.oid, 0,
        CASE a.attgenerated WHEN '' THEN 'default' ELSE 'column' END,
        ARRAY[r.nspname::text, r.relname::text, a.attname::text], quote_ident(a.attname),
        r.oid::regclass::text
    FROM pg_attrdef d JOIN rel r ON r.oid = d.adrelid
    JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid, 0, 'constraint',
        ARRAY[r.nspname::text, r.relname::text, k.conname::text], quote_ident(k.conname),
        r.oid::regclass::text
    FROM pg_constraint k JOIN rel r ON r.oid = k.conrelid
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid, 0, 'domain',
        ARRAY[n.nspname::text, t.typname::text], t.oid::regtype::text, NULL
    FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN ns n ON n.oid = t.typnamespace
    UNION ALL
    -- An array stands and falls with its element, a row with its table.
    SELECT 'pg_type'::regclass, t.oid, 0,
        CASE WHEN e.typrelid <> 0 AND r.relkind <> 'c'
            THEN CASE r.relkind WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view'
                WHEN 'm' THEN 'materialized view' ELSE 'table' END
            ELSE CASE e.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain'
                WHEN 'c' THEN 'composite type' WHEN 'r' THEN 'range type'
                ELSE 'base type' END END,
        ARRAY[n.nspname::text, e.typname::text],
        CASE WHEN e.typrelid <> 0 AND r.relkind <> 'c' THEN r.oid::regclass::text
            ELSE e.oid::regtype::text END, NULL
    FROM pg_type t
    LEFT JOIN pg_range g ON g.rngmultitypid = t.oid
    JOIN pg_type e ON e.oid = CASE
        WHEN g.rngtypid IS NOT NULL THEN g.rngtypid
        WHEN t.typelem <> 0 AND t.typlen = -1 THEN t.typelem ELSE t.oid END
    JOIN ns n ON n.oid = e.typnamespace
    LEFT JOIN pg_class r ON r.oid = e.typrelid
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0,
        CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
        ARRAY[n.nspname::text, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'],
        p.oid::regprocedure::text, NULL
    FROM pg_proc p JOIN ns n ON n.oid = p.pronamespace
    UNION ALL
    SELECT 'pg_trigger'::regclass, g.oid, 0, 'trigger',
        ARRAY[r.nspname::text, r.relname::text, g.tgname::text], quote_ident(g.tgname),
        r.oid::regclass::text
    FROM pg_trigger g JOIN rel r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid, 0, 'policy',
        ARRAY[r.nspname::text, r.relname::text, p.polname::text], quote_ident(p.polname),
        r.oid::regclass::text
    FROM pg_policy p JOIN rel r ON r.oid = p.polrelid
    UNION ALL
    SELECT 'pg_rewrite'::regclass, w.oid, 0, 'rule',
        ARRAY[r.nspname::text, r.relname::text, w.rulename::text], quote_ident(w.rulename),
        r.oid::regclass::text
    FROM pg_rewrite w JOIN rel r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'pg_rewrite'::regclass, w.oid, 0,
        CASE r.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END,
        ARRAY[r.nspname::text, r.relname::text], r.oid::regclass::text, NULL
    FROM pg_rewrite w JOIN rel r ON r.oid = w.ev_class WHERE w.rulename = '_RETURN'
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid, 0, 'statistics',
        ARRAY[n.nspname::text, s.stxname::text], format('%I.%I', n.nspname, s.stxname), NULL
    FROM pg_statistic_ext s JOIN ns n ON n.oid = s.stxnamespace
    UNION ALL
    SELECT 'pg_collation'::regclass, c.oid, 0, 'collation',
        ARRAY[n.nspname::text, c.collname::text], format('%I.%I', n.nspname, c.collname), NULL
    FROM pg_collation c JOIN ns n ON n.oid = c.collnamespace
    UNION ALL
    SELECT 'pg_operator'::regclass, o.oid, 0, 'operator', ARRAY[o.oid::regoperator::text],
        format('%I.%s (%s, %s)', n.nspname, o.oprname,
            CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END,
            format_type(o.oprright, NULL)), NULL
    FROM pg_operator o JOIN ns n ON n.oid = o.oprnamespace
    UNION ALL
    SELECT 'pg_opclass'::regclass, c.oid, 0, 'operator class',
        ARRAY[n.nspname::text, c.opcname::text, a.amname::text],
        format('%I.%I USING %I', n.nspname, c.opcname, a.amname), NULL
    FROM pg_opclass c JOIN ns n ON n.oid = c.opcnamespace JOIN pg_am a ON a.oid = c.opcmethod
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, d.oid, 0, 'text search dictionary',
        ARRAY[n.nspname::text, d.dictname::text], format('%I.%I', n.nspname, d.dictname), NULL
    FROM pg_ts_dict d JOIN ns n ON n.oid = d.dictnamespace
    UNION ALL
    SELECT 'pg_ts_config'::regclass, c.oid, 0, 'text search configuration',
        ARRAY[n.nspname::text, c.cfgname::text], format('%I.%I', n.nspname, c.cfgname), NULL
    FROM pg_ts_config c JOIN ns n ON n.oid = c.cfgnamespace
    UNION ALL
    SELECT 'pg_cast'::regclass, c.oid, 0, 'cast',
        ARRAY[format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL)],
        format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
        NULL
    FROM pg_cast c WHERE c.oid >= 16384
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, e.oid, 0, 'event trigger', ARRAY[e.evtname::text],
        quote_ident(e.evtname), NULL
    FROM pg_event_trigger e
    UNION ALL
    SELECT 'pg_publication'::regclass, p.oid, 0, 'publication', ARRAY[p.pubname::text],
        quote_ident(p.pubname), NULL
    FROM pg_publication p
    UNION ALL
    SELECT 'pg_publication_rel'::regclass, x.oid, 0, 'publication', ARRAY[p.pubname::text],
        quote_ident(p.pubname), NULL
    FROM pg_publication_rel x JOIN pg_publication p ON p.oid = x.prpubid
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, s.oid, 0, 'foreign server', ARRAY[s.srvname::text],
        quote_ident(s.srvname), NULL
    FROM pg_foreign_server s
),
-- What an extension brought stands for the extension.
place AS MATERIALIZED (
    SELECT class, oid, sub, kind, name FROM object
    WHERE NOT EXISTS (
        SELECT 1 FROM pg_depend d
        WHERE d.deptype = 'e' AND d.classid = object.class AND d.objid = object.oid)
    UNION ALL
    SELECT d.classid, d.objid, 0, 'extension', ARRAY[e.extname::text]
    FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
),
edge AS (
    -- A sequence that belongs to a column does not stand on it: it is only dropped with it.
    SELECT a.kind, a.name, jsonb_build_array(b.kind, b.name) AS needs
    FROM pg_depend d
    JOIN place a ON a.class = d.classid AND a.oid = d.objid
        AND (a.sub = d.objsubid OR a.sub = 0 AND NOT EXISTS (
            SELECT 1 FROM place x
            WHERE x.class = d.classid AND x.oid = d.objid AND x.sub = d.objsubid))
    JOIN place b ON b.class = d.refclassid AND b.oid = d.refobjid
        AND (b.sub = d.refobjsubid OR b.sub = 0 AND NOT EXISTS (
            SELECT 1 FROM place x
            WHERE x.class = d.refclassid AND x.oid = d.refobjid AND x.sub = d.refobjsubid))
    WHERE d.deptype <> 'e' AND (a.kind, a.name) <> (b.kind, b.name)
      AND NOT (a.kind = 'sequence' AND d.deptype IN ('a', 'i'))
),
needed AS (
    SELECT kind, name, jsonb_agg(DISTINCT needs ORDER BY needs) AS needs FROM edge
    GROUP BY kind, name
)
SELECT DISTINCT ON (o.kind, o.name) o.kind, o.name, jsonb_build_object(
    'called', o.called, 'part of', o.part_of,
    'known as', (
        SELECT i.type || ' ' || i.identity
        FROM pg_identify_object(o.class, o.oid, o.sub) i WHERE o.kind <> 'default'),
    'taken over', CASE o.kind
        WHEN 'column' THEN (
            SELECT CASE WHEN NOT a.attislocal THEN true END FROM pg_attribute a
            WHERE a.attrelid = o.oid AND a.attnum = o.sub)
        WHEN 'trigger' THEN (
            SELECT CASE WHEN g.tgparentid <> 0 THEN true END FROM pg_trigger g
            WHERE g.oid = o.oid) END,
    'created by', CASE o.kind
        WHEN 'aggregate' THEN (
            SELECT format('CREATE AGGREGATE %s (SFUNC = %s, STYPE = %s, SSPACE = %s',
                    -- With the argument types as they stand behind its name.
                    format('%I.%I(%s)', n.nspname, p.proname,
                        CASE WHEN p.pronargs = 0 THEN '*'
                            ELSE pg_get_function_identity_arguments(p.oid) END),
                    a.aggtransfn::regproc, format_type(a.aggtranstype, NULL), a.aggtransspace)
                || CASE WHEN a.aggfinalfn <> 0
                    THEN format(', FINALFUNC = %s', a.aggfinalfn::regproc) ELSE '' END
                || CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END
                || CASE WHEN a.aggfinalfn <> 0 THEN ', FINALFUNC_MODIFY = '
                    || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE'
                        ELSE 'READ_WRITE' END ELSE '' END
                || CASE WHEN a.aggcombinefn <> 0
                    THEN format(', COMBINEFUNC = %s', a.aggcombinefn::regproc) ELSE '' END
                || CASE WHEN a.aggserialfn <> 0
                    THEN format(', SERIALFUNC = %s', a.aggserialfn::regproc) ELSE '' END
                || CASE WHEN a.aggdeserialfn <> 0
                    THEN format(', DESERIALFUNC = %s', a.aggdeserialfn::regproc) ELSE '' END
                || coalesce(', INITCOND = ' || quote_literal(a.agginitval), '')
                || CASE WHEN a.aggmtransfn <> 0 THEN format(
                    ', MSFUNC = %s, MINVFUNC = %s, MSTYPE = %s, MSSPACE = %s',
                    a.aggmtransfn::regproc, a.aggminvtransfn::regproc,
                    format_type(a.aggmtranstype, NULL), a.aggmtransspace) ELSE '' END
                || CASE WHEN a.aggmfinalfn <> 0
                    THEN format(', MFINALFUNC = %s', a.aggmfinalfn::regproc) ELSE '' END
                || coalesce(', MINITCOND = ' || quote_literal(a.aggminitval), '')
                || CASE WHEN a.aggsortop <> 0 THEN (
                    SELECT format(', SORTOP = OPERATOR(%I.%s)', sn.nspname, so.oprname)
                    FROM pg_operator so JOIN pg_namespace sn ON sn.oid = so.oprnamespace
                    WHERE so.oid = a.aggsortop) ELSE '' END
                || CASE a.aggkind WHEN 'h' THEN ', HYPOTHETICAL' ELSE '' END
                || CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE'
                    WHEN 'r' THEN ', PARALLEL = RESTRICTED' ELSE '' END || ')'
            FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
            JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = o.oid)
        WHEN 'operator' THEN (
            SELECT format('CREATE OPERATOR %I.%s (FUNCTION = %s', n.nspname, x.oprname,
                    x.oprcode::regproc)
                || CASE WHEN x.oprleft <> 0
                    THEN format(', LEFTARG = %s', format_type(x.oprleft, NULL)) ELSE '' END
                || format(', RIGHTARG = %s', format_type(x.oprright, NULL))
                || coalesce((
                    SELECT format(', COMMUTATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname)
                    FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace
                    WHERE c.oid = x.oprcom), '')
                || coalesce((
                    SELECT format(', NEGATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname)
                    FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace
                    WHERE c.oid = x.oprnegate), '')
                || CASE WHEN x.oprrest <> 0
                    THEN format(', RESTRICT = %s', x.oprrest::regproc) ELSE '' END
                || CASE WHEN x.oprjoin <> 0
                    THEN format(', JOIN = %s', x.oprjoin::regproc) ELSE '' END
                || CASE WHEN x.oprcanhash THEN ', HASHES' ELSE '' END
                || CASE WHEN x.oprcanmerge THEN ', MERGES' ELSE '' END || ')'
            FROM pg_operator x JOIN pg_namespace n ON n.oid = x.oprnamespace WHERE x.oid = o.oid)
        WHEN 'operator class' THEN (
            SELECT format('CREATE OPERATOR CLASS %I.%I%s FOR TYPE %s USING %I AS %s',
                n.nspname, c.opcname, CASE WHEN c.opcdefault THEN ' DEFAULT' ELSE '' END,
                format_type(c.opcintype, NULL), a.amname, coalesce((
                    SELECT string_agg(m.part, ', ' ORDER BY m.part)
                    FROM (
                        SELECT format('OPERATOR %s %I.%s (%s, %s)', x.amopstrategy,
                            pn.nspname, y.oprname, format_type(x.amoplefttype, NULL),
                            format_type(x.amoprighttype, NULL)) AS part
                        FROM pg_amop x JOIN pg_operator y ON y.oid = x.amopopr
                        JOIN pg_namespace pn ON pn.oid = y.oprnamespace
                        WHERE x.amopfamily = c.opcfamily
                        UNION ALL
                        SELECT format('FUNCTION %s (%s, %s) %s', x.amprocnum,
                            format_type(x.amproclefttype, NULL),
                            format_type(x.amprocrighttype, NULL), x.amproc::regprocedure)
                        FROM pg_amproc x WHERE x.amprocfamily = c.opcfamily
                        UNION ALL
                        SELECT format('STORAGE %s', format_type(c.opckeytype, NULL))
                        WHERE c.opckeytype <> 0
                    ) m), 'STORAGE ' || format_type(c.opcintype, NULL)))
            FROM pg_opclass c JOIN pg_namespace n ON n.oid = c.opcnamespace
            JOIN pg_am a ON a.oid = c.opcmethod WHERE c.oid = o.oid)
        WHEN 'collation' THEN (
            SELECT format('CREATE COLLATION %I.%I (PROVIDER = %s%s%s)', n.nspname, c.collname,
                CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
                coalesce(', LOCALE = ' || quote_literal(
                    coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')),
                    format(', LC_COLLATE = %L, LC_CTYPE = %L',
                        c.collcollate::text, c.collctype::text)),
                CASE WHEN c.collisdeterministic THEN '' ELSE ', DETERMINISTIC = false' END)
            FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
            WHERE c.oid = o.oid)
        WHEN 'text search dictionary' THEN (
            SELECT format('CREATE TEXT SEARCH DICTIONARY %I.%I (TEMPLATE = %I.%I%s)',
                n.nspname, d.dictname, tn.nspname, t.tmplname,
                coalesce(', ' || nullif(d.dictinitoption, ''), ''))
            FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace
            JOIN pg_ts_template t ON t.oid = d.dicttemplate
            JOIN pg_namespace tn ON tn.oid = t.tmplnamespace WHERE d.oid = o.oid)
        WHEN 'text search configuration' THEN (
            SELECT format('CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I)',
                n.nspname, c.cfgname, pn.nspname, p.prsname)
            FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
            JOIN pg_ts_parser p ON p.oid = c.cfgparser
            JOIN pg_namespace pn ON pn.oid = p.prsnamespace WHERE c.oid = o.oid)
        WHEN 'range type' THEN (
            SELECT format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s, SUBTYPE_OPCLASS = %I.%I',
                    n.nspname, t.typname, format_type(g.rngsubtype, NULL), cn.nspname, c.opcname)
                || CASE WHEN g.rngcollation <> 0
                    THEN format(', COLLATION = %s', g.rngcollation::regcollation) ELSE '' END
                || CASE WHEN g.rngcanonical <> 0
                    THEN format(', CANONICAL = %s', g.rngcanonical::regproc) ELSE '' END
                || CASE WHEN g.rngsubdiff <> 0
                    THEN format(', SUBTYPE_DIFF = %s', g.rngsubdiff::regproc) ELSE '' END
                || format(', MULTIRANGE_TYPE_NAME = %I.%I)', mn.nspname, m.typname)
            FROM pg_range g JOIN pg_type t ON t.oid = g.rngtypid
            JOIN pg_namespace n ON n.oid = t.typnamespace
            JOIN pg_opclass c ON c.oid = g.rngsubopc
            JOIN pg_namespace cn ON cn.oid = c.opcnamespace
            JOIN pg_type m ON m.oid = g.rngmultitypid
            JOIN pg_namespace mn ON mn.oid = m.typnamespace WHERE t.oid = o.oid) END,
    'mappings by', CASE WHEN o.kind = 'text search configuration' THEN (
        SELECT string_agg(format('ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %I WITH %s',
            o.called, x.alias, x.dictionaries), E'\n' ORDER BY x.alias)
        FROM (
            SELECT k.alias, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno)
                AS dictionaries
            FROM pg_ts_config c JOIN pg_ts_config_map m ON m.mapcfg = c.oid
            JOIN LATERAL ts_token_type(c.cfgparser) k ON k.tokid = m.maptokentype
            WHERE c.oid = o.oid GROUP BY k.alias) x) END,
    'needs', n.needs)
FROM object o
LEFT JOIN needed n ON n.kind = o.kind AND n.name = o.name
ORDER BY o.kind, o.name, (
    -- Of what stands for one object, the one that comments call by its name.
    o.class IN ('pg_attrdef'::regclass, 'pg_rewrite'::regclass, 'pg_publication_rel'::regclass)
        AND o.kind NOT IN ('default', 'rule')
    OR o.class = 'pg_constraint'::regclass AND o.kind = 'domain'
    -- A row type after its table, and after a composite type's relation its type.
    OR o.class = 'pg_class'::regclass AND o.kind = 'composite type'
    OR o.class = 'pg_type'::regclass
        AND o.kind IN ('table', 'foreign table', 'view', 'materialized view')),
    -- An array or a multirange after what it is made of.
    o.class = 'pg_type'::regclass AND o.oid::regtype::text <> o.called
