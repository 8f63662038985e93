    PERFORM pg_catalog.setval(
        sequence::regclass,
        greatest({last}, (SELECT max({column}) FROM {table}),
                 pg_catalog.pg_sequence_last_value(sequence::regclass)))
       FROM pg_catalog.pg_get_serial_sequence({name}, {column_name}) AS sequence
      WHERE sequence IS NOT NULL;
