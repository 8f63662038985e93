    -- Made anew a moment before this transaction, a column may have been written to: what it has of
    -- its own, and not by a default, stays.
    UPDATE {waiting} AS w SET why = 'it was written since'
      FROM {kept} AS k, {table} AS t
     WHERE w.{row} = k.{row} AND w.why IS NULL AND {keys} AND ({written});
