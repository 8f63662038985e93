    -- Nobody changes them from here on. What has made a column anew has locked its table for it.
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_locks AS lock JOIN pg_catalog.pg_class AS class ON class.oid = target
         WHERE lock.relation = target AND lock.pid = pg_catalog.pg_backend_pid() AND lock.granted
           AND lock.mode = 'AccessExclusiveLock' AND class.relkind = 'r'
    ) THEN
        PERFORM FROM {table} AS t JOIN {kept} AS k ON {keys}
          ORDER BY {order} FOR NO KEY UPDATE OF t;
    END IF;
    UPDATE {waiting} AS w SET why = 'the row is gone'
      FROM {kept} AS k
     WHERE w.{row} = k.{row} AND w.why IS NULL AND NOT EXISTS (SELECT FROM {table} AS t WHERE {keys});
{since}{chunks}