#!/bin/sh
# Backs both databases up while the service runs, into a new directory that appears whole:
#
#   DATABASE_URL=… OPS_DATABASE_URL=… deploy/backup/backup.sh /var/backups/agent-source-db
#
# prints the directory, such as /var/backups/agent-source-db/2026-11-24T20-00-00Z, with registry.* and
# ops.* and their SHA256SUMS. Takes the service's own URLs. Needs sqlite3 for sqlite://, and for
# postgres:// a pg_dump that is not older than the server. deploy/README.md says how to restore.
set -eu
umask 077

fail() {
    printf 'error: %s\n' "$1" >&2
    exit "${2:-1}"
}

[ $# -eq 1 ] || fail "usage: backup.sh DIRECTORY" 2
: "${DATABASE_URL:?is not set: the URL of the registry}"
: "${OPS_DATABASE_URL:?is not set: the URL of the store of the desk}"

name=$(date -u +%Y-%m-%dT%H-%M-%SZ)
mkdir -p "$1"
aside=$(mktemp -d "$1/.$name.XXXXXX")
trap 'rm -rf "$aside"' EXIT

# One consistent state each, while others write: a snapshot (pg_dump), the online backup (sqlite3).
save() { # NAME URL
    case $2 in
    sqlite://*)
        file=${2#sqlite://}
        [ -f "$file" ] || fail "$1: there is no $file"
        # Its own wait for writers, and then whether what was copied is whole.
        sqlite3 -cmd '.timeout 30000' "$file" ".backup '$aside/$1.sqlite3'"
        [ "$(sqlite3 "$aside/$1.sqlite3" 'PRAGMA integrity_check')" = ok ] || fail "$1: the copy is broken"
        ;;
    postgres://* | postgresql://*)
        connect "$2"
        pg_dump --format=custom --no-owner --no-privileges --file="$aside/$1.dump" \
            --dbname="$target"
        ;;
    *) fail "$1: an URL that begins with sqlite:// or postgres:// is needed" 2 ;;
    esac
}

. "$(dirname "$0")/url.sh"
save registry "$DATABASE_URL"
save ops "$OPS_DATABASE_URL"
(cd "$aside" && sha256sum -- * >SHA256SUMS)
# A second one within the same second.
done=$1/$name
count=1
while [ -e "$done" ]; do
    count=$((count + 1))
    done=$1/$name-$count
done
mv "$aside" "$done"
trap - EXIT
printf '%s\n' "$done"
