#!/usr/bin/env bash
set -euo pipefail
# Times have a point, and texts are bytes.
export LC_ALL=C
umask 077

PROGRAM=$(basename "$0")

help() {
    cat <<'HELP'
usage: smoke.sh [--read-only] URL

Tries a running service as its clients do, under the address that they use, a path in front included:

    deploy/smoke.sh https://chat.example.com
    deploy/smoke.sh http://localhost:3000

It waits until the service is ready; then two new accounts become friends, talk, follow their conversation both as Braid
updates and as server-sent events, read, and are deleted again, also where something fails. Needs bash and curl alone, and
is the same for the native binary, the JVM and a cluster:

    DATABASE_URL=... JWT_SECRET=... SERVER_PORT=3000 target/xfchat-0.1.0-runner & deploy/smoke.sh http://localhost:3000

--read-only   for a service with READ_ONLY=true: it is ready, refuses who has no token, and refuses to write

environment: SMOKE_TIMEOUT         seconds until it has to be ready (60)
             SMOKE_ANSWER_TIMEOUT  seconds that every answer and every delivery may take after that (15)
             SMOKE_PUBLIC=1        URL is what the public sees: the addresses under /q must not be reachable
             SMOKE_ROOM=0          say nothing in the room /chat, where everybody sees it and it stays
             curl's own, as CURL_CA_BUNDLE and https_proxy; ~/.curlrc is not read
output:      a line per step: OK or FAILED, how long it took, what it was; no token and no password
exit status: 0 all is well, 1 something is not, 2 wrong usage
HELP
}

wrong_usage() {
    echo "$PROGRAM: $*; see $PROGRAM --help" >&2
    exit 2
}

READ_ONLY=
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) help; exit ;;
        --read-only) READ_ONLY=1 ;;
        -*) wrong_usage "unknown option $1" ;;
        *) break ;;
    esac
    shift
done
[ $# -eq 1 ] || wrong_usage "name one URL"
URL=${1%/}
[[ $URL =~ ^https?://[^/@?#[:space:]]+(/[^@?#[:space:]]*)?$ ]] ||
    wrong_usage "the URL has to be like https://chat.example.com, with neither a user nor a query"
READY_TIMEOUT=${SMOKE_TIMEOUT:-60}
ANSWER_TIMEOUT=${SMOKE_ANSWER_TIMEOUT:-15}
for SECONDS_ALLOWED in "$READY_TIMEOUT" "$ANSWER_TIMEOUT"; do
    [[ $SECONDS_ALLOWED =~ ^[1-9][0-9]{0,3}$ ]] || wrong_usage "$SECONDS_ALLOWED is no number of seconds"
done
command -v curl >/dev/null || wrong_usage "curl is not installed"

# What is secret is in files of this folder, which only its owner reads, and on no command line.
FOLDER=$(mktemp -d)
ACCOUNTS=()
NAMES=()
STREAMS=()
STEP=''
STEPS=0

# Sets NOW, in milliseconds; whole seconds where bash is older than 5.
now() {
    if [ -n "${EPOCHREALTIME:-}" ]; then
        NOW=${EPOCHREALTIME/./}
        NOW=${NOW%???}
    else
        NOW=$((SECONDS * 1000))
    fi
}

# Prints how a step ended: say OK|FAILED WHAT
say() {
    now
    local spent=$((NOW - STEP_BEGAN))
    printf '%-6s %3d.%03d s  %s\n' "$1" $((spent / 1000)) $((spent % 1000)) "$2"
}

step() {
    STEP=$1
    now
    STEP_BEGAN=$NOW
}

# Ends a step well: ok [WHAT ELSE IS TO BE SAID]
ok() {
    say OK "$STEP${1:+: $1}"
    STEPS=$((STEPS + 1))
    STEP=''
}

fail() {
    say FAILED "$STEP: $1"
    STEP=''
    exit 1
}

# request METHOD PATH [ACCOUNT or '' [BODY [more of curl's options]]]: sets STATUS, 000 without an answer, and BODY.
request() {
    local method=$1 path=$2 account=${3:-} body=${4:-}
    local options=(-q --silent --show-error --request "$method" --max-time "${MAX_TIME:-$ANSWER_TIMEOUT}")
    options+=(--output "$FOLDER/body" --write-out '%{http_code}')
    [ -z "$account" ] || options+=(--header "@$FOLDER/token.$account")
    [ -z "$body" ] || options+=(--header 'Content-Type: application/json' --data-binary @-)
    shift $(($# < 4 ? $# : 4))
    : >"$FOLDER/body"
    if ! STATUS=$(curl "${options[@]}" "$@" "$URL$path" 2>"$FOLDER/error" <<<"$body"); then
        STATUS=000
    fi
    BODY=$(tr -d '\000' <"$FOLDER/body")
}

# What came instead of what was expected; of an answer that has a token nothing but its status.
answer() {
    local said
    if [ "$STATUS" = 000 ]; then
        said=$(tr '\n' ' ' <"$FOLDER/error")
        said=${said% }
        echo "no answer (${said#curl: })"
    elif [[ $BODY = *token* ]] || [ -z "$BODY" ]; then
        echo "answered $STATUS"
    else
        said=${BODY//[$'\r\n']/ }
        echo "answered $STATUS, ${said:0:200}"
    fi
}

# The same, for a step that takes nothing but this status: expect STATUS METHOD PATH ...
expect() {
    local status=$1
    shift
    request "$@"
    [ "$STATUS" = "$status" ] || fail "$1 $2 $(answer), not $status"
}

# Sets FIELD to the first text or number of this name in BODY.
field() {
    [[ $BODY =~ \"$1\":\"?([^\",}]*) ]] || fail "there is no $1 in what was answered ($STATUS)"
    FIELD=${BASH_REMATCH[1]}
}

# Sets COUNT: how often a text is in another one. count TEXT WHERE
count() {
    local rest=${2//"$1"/}
    COUNT=$(((${#2} - ${#rest}) / ${#1}))
}

# Sets RANDOM_HEX: 32 digits.
random() {
    RANDOM_HEX=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
}

# Sets ID: a new UUID.
new_id() {
    random
    local hex=$RANDOM_HEX
    ID=${hex:0:8}-${hex:8:4}-4${hex:13:3}-a${hex:17:3}-${hex:20:12}
}

# Signs up: sets NAME. The account is noted before: nobody knows whether an answer that did not come made one.
sign_up() {
    random
    NAME=smoke_${RANDOM_HEX:0:16}
    ACCOUNTS+=("$1")
    NAMES+=("$NAME")
    random
    echo "$RANDOM_HEX" >"$FOLDER/password.$1"
    request POST /api/auth/signup '' \
        "{\"username\":\"$NAME\",\"email\":\"$NAME@example.invalid\",\"password\":\"$RANDOM_HEX\"}"
}

# Keeps the token that was answered.
keep_token() {
    field token
    echo "Authorization: Bearer $FIELD" >"$FOLDER/token.$1"
}

# Deletes the account if there is one, and says whether it is gone for certain.
delete() {
    local account=$1 name=$2 password
    password=$(<"$FOLDER/password.$account")
    if [ ! -e "$FOLDER/token.$account" ]; then
        request POST /api/auth/login '' "{\"username\":\"$name\",\"password\":\"$password\"}"
        [ "$STATUS" != 401 ] || return 0
        [[ $STATUS = 200 && $BODY =~ \"token\":\"([^\"]+) ]] || return 1
        echo "Authorization: Bearer ${BASH_REMATCH[1]}" >"$FOLDER/token.$account"
    fi
    request DELETE /api/auth/me "$account" "{\"password\":\"$password\"}"
    # 401: a deletion before this one came through, and its answer did not.
    [[ $STATUS = 2?? || $STATUS = 401 ]]
}

# Deletes what was signed up; tries again for as long as an answer may take. Sets LEFT_BEHIND to what is to be said where it
# did not work, else to nothing.
delete_accounts() {
    local deadline=$((SECONDS + ANSWER_TIMEOUT)) left=() i
    for ((i = 0; i < ${#ACCOUNTS[@]}; i++)); do
        until delete "${ACCOUNTS[i]}" "${NAMES[i]}"; do
            if ((SECONDS >= deadline)); then
                left+=("${NAMES[i]}")
                break
            fi
            sleep 0.5
        done
    done
    ACCOUNTS=()
    LEFT_BEHIND=''
    [ ${#left[@]} -eq 0 ] || LEFT_BEHIND="left behind: ${left[*]}; $(answer)"
}

close_streams() {
    local process
    for process in ${STREAMS[@]+"${STREAMS[@]}"}; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    STREAMS=()
}

end() {
    local status=$?
    trap '' INT TERM
    # A signal, or a command that nobody expected to fail: not by fail.
    [ -z "$STEP" ] || say FAILED "$STEP: ended with status $status"
    close_streams
    if [ ${#ACCOUNTS[@]} -gt 0 ]; then
        step "delete what was signed up"
        delete_accounts
        if [ -z "$LEFT_BEHIND" ]; then
            say OK "$STEP"
        else
            say FAILED "$STEP: $LEFT_BEHIND"
        fi
    fi
    rm -rf "$FOLDER"
    exit "$status"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Opens a stream of the conversation: follow NAME ACCOUNT HEADER. Every line of it comes with the time at which it came.
follow() {
    mkfifo "$FOLDER/$1.raw" "$FOLDER/$1"
    curl -q --silent --show-error --no-buffer --include --suppress-connect-headers --max-time 600 \
        --header "@$FOLDER/token.$2" --header "$3" "$URL$LOG" >"$FOLDER/$1.raw" 2>"$FOLDER/$1.error" &
    STREAMS+=($!)
    while IFS= read -r LINE; do
        now
        printf '%s %s\n' "$NOW" "$LINE"
    done <"$FOLDER/$1.raw" >"$FOLDER/$1" &
    STREAMS+=($!)
}

# Sets LINE and CAME to the next line of the stream that is open as 3 or 4: next NUMBER NAME DEADLINE
next() {
    local remaining=$(($3 - SECONDS))
    ((remaining > 0)) || remaining=1
    if ! IFS=' ' read -r -t "$remaining" -u "$1" CAME LINE; then
        [ ! -s "$FOLDER/$2.error" ] || fail "the stream ($2) ended: $(tr '\n' ' ' <"$FOLDER/$2.error")"
        fail "the stream ($2) said nothing more within $ANSWER_TIMEOUT s, or ended"
    fi
}

# Waits until the stream has begun: begun NUMBER NAME STATUS FIRST-LINE
begun() {
    local deadline=$((SECONDS + ANSWER_TIMEOUT)) status=''
    while :; do
        next "$1" "$2" "$deadline"
        case $LINE in
            HTTP/*)
                status=${LINE#* }
                status=${status:0:3}
                # 1xx is only a beginning.
                [[ $status = "$3" || $status = 1?? ]] || fail "the stream ($2) answered $status, not $3"
                ;;
            "$4"*) [ "$status" = "$3" ] && return ;;
        esac
        ((SECONDS < deadline)) || fail "the stream ($2) did not begin within $ANSWER_TIMEOUT s"
    done
}

# Reads the stream up to the second message; each has to come once, in this order. Sets DELIVERED to the milliseconds from
# sending the first one to its being here. The order makes it certain: a repetition would come before the second one.
delivered() {
    local deadline=$((SECONDS + ANSWER_TIMEOUT)) first=0
    while :; do
        next "$1" "$2" "$deadline"
        case $LINE in
            *"\"id\":\"$FIRST\""*)
                first=$((first + 1))
                [[ $LINE = *"$TEXT"* ]] || fail "the stream ($2) has another text in the message"
                DELIVERED=$((CAME - FIRST_SENT))
                ;;
            *"\"id\":\"$SECOND\""*) break ;;
        esac
        ((SECONDS < deadline)) || fail "the stream ($2) did not have the messages within $ANSWER_TIMEOUT s"
    done
    [ "$first" = 1 ] || fail "the stream ($2) had the first message $first times before the second one, not once"
}

step "ready"
DEADLINE=$((SECONDS + READY_TIMEOUT))
while :; do
    LEFT=$((DEADLINE - SECONDS))
    ((LEFT > 0)) || LEFT=1
    MAX_TIME=$((LEFT < ANSWER_TIMEOUT ? LEFT : ANSWER_TIMEOUT)) request GET /health
    [[ $STATUS != 200 || ${BODY//[[:space:]]/} != *'"status":"UP"'* ]] || break
    ((SECONDS < DEADLINE)) || fail "$URL/health $(answer), after $READY_TIMEOUT s"
    sleep 0.3
done
ok

if [ "${SMOKE_PUBLIC:-}" = 1 ]; then
    step "what is for operators is not public"
    for ADDRESS in /q/metrics /q/info /q/health/ready /q/openapi; do
        request GET "$ADDRESS"
        [[ $STATUS = 4?? ]] || fail "$ADDRESS is reachable: it answered $STATUS, and has to be refused with 403 or 404"
    done
    ok
fi

step "401 without a token and with a wrong one, at every public address"
echo 'Authorization: Bearer wrong' >"$FOLDER/token.wrong"
new_id
for ADDRESS in /api/conversations "/sync/conversations/$ID/messages" /chat /realtime; do
    expect 401 GET "$ADDRESS"
    expect 401 GET "$ADDRESS" wrong
done
expect 401 POST /typing wrong '{"is_typing":true}'
ok

step "404 at an address that there is not"
expect 404 GET /api/there-is-nothing-here
ok

if [ -n "$READ_ONLY" ]; then
    step "refuses to write"
    sign_up alice
    [ "$STATUS" != 200 ] || fail "an account was made: READ_ONLY is not set"
    [ "$STATUS" = 503 ] || fail "signing up $(answer), not 503"
    # Nothing was made: READ_ONLY is decided before.
    ACCOUNTS=()
    ok
    echo "$PROGRAM: $STEPS steps OK in $SECONDS s, read-only, $URL"
    exit
fi

step "sign up two accounts"
for WHO in alice bob; do
    sign_up "$WHO"
    [ "$STATUS" = 200 ] || fail "$(answer)"
    keep_token "$WHO"
done
BOB=$NAME
ok

step "log in"
expect 200 POST /api/auth/login '' "{\"username\":\"$BOB@example.invalid\",\"password\":\"$(<"$FOLDER/password.bob")\"}"
keep_token bob
expect 200 GET /api/auth/me bob
field username
[ "$FIELD" = "$BOB" ] || fail "it is somebody else's account"
ok

step "become friends"
expect 200 POST /api/friends/request alice "{\"to_email\":\"$BOB@example.invalid\"}"
[[ $BODY = *'"success":true'* ]] || fail "$(answer)"
expect 200 GET /api/friends/requests bob
field id
expect 200 POST /api/friends/respond bob "{\"request_id\":\"$FIELD\",\"accept\":true}"
ok

step "both have the conversation"
expect 200 GET /api/conversations alice
field id
CONVERSATION=$FIELD
LOG=/sync/conversations/$CONVERSATION/messages
expect 200 GET /api/conversations bob
field id
[ "$FIELD" = "$CONVERSATION" ] || fail "each has another one"
ok

step "follow it, as Braid updates and as server-sent events"
follow braid bob 'Subscribe: true'
exec 3<"$FOLDER/braid"
follow events alice 'Accept: text/event-stream'
exec 4<"$FOLDER/events"
begun 3 braid 209 'Version:'
begun 4 events 200 ':'
ok

step "send a message, twice, and it is stored once; and another one"
new_id
FIRST=$ID
new_id
SECOND=$ID
random
TEXT="smoke $RANDOM_HEX"
now
FIRST_SENT=$NOW
expect 200 PUT "$LOG/$FIRST" alice "{\"content\":\"$TEXT\"}"
ACKNOWLEDGED=$BODY
expect 200 PUT "$LOG/$FIRST" alice "{\"content\":\"$TEXT\"}"
[ "$BODY" = "$ACKNOWLEDGED" ] || fail "the answer to the same message is another one"
expect 200 PUT "$LOG/$SECOND" bob '{"content":"and another one"}'
ok

step "both streams have each message once"
delivered 3 braid
BRAID=$DELIVERED
delivered 4 events
ok "$BRAID ms after sending as a Braid update, $DELIVERED ms as an event"
close_streams
exec 3<&- 4<&-

step "history"
expect 200 GET "/api/conversations/$CONVERSATION/messages?limit=10" bob
count '"id":"' "$BODY"
[ "$COUNT" = 2 ] || fail "it has $COUNT messages, not 2"
[[ $BODY = *"\"id\":\"$SECOND\""*"\"id\":\"$FIRST\""*"$TEXT"* ]] || fail "it is not what was sent, newest first"
ok

# What Bob wrote is unread for Alice; what Alice wrote before counts as read by him, since he answered.
step "unread, read"
expect 200 GET /api/conversations alice
field unread_count
[ "$FIELD" = 1 ] || fail "$FIELD unread, not 1"
expect 200 PATCH "/api/messages/$SECOND/read" alice
expect 200 GET /api/conversations alice
field unread_count
[ "$FIELD" = 0 ] || fail "$FIELD unread after reading, not 0"
ok

step "resume after the first message"
expect 209 GET "$LOG" bob '' --header "Parents: \"$FIRST\""
count "\"id\":\"$SECOND\"" "$BODY"
[ "$COUNT" = 1 ] || fail "what followed is there $COUNT times, not once"
[[ $BODY != *"\"id\":\"$FIRST\""* ]] || fail "what came before is there too"
ok

step "the room"
if [ "${SMOKE_ROOM:-1}" != 0 ]; then
    expect 200 PUT /chat alice "{\"text\":\"$TEXT\"}" --header "Idempotency-Key: $FIRST"
    expect 200 GET '/chat?limit=500' bob
    [[ $BODY = *"$TEXT"* ]] || fail "what was said is not there"
    ok
else
    expect 200 GET /chat bob
    ok "read only"
fi

step "delete both accounts, and their tokens are void"
delete_accounts
[ -z "$LEFT_BEHIND" ] || fail "$LEFT_BEHIND"
for WHO in alice bob; do
    expect 401 GET /api/auth/me "$WHO"
done
ok

echo "$PROGRAM: $STEPS steps OK in $SECONDS s, $URL"
