"""What becomes of each parameter of a connection URL, in words for the reference.

The list is that of Prisma's engine (quaint, `connector/postgres/url.rs`) and of what libpq's users
write besides; url.py does what is said here.
"""

# By parameter: what it does here. Whatever is not listed is ignored, as Prisma ignores it.
PARAMETERS = {
    "schema": "Where `_prisma_migrations` is, and the search path of the session; `public` if "
    "absent. A schema that is not there is made by the first rollout.",
    "sslmode": "`disable`, `prefer` (the default) or `require` as Prisma has them; `allow`, "
    "`verify-ca` and `verify-full` as libpq has them. Anything else is `prefer`.",
    "sslaccept": "`strict` verifies the server's certificate and its host name; "
    "`accept_invalid_certs` (the default) does not.",
    "sslcert": "The file with the root certificates; libpq calls it `sslrootcert`, which is "
    "understood too. Without it the system's are used where a certificate is verified.",
    "sslrootcert": "As `sslcert`.",
    "sslidentity": "Refused: libpq cannot read a PKCS#12 file. Use a password over TLS.",
    "sslpassword": "Never used, as it opens `sslidentity`; kept out of every log.",
    "connect_timeout": "Seconds to wait for a connection; 5 if absent, and 0 waits for ever.",
    "application_name": "Replaced: the session's name tells others who holds the migration lock.",
    "channel_binding": "`disable`, `prefer` or `require`; anything else is `prefer`.",
    "options": "Settings of the session, such as `-c lock_timeout=1000`. Refused together with "
    "`pgbouncer=true`: poolers take none.",
    "host": "Wins over the host before the path; a path is the directory of a socket. Several "
    "hosts are refused.",
    "pgbouncer": "`true`: a transaction pooler stands before the server. Files that are one "
    "transaction are applied through it; others are refused, for want of a session.",
    "target_session_attrs": "`any`, `read-write` and `primary` are what is wanted in any case; "
    "one that asks for a standby is refused.",
    "socket_timeout": "Left out: a migration may run for longer. `statement_timeout` of the "
    "target limits it.",
    "connection_limit": "Left out: a rollout has one connection.",
    "pool_timeout": "Left out: there is no pool here.",
    "statement_cache_size": "Left out: nothing is prepared.",
    "max_connection_lifetime": "Left out: the connection lives as long as the rollout.",
    "max_idle_connection_lifetime": "Left out: the connection lives as long as the rollout.",
}
