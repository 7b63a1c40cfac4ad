#!/bin/sh
# Restores what backup.sh has written into databases that are new: a file that does not exist yet
# (sqlite://), a database without tables (postgres://). Never over anything.
#
#   DATABASE_URL=… OPS_DATABASE_URL=… deploy/backup/restore.sh /var/backups/agent-source-db/2026-…
#
# A backup of one kind of database can't be restored into the other kind.
set -eu
umask 077

fail() {
    printf 'error: %s\n' "$1" >&2
    exit "${2:-1}"
}

[ $# -eq 1 ] || fail "usage: restore.sh DIRECTORY" 2
[ -f "$1/SHA256SUMS" ] || fail "$1 is no backup: it has no SHA256SUMS"
: "${DATABASE_URL:?is not set: the URL of the registry}"
: "${OPS_DATABASE_URL:?is not set: the URL of the store of the desk}"
(cd "$1" && sha256sum --check --quiet SHA256SUMS) || fail "$1 is damaged"

. "$(dirname "$0")/url.sh"

load() { # DIRECTORY NAME URL
    case $3 in
    sqlite://*)
        file=${3#sqlite://}
        [ -f "$1/$2.sqlite3" ] || fail "$2: the backup has no $2.sqlite3"
        [ ! -e "$file" ] || fail "$2: $file is there already; move it away"
        mkdir -p "$(dirname "$file")"
        cp "$1/$2.sqlite3" "$file.part"
        mv "$file.part" "$file"
        ;;
    postgres://* | postgresql://*)
        [ -f "$1/$2.dump" ] || fail "$2: the backup has no $2.dump"
        # All or nothing: a database that has these tables already makes it fail, and stays as it is.
        connect "$3"
        pg_restore --exit-on-error --single-transaction --no-owner --no-privileges \
            --dbname="$target" "$1/$2.dump"
        ;;
    *) fail "$2: an URL that begins with sqlite:// or postgres:// is needed" 2 ;;
    esac
}

load "$1" registry "$DATABASE_URL"
load "$1" ops "$OPS_DATABASE_URL"
