    -- What somebody has written since under the same key stays.
    {same_keys}
    -- None points to what is not there: but for what comes back with it.
    SELECT coalesce(string_agg(pg_catalog.format('(%s OR EXISTS (SELECT FROM %s AS p WHERE %s)%s)',
               nulls, confrelid::regclass, pairs,
               CASE WHEN confrelid = target
                    THEN pg_catalog.format(' OR EXISTS (SELECT FROM coming AS p WHERE %s)', pairs)
                    ELSE '' END), ' AND '), 'true')
      INTO points
      FROM pg_catalog.pg_constraint AS own,
           LATERAL (
               SELECT string_agg(pg_catalog.format('g.%I IS NULL', here.attname), ' OR ') AS nulls,
                      string_agg(pg_catalog.format('p.%I = g.%I', there.attname, here.attname),
                                 ' AND ') AS pairs
                 FROM unnest(own.conkey, own.confkey) AS pair (here, there)
                 JOIN pg_catalog.pg_attribute AS here
                   ON here.attrelid = own.conrelid AND here.attnum = pair.here
                 JOIN pg_catalog.pg_attribute AS there
                   ON there.attrelid = own.confrelid AND there.attnum = pair.there) AS columns
     WHERE own.conrelid = target AND own.contype = 'f';
    WHILE points <> 'true' LOOP
        EXECUTE pg_catalog.format('WITH coming AS ({coming})
            UPDATE {waiting} AS w SET why = {pointing_twice}
              FROM coming AS g WHERE w.{row} = g.{row} AND NOT (%s)', points);
        GET DIAGNOSTICS moved = ROW_COUNT;
        EXIT WHEN moved = 0;
    END LOOP;
{chunks}