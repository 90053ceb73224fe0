#!/bin/sh
# Ends with an error if the indices of Onyx do not reach WANTED (yellow: all can be read; green: all copies are there)
# within PATIENCE_SECONDS. OpenSearch has no metrics here, so the Job that runs this is what the alert looks at. Needs curl
# and a POSIX shell.
set -eu

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
PAUSE_SECONDS=${PAUSE_SECONDS:-10}

main() {
  write_login
  end=$(($(date +%s) + PATIENCE_SECONDS))
  until is_reached; do
    if [ "$(date +%s)" -ge "$end" ]; then
      log "not $WANTED for $PATIENCE_SECONDS seconds (answer $status): $(head -c 2000 "$WORK/answer")"
      exit 1
    fi
    sleep "$PAUSE_SECONDS"
  done
  log "at least $WANTED"
}

# In a file, because arguments can be read by others.
write_login() {
  umask 077
  printf 'user = "%s"\n' "$(printf '%s:%s' "$SEARCH_USER" "$SEARCH_PASSWORD" | sed 's/[\\"]/\\&/g')" >"$WORK/login"
}

# Only a clear yes counts: 408 says that it waited in vain, 000 is no answer at all.
is_reached() {
  : >"$WORK/answer"
  status=$(curl --silent --show-error --config "$WORK/login" --cacert "$CA_FILE" --max-time 60 \
    --output "$WORK/answer" --write-out '%{http_code}' \
    "$SEARCH_URL/_cluster/health/$INDICES?wait_for_status=$WANTED&timeout=30s") || true
  [ "$status" = 200 ]
}

log() { echo "check-search-health: $*"; }

main
