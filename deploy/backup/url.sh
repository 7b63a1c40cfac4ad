# Sourced by backup.sh and restore.sh.

# Sets `target` to a postgres:// URL without its password, and PGPASSWORD to the password: arguments
# can be seen by everybody on the machine, an environment only by its owner.
connect() { # URL
    target=$1
    unset PGPASSWORD
    rest=${1#*://}
    authority=${rest%%[/?]*}
    case $authority in
    *:*@*) ;;
    *) return 0 ;;
    esac
    user_info=${authority%@*}
    target=${1%%://*}://${user_info%%:*}@${authority##*@}${rest#"$authority"}
    PGPASSWORD=$(decoded "${user_info#*:}")
    export PGPASSWORD
}

# `p%40ss` is `p@ss`.
decoded() {
    printf '%s' "$1" | LC_ALL=C awk '{
        digits = "0123456789abcdef"
        while (at = index($0, "%")) {
            high = index(digits, tolower(substr($0, at + 1, 1))) - 1
            low = index(digits, tolower(substr($0, at + 2, 1))) - 1
            printf "%s%c", substr($0, 1, at - 1), high * 16 + low
            $0 = substr($0, at + 3)
        }
        printf "%s", $0
    }'
}
