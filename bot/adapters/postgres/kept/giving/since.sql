    -- What is as it was needs nothing; what is neither that nor as it was left was written since.
    DELETE FROM {waiting} AS w USING {kept} AS k, {table} AS t
     WHERE w.{row} = k.{row} AND w.why IS NULL AND {keys} AND {as_before};
    BEGIN
        UPDATE {waiting} AS w SET why = 'it was written since'
          FROM {kept} AS k LEFT JOIN {after} AS a USING ({row}), {table} AS t
         WHERE w.{row} = k.{row} AND w.why IS NULL AND {keys} AND ({as_left}) IS NOT TRUE;
    EXCEPTION WHEN data_exception THEN
        -- A value of the new type has no way back by a cast: as text it may be the same.
        UPDATE {waiting} AS w SET why = 'it was written since'
          FROM {kept} AS k LEFT JOIN {after} AS a USING ({row}), {table} AS t
         WHERE w.{row} = k.{row} AND w.why IS NULL AND {keys} AND ({as_left_in_text}) IS NOT TRUE;
    END;
