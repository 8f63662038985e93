    -- All at once; where one of them is refused, in ever smaller pieces, until it stands alone.
    SELECT coalesce(max({row}), 0) INTO last FROM {kept};
    size := last;
    WHILE low <= last LOOP
        BEGIN
            WITH now_ AS (
                DELETE FROM {waiting} AS w
                 WHERE w.why IS NULL AND w.{row} BETWEEN low AND low + size - 1
                RETURNING w.{row}
            )
            {change};
            low := low + size;
            size := least(size * 4, last);
        EXCEPTION WHEN integrity_constraint_violation THEN
            IF NOT indexed THEN
                CREATE INDEX ON {kept} ({row});
                CREATE INDEX ON {waiting} ({row});
                indexed := true;
            END IF;
            IF size > 1 THEN
                size := greatest(size / 8, 1);
            ELSE
                GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
                UPDATE {waiting} AS w
                   SET why = CASE state WHEN '23503' THEN {pointing}
                                        WHEN '23505' THEN 'another row has a unique value of it'
                                        WHEN '23514' THEN 'a check does not allow it'
                                        WHEN '23502' THEN 'a column that must have a value has none'
                                        ELSE 'a constraint does not allow it' END
                 WHERE w.{row} = low;
                low := low + 1;
            END IF;
        END;
    END LOOP;
