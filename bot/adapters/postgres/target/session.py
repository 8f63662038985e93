"""What a session is like between two migrations, whatever the last one has set."""

# What a file sets for its session must not reach our rows, nor the next file.
OURSELVES = ("RESET SESSION AUTHORIZATION", "RESET ROLE")
AS_BEFORE = "; ".join([*OURSELVES, "RESET ALL"])

# The rest of what DISCARD ALL does, but for the advisory locks: one keeps everybody else out.
_FORGOTTEN = ("CLOSE ALL", "DEALLOCATE ALL", "UNLISTEN *", "DISCARD TEMP")
RESET = (*OURSELVES, "RESET ALL", *_FORGOTTEN)

# Before our row is written: what is checked at COMMIT is checked now, so that no trigger comes
# after the look whether the row was kept; and no name means what the file wants it to.
TO_RECORD = ("SET CONSTRAINTS ALL IMMEDIATE", "SET LOCAL search_path TO DEFAULT")
