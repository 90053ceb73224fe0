#!/bin/sh
# Copies the bucket with the files of Onyx to the backup bucket: `current` is what is there now, a folder named by time
# keeps what was replaced or deleted since, for as many days as copies are kept. Needs rclone and a POSIX shell.
# SOURCE and COPIES are remotes with a path; without a slash at the end.
set -eu

# Written by restore-files.sh once the bucket has what it should have.
READY=.rootstock/ready
DAYS=${RETENTION_DAYS:?}
NOW=$(date -u +%s)
LIST=$(mktemp)
trap 'rm -f "$LIST"' EXIT

main() {
  require_ready
  stamp=$(name_of "$NOW")
  log "copying $SOURCE to $COPIES/current, what is replaced to $COPIES/$stamp"
  # By checksum: the time of an object would take a request for each of them.
  rclone sync "$SOURCE" "$COPIES/current" --backup-dir "$COPIES/$stamp" --exclude '/.rootstock/**' \
    --checksum --fast-list --stats 10m --stats-one-line --stats-log-level NOTICE
  remove_old
  log 'done'
}

# A bucket that is new, or another one by mistake, is empty: its copy would be emptied, too.
require_ready() {
  rclone lsf --files-only "$SOURCE/${READY%/*}" >"$LIST" || : >"$LIST"
  if ! grep -qx "${READY##*/}" "$LIST"; then
    log "$SOURCE has no $READY: it is not the bucket that was copied so far, or nothing was restored into it yet"
    log 'the Job onyx-files-restore-... has to finish first: kubectl -n onyx logs -l app.kubernetes.io/name=onyx-files,app.kubernetes.io/component=restore'
    log 'if it is finished, the bucket was emptied since: delete that Job, and Argo CD makes another, which fills it'
    exit 1
  fi
}

# Names sort by time, so that text can be compared.
remove_old() {
  limit=$(name_of $((NOW - DAYS * 86400)))
  rclone lsf --dirs-only "$COPIES" >"$LIST"
  while read -r folder; do
    folder=${folder%/}
    case $folder in
      [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9][0-9][0-9]Z) ;;
      *) continue ;;
    esac
    if expr "$folder" '<' "$limit" >/dev/null; then
      log "removing $COPIES/$folder, older than $DAYS days"
      rclone purge "$COPIES/$folder" </dev/null
    fi
  done <"$LIST"
}

# e.g. 2026-11-22T0215Z
name_of() { date -u -d "@$1" +%Y-%m-%dT%H%MZ; }

log() { echo "copy-files: $*"; }

main
