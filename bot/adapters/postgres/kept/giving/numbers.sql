    PERFORM pg_catalog.setval(
        sequence.seqrelid::regclass,
        CASE WHEN sequence.seqincrement < 0
             THEN least({last}, (SELECT min({column}) FROM {table}),
                        pg_catalog.pg_sequence_last_value(sequence.seqrelid::regclass))
             ELSE greatest({last}, (SELECT max({column}) FROM {table}),
                           pg_catalog.pg_sequence_last_value(sequence.seqrelid::regclass)) END)
       FROM pg_catalog.pg_sequence AS sequence
      WHERE sequence.seqrelid = pg_catalog.pg_get_serial_sequence({name}, {column_name})::regclass;
