UPDATE {waiting} AS w SET why = 'its key is there again'
      FROM {kept} AS k, {table} AS t WHERE w.{row} = k.{row} AND w.why IS NULL AND {keys};
