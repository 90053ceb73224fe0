#!/bin/sh
# Ends with an error if the newest complete snapshot of the index is older than MAX_HOURS. OpenSearch makes snapshots by
# itself and has no metric of them, so the Job that runs this is what the alert looks at. Needs curl and a POSIX shell.
set -eu

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
NOW=${NOW:-$(date +%s)}
OLDEST=$((NOW - MAX_HOURS * 3600))

main() {
  write_login
  newest=$(newest_snapshot)
  if [ -n "$newest" ]; then
    [ "$newest" -ge "$OLDEST" ] || refuse "the newest snapshot is $(((NOW - newest) / 3600)) hours old"
    log "the newest snapshot is $(((NOW - newest) / 3600)) hours old"
  else
    created=$(oldest_index)
    [ -z "$created" ] || [ "$created" -ge "$OLDEST" ] || refuse 'there is no complete snapshot'
    log 'there is no snapshot yet, and nothing older than one would be'
  fi
}

# In a file, because arguments can be read by others.
write_login() {
  umask 077
  printf 'user = "%s"\n' "$(printf '%s:%s' "$SEARCH_USER" "$SEARCH_PASSWORD" | sed 's/[\\"]/\\&/g')" >"$WORK/login"
}

# get PATH: the answer, or an error for anything but 200: no answer is never taken for an empty one.
get() {
  curl --silent --show-error --fail --config "$WORK/login" --cacert "$CA_FILE" --max-time 120 "$SEARCH_URL$1"
}

# Seconds since 1970 at which it was complete, or nothing.
newest_snapshot() {
  get "/_cat/snapshots/$REPOSITORY?h=status,end_epoch" >"$WORK/snapshots"
  sed -n 's/^ *SUCCESS  *\([0-9][0-9]*\) *$/\1/p' "$WORK/snapshots" | sort -n | tail -n 1
}

# Seconds since 1970 at which it was made, or nothing.
oldest_index() {
  get "/_cat/indices/$INDICES?h=creation.date" >"$WORK/indices"
  sed -n 's/^ *\([0-9][0-9]*\)[0-9][0-9][0-9] *$/\1/p' "$WORK/indices" | sort -n | head -n 1
}

refuse() {
  log "$1"
  exit 1
}

log() { echo "check-search-snapshots: $*"; }

main
