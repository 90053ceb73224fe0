#!/bin/sh
# Brings the files of Onyx back from their copies into a bucket that is new, once; it changes nothing in a bucket that is
# ready. By hand with POINT=2026-11-20T0215Z: also brings back what was replaced or deleted
# since that copy. Needs rclone and a POSIX shell. SOURCE and COPIES are remotes with a path.
set -eu

READY=.rootstock/ready
POINT=${POINT:-}
PAUSE_SECONDS=${PAUSE_SECONDS:-10}
# A quarter of an hour for stores that are still starting.
TRIES=${TRIES:-90}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

main() {
  await_bucket
  if [ -z "$POINT" ] && has_file "$SOURCE/$READY"; then
    log "$SOURCE is ready: nothing to restore"
    return
  fi
  require_copies
  if has_folder current; then
    log "bringing back what $SOURCE lacks"
    rclone copy "$COPIES/current" "$SOURCE" --ignore-existing --fast-list --stats 10m --stats-one-line \
      --stats-log-level NOTICE
  else
    log 'there are no copies yet: it starts empty'
  fi
  [ -z "$POINT" ] || go_back
  echo "Files are complete since $(date -u)." | rclone rcat "$SOURCE/$READY"
  log "$SOURCE is ready"
}

# Writing is the only proof that a bucket is there and that the keys may use it: a list of nothing is no error.
await_bucket() {
  tries=$TRIES
  until can_write "$SOURCE"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || refuse "$SOURCE"
    log "waiting for $SOURCE"
    sleep "$PAUSE_SECONDS"
  done
}

require_copies() { can_write "$COPIES" || refuse "$COPIES"; }

can_write() { echo "Written at $(date -u)." | rclone rcat "$1/.rootstock/probe" >"$WORK/log" 2>&1; }

# Both hold a probe by now, so a list that fails is never taken for an empty one.
has_file() {
  rclone lsf --files-only "${1%/*}" >"$WORK/list" 2>"$WORK/log" || refuse "${1%/*}"
  grep -qx "${1##*/}" "$WORK/list"
}

has_folder() {
  list_copies
  grep -qx "$1/" "$WORK/list"
}

list_copies() { rclone lsf --dirs-only "$COPIES" >"$WORK/list" 2>"$WORK/log" || refuse "$COPIES"; }

# Newest first, so that what an older copy kept comes last and stays.
go_back() {
  list_copies
  { grep -E '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{4}Z/$' "$WORK/list" || true; } | sort -r >"$WORK/folders"
  while read -r folder; do
    folder=${folder%/}
    ! expr "$folder" '<' "$POINT" >/dev/null || continue
    log "bringing back what was replaced or deleted by the copy of $folder"
    rclone copy "$COPIES/$folder" "$SOURCE" --fast-list --ignore-times </dev/null
  done <"$WORK/folders"
}

refuse() {
  log "cannot use $1: $(tail -n 3 "$WORK/log" 2>/dev/null)" >&2
  exit 1
}

log() { echo "restore-files: $*"; }

main
