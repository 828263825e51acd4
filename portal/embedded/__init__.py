"""Real Postgres and real Valkey from pinned wheels, and the processes around them, under one supervisor.

    python -m portal.embedded servers     Postgres and Valkey until Ctrl-C; prints the environment
    python -m portal.embedded demo        servers, migrations, demo world, web, worker, beat (`make demo`)
    python -m portal.embedded test ...    servers in a state folder of their own, then pytest (`make test`)
    python -m portal.embedded reset       empties the state folder (`make reset`)

Everything lives in one state folder, `SEEDBED_STATE` (default `.seedbed`, for tests `.seedbed-test`):

    pgdata/ valkey/ static/ log/    data, collected static files, one log per process
    s/                              the sockets (or a short 0700 directory under the temp directory)
    env                             KEY=VALUE lines while it runs: DATABASE_URL, DATABASE_OWNER_URL, ...
    pids.json                       name -> pid of everything that runs, and of the supervisor
    secrets.json logins.txt         made once; the log-ins are written by the seed

Another shell finds the running servers through `env`: `manage.py` reads `$SEEDBED_STATE/env` by itself.
For work on the database alone, with a state folder of one's own beside a running demo:

    SEEDBED_STATE=/tmp/mine .venv/bin/python -m portal.embedded servers &
    env $(cat /tmp/mine/env) .venv/bin/python manage.py migrate --database owner
    env $(cat /tmp/mine/env) sh -c '.venv/bin/python -m portal.embedded psql "$DATABASE_OWNER_URL"'
    kill %1

`DATABASE_URL` and `BROKER_URL` in the environment replace the two servers; docs/production.md says how.
Only the standard library is imported here: `reset` and `--help` need no virtual environment.
"""
