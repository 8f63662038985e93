    -- Nobody changes them from here on.
    PERFORM FROM {table} AS t JOIN {kept} AS k ON {keys} ORDER BY {order} FOR NO KEY UPDATE OF t;
    UPDATE {waiting} AS w SET why = 'the row is gone'
      FROM {kept} AS k
     WHERE w.{row} = k.{row} AND w.why IS NULL AND NOT EXISTS (SELECT FROM {table} AS t WHERE {keys});
{since}{chunks}