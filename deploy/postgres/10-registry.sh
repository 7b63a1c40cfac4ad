#!/bin/sh
# Run once by the image, on an empty volume: the service's role, which owns its database and nothing else.
set -eu
: "${POSTGRES_REGISTRY_PASSWORD:?is empty: see .env.prod.db.example}"
psql --set=ON_ERROR_STOP=1 --no-psqlrc --username="$POSTGRES_USER" --dbname=postgres \
    --set=password="$POSTGRES_REGISTRY_PASSWORD" --set=database="$POSTGRES_DB" <<'SQL'
CREATE ROLE registry LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
ALTER DATABASE :"database" OWNER TO registry;
REVOKE CONNECT ON DATABASE :"database" FROM PUBLIC;
SQL
