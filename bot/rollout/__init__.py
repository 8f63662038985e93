"""Carrying out a plan on one target: the only code that runs migrations.

Read it in this order, and ask of every line what a kill there would leave:

1. `procedure.py`, the whole story. Up to the backup nothing is written, then the migrations table
   and its mark. A run that is killed before its first migration is begun anew; one that is killed
   between two leaves the first of them applied, and whoever comes next applies the rest: this bot
   after its gates and a backup, or Prisma without.
2. `migration.py`, one migration. In one transaction with its row if that is possible: then there is
   all of it or nothing. Else in parts, and a row without `finished_at` keeps Prisma out meanwhile.
3. `segments.py` (with `settings.py`), what those parts are. One that is a transaction is committed
   together with the checkpoint that counts it, so that it is done exactly if it is counted.
4. `outside/`, what PostgreSQL runs in no transaction, and so apart from its checkpoint. Its intent
   is in the row before it begins, and the catalogue says afterwards what has become of it; VACUUM
   and its like are run once more. `batches.py` (with `pacing.py`), changes of many rows: the key of
   the last row is committed with each batch.
5. `recovery.py`, where the next run goes on: at the first part that is not counted. What an intent
   left half done is mended there by `outside/`, or taken back here if its text has changed since.
   `reconnecting.py`: when only the connection is lost, the same run goes on so by itself.
6. `locks.py`, how all this waits for others without keeping anybody waiting. Killed there, nothing
   of what waits has been run.

`preflight/` and `runnable.py` refuse before anything is written, `verification.py` looks before and
afterwards and changes nothing, `telling/` says what goes on. A run that is killed while it looks
afterwards has applied everything, and the next one, with nothing pending, asks only the target's
own queries.

The migration lock has two keys. Prisma's own keeps its deploy waiting; ours keeps other bots out.
Prisma's is let go of around what waits for other transactions, of which one may be a Prisma that
waits for us: then the unfinished row keeps Prisma out (P3009). Both keys, and every lock on a
table, end with our session. The server ends that within seconds of its client's death, or half a
minute after the network is gone (the settings are in `adapters/postgres/target/settings.py`); until
then the next run waits.
"""
