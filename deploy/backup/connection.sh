# Sourced by the scripts beside it: where the database is, and which of PostgreSQL's programs speak to it.
# shellcheck shell=bash

PROGRAM=$(basename "$0")
export PGAPPNAME="xfchat $PROGRAM"
export PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10}

fail() {
    echo "$PROGRAM: $*" >&2
    exit 1
}

wrong_usage() {
    echo "$PROGRAM: $*; see $PROGRAM --help" >&2
    exit 2
}

# The path of a program of PostgreSQL: tool NAME [MAJOR VERSION]. With a version, that version's comes first; else what is in
# PATH, else the newest. Packages keep some of the programs out of PATH.
tool() {
    local folder found=''
    if [ -n "${PG_BIN:-}" ]; then
        [ -x "$PG_BIN/$1" ] || fail "there is no $1 in PG_BIN ($PG_BIN)"
        echo "$PG_BIN/$1"
        return
    fi
    if [ $# -gt 1 ]; then
        for folder in "/usr/lib/postgresql/$2/bin" "/usr/pgsql-$2/bin" "/opt/homebrew/opt/postgresql@$2/bin"; do
            if [ -x "$folder/$1" ]; then
                echo "$folder/$1"
                return
            fi
        done
    fi
    if found=$(command -v "$1"); then
        echo "$found"
        return
    fi
    found=$(find /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /opt/homebrew/opt/libpq/bin \
        -maxdepth 1 -name "$1" 2>/dev/null | sort -V | tail -n 1) || true
    [ -n "$found" ] || fail "$1 is not installed: install PostgreSQL's client programs, or name their folder in PG_BIN"
    echo "$found"
}

# Sets URL, to be given to the programs, from DATABASE_DIRECT_URL or DATABASE_URL. Everybody may read a command line, so the
# password is taken out of it and handed over in the environment, as it came.
find_database() {
    local name=DATABASE_DIRECT_URL rest authority userinfo password
    [ -n "${DATABASE_DIRECT_URL:-}" ] || name=DATABASE_URL
    URL=${!name:-}
    [ -n "$URL" ] || fail "DATABASE_URL is missing: postgresql://user:password@host:5432/database"
    URL=${URL#jdbc:}
    case $URL in
        postgresql://* | postgres://*) ;;
        *) fail "$name does not begin with postgresql://" ;;
    esac
    rest=${URL#*://}
    authority=${rest%%[/?]*}
    rest=${rest#"$authority"}
    case $rest in
        *@* | *password=*) fail "$name has a password that is not before the @, or a special character that is not percent-encoded" ;;
    esac
    case $authority in
        *@*@*) fail "$name has an @ in user or password: percent-encode it as %40" ;;
        *@*) userinfo=${authority%@*} ;;
        *) fail "$name names no user" ;;
    esac
    if [ "$userinfo" != "${userinfo#*:}" ]; then
        password=${userinfo#*:}
        [[ ! $password =~ %([^0-9A-Fa-f]|[0-9A-Fa-f][^0-9A-Fa-f]|.?$) ]] ||
            fail "a percent sign in the password of $name is not followed by two hexadecimal digits"
        password=${password//\\/\\\\}
        printf -v PGPASSWORD '%b' "${password//%/\\x}"
        export PGPASSWORD
    fi
    URL="postgresql://${userinfo%%:*}@${authority##*@}$rest"
}

# Asks the database and prints the answer alone: sql [-c 'select ...' | -f FILE | --set ...]
sql() {
    "$PSQL" --no-psqlrc --no-password --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --dbname "$URL" "$@"
}

# The server's version, and whether it can be reached at all: sets VERSION and MAJOR.
find_server() {
    PSQL=$(tool psql)
    VERSION=$(sql -c 'show server_version') || fail "the database cannot be reached"
    VERSION=${VERSION%% *}
    MAJOR=${VERSION%%[!0-9]*}
}

# Moves what is complete to its name, so that it is there after a power failure too: publish FROM TO
publish() {
    sync "$1"
    [ ! -e "$2" ] || fail "$2 appeared meanwhile; nothing was written"
    mv "$1" "$2"
    sync "$(dirname "$2")"
}

# What a file or folder takes, for people.
size() {
    du -sh "$1" | cut -f 1
}
