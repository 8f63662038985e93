"""Carrying out a plan on one target: the only code that runs migrations.

Read it in this order, and ask of every line what a kill there would leave:

1. `procedure.py`, the whole story. Up to the backup nothing is written, then the migrations table
   and its mark. A run that is killed before its first migration is begun anew; one that is killed
   between two leaves the first of them applied, and the next run plans the rest.
2. `migration.py`, one migration. In one transaction with its row if that is possible: then there is
   all of it or nothing. Else in parts, and a row without `finished_at` keeps Prisma out meanwhile.
3. `segments.py` (with `settings.py`), what those parts are. Each is committed together with the
   checkpoint that counts it, so that it is done exactly if it is counted.
4. `outside/`, what PostgreSQL runs in no transaction. Its intent is in the row before it begins,
   and the catalogue says afterwards what has become of it. `batches.py` (with `pacing.py`), changes
   of many rows: the key of the last row is committed with each batch.
5. `recovery.py`, where the next run goes on: at the first part that is not counted. What an intent
   left half done is mended there by `outside/`, or taken back here if its text has changed since.
   `reconnecting.py`: when only the connection is lost, the same run goes on so by itself.
6. `locks.py`, how all this waits for others without keeping anybody waiting. Killed there, nothing
   of what waits has been run.

`preflight/` and `runnable.py` refuse before anything is written, `verification.py` looks before and
afterwards and changes nothing, `telling/` says what goes on. The migration lock and every lock on a
table end with our session; the server ends that soon after its client.
"""
