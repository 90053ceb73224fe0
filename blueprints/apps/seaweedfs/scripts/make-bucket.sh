#!/bin/sh
# Makes the bucket for the files of Onyx unless it is there. May run as often as you like. Needs curl 8 and a POSIX shell.
set -eu

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
PAUSE_SECONDS=${PAUSE_SECONDS:-5}
# Ten minutes for a store that is still starting.
TRIES=${TRIES:-120}

main() {
  write_login
  tries=$TRIES
  while :; do
    put_bucket
    case $status in
      200) log "made bucket $BUCKET"; return ;;
      409) is_ours && { log "bucket $BUCKET is there"; return; } ;;
    esac
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { log "no bucket $BUCKET (answer $status): $(head -c 500 "$WORK/answer")"; exit 1; }
    log "waiting for the store (answer $status)"
    sleep "$PAUSE_SECONDS"
  done
}

# In a file, because arguments can be read by others. Keys have letters and digits only.
write_login() {
  umask 077
  printf 'user = "%s:%s"\n' "$ACCESS_KEY" "$SECRET_KEY" >"$WORK/login"
}

# 000 is no answer at all.
put_bucket() {
  : >"$WORK/answer"
  status=$(curl --silent --config "$WORK/login" --aws-sigv4 "aws:amz:$REGION:s3" --max-time 30 \
    --request PUT --output "$WORK/answer" --write-out '%{http_code}' "$STORE_URL/$BUCKET") || true
}

is_ours() { grep -q BucketAlreadyOwnedByYou "$WORK/answer"; }

log() { echo "make-bucket: $*"; }

main
