#!/usr/bin/env bash
# Brings the listed models onto this node and keeps them there; runs for as long as its pod does.
#
# It is the only writer of the store; the pods that serve mount it read-only. Ollama checks a download after it has
# renamed it into place, so a crash in between leaves a file that the next pull takes for good. So nothing counts here
# before its digest was compared once more.
set -u -o pipefail
. "$(dirname "$0")/model-store.sh"

READY_FILE=${READY_FILE:-/tmp/models-ready}
CHECK_SECONDS=${CHECK_SECONDS:-30}
PULL_LIMIT=${PULL_LIMIT:-12h}
STORE_GIB=${STORE_GIB:?}
# Below a tenth of the disk the kubelet starts to remove images and then pods.
KEEP_FREE_PERCENT=${KEEP_FREE_PERCENT:-10}
PRUNE=${PRUNE:-false}
STAGING=$MODEL_STORE/staging
PULL_LOG=$(mktemp)
PULL_OUTPUT=$(mktemp --dry-run)
server=''
pull=''

main() {
  trap stop TERM INT
  mkfifo "$PULL_OUTPUT"
  prepare_store
  local pause=$CHECK_SECONDS before
  while true; do
    # Before the round: a list that changes while the round ends would not be seen until the next one.
    before=$(list_models)
    if sync_models; then
      pause=$CHECK_SECONDS
    else
      pause=$((pause * 2 > 600 ? 600 : pause * 2))
      log "next attempt in $pause s"
    fi
    wait_or_change "$pause" "$before"
  done
}

prepare_store() {
  rm -f "$READY_FILE"
  mkdir -p "$MODEL_STORE"/{blobs,manifests,staging,verified}
  # A pod that is being replaced may still be writing.
  exec 9>"$MODEL_STORE/lock"
  flock --nonblock 9 || { log 'waiting for the former pod to end'; interruptible flock 9; }
  rm -rf "$STAGING/manifests"
  ln -sfn ../blobs "$STAGING/blobs"
  forget_broken_downloads
}

# Ollama cannot go on with a download whose notes a crash cut off, and never starts it anew.
forget_broken_downloads() {
  local notes
  for notes in "$MODEL_STORE"/blobs/sha256-*-partial-*; do
    [ -e "$notes" ] || continue
    tail -c 2 "$notes" | grep -q '}' && continue
    log "starting ${notes##*/} anew: its notes are cut off"
    rm -f "${notes%-partial-*}-partial"*
  done
}

# One round. False if a listed model could not be had.
sync_models() {
  local model missing failed=''
  [ -n "$(list_models)" ] || { log "no list of models at $MODELS_FILE"; rm -f "$READY_FILE"; return 1; }
  missing=$(list_missing)
  [ -z "$missing" ] || rm -f "$READY_FILE"
  for model in $missing; do
    fetch_model "$model" || failed=$model
  done
  stop_server
  [ -z "$failed" ] && [ -z "$(list_missing)" ] || return 1
  [ "$PRUNE" != true ] || prune_store
  [ -e "$READY_FILE" ] || log "on this node: $(list_models | tr '\n' ' ')"
  touch "$READY_FILE"
}

fetch_model() {
  log "fetching $1"
  start_server || return 1
  pull_model "$1" || return 1
  publish_model "$1" && log "$1 is on this node"
}

# Ollama runs only while something is fetched, on this pod's own loopback. OLLAMA_NOPRUNE keeps it from deleting
# unfinished downloads and files that only manifests outside its staging folder name.
start_server() {
  [ -z "$server" ] || kill -0 "$server" 2>/dev/null || server=''
  [ -z "$server" ] || return 0
  OLLAMA_MODELS=$STAGING OLLAMA_NOPRUNE=1 ollama serve 9>&- &
  server=$!
  local _
  for _ in $(seq 300); do
    ollama list >/dev/null 2>&1 9>&- && return 0
    kill -0 "$server" 2>/dev/null || break
    pause_for 0.2
  done
  log 'ollama does not start'
  stop_server
  return 1
}

stop_server() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  server=''
}

# Hours of progress bars come out of a pull; the last line says what went wrong.
pull_model() {
  local last
  tail -c 400 <"$PULL_OUTPUT" >"$PULL_LOG" 9>&- &
  last=$!
  timeout "$PULL_LIMIT" ollama pull "$1" >"$PULL_OUTPUT" 2>&1 9>&- &
  pull=$!
  while kill -0 "$pull" 2>/dev/null; do
    disk_is_full && { log "not enough disk for $1: $(describe_disk)"; stop_pull; return 1; }
    pause_for 5 "$pull"
  done
  wait "$pull" && { pull=''; return 0; }
  pull=''
  wait "$last"
  log "cannot fetch $1: $(tr '\r' '\n' <"$PULL_LOG" | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | grep -v '^[[:space:]]*$' | tail -n 1)"
  return 1
}

# A download goes on where it was when there is room again: its parts stay.
stop_pull() {
  [ -n "$pull" ] || return 0
  kill "$pull" 2>/dev/null
  wait "$pull" 2>/dev/null
  pull=''
}

disk_is_full() {
  [ "$(free_percent)" -lt "$KEEP_FREE_PERCENT" ] || [ "$(used_gib)" -gt "$STORE_GIB" ]
}

describe_disk() {
  printf 'models have %s of the %s GiB they may have; %s %% of the disk are free and %s %% must stay so\n' \
    "$(used_gib)" "$STORE_GIB" "$(free_percent)" "$KEEP_FREE_PERCENT"
}

free_percent() {
  df --output=avail,size "$MODEL_STORE" | awk 'NR == 2 { print int($1 * 100 / $2) }'
}

used_gib() {
  du --summarize --block-size=1G "$MODEL_STORE/blobs" | cut -f 1
}

# Staged manifest → offered manifest, once every file it names is what it says.
publish_model() {
  local path staged digest digests
  path=$(manifest_path "$1")
  staged=$STAGING/manifests/$path
  digests=$(list_digests "$staged")
  [ -n "$digests" ] || { log "$1 came without files"; return 1; }
  # On disk first: a note about content that a power cut takes away would be a lie.
  sync --file-system "$MODEL_STORE"
  for digest in $digests; do
    is_verified "$digest" || verify_blob "$digest" || { rm -f "$staged"; return 1; }
  done
  mkdir -p "$(dirname "$MODEL_STORE/manifests/$path")"
  sync --file-system "$MODEL_STORE"
  mv -f "$staged" "$MODEL_STORE/manifests/$path"
}

verify_blob() {
  local blob=$MODEL_STORE/blobs/$1
  if [ "sha256-$(sha256sum "$blob" 2>/dev/null | cut -d ' ' -f 1)" != "$1" ]; then
    log "$1 is damaged and will be fetched again"
    rm -f "$blob" "$MODEL_STORE/verified/$1"
    return 1
  fi
  stat -c %s "$blob" >"$MODEL_STORE/verified/$1"
}

# Removes models that are no longer listed, then files that no manifest names. Only called when all models are there.
prune_store() {
  local manifest wanted kept blob digest
  wanted=$(list_models | while read -r model; do manifest_path "$model"; done)
  while read -r manifest; do
    grep -Fqx "$manifest" <<<"$wanted" && continue
    log "removing $manifest: no longer listed"
    rm -f "$MODEL_STORE/manifests/$manifest"
  done < <(cd "$MODEL_STORE/manifests" && find . -type f | sed 's|^\./||')
  kept=$(find "$MODEL_STORE/manifests" -type f | while read -r manifest; do list_digests "$manifest"; done)
  for blob in "$MODEL_STORE"/blobs/sha256-*; do
    digest=${blob##*/}
    grep -Fqx "${digest:0:71}" <<<"$kept" && [ "${#digest}" -eq 71 ] && continue
    rm -f "$blob" "$MODEL_STORE/verified/$digest"
  done
  find "$MODEL_STORE/manifests" -mindepth 1 -type d -empty -delete
}

# Sleeps, but not longer than until the list changes: a mended typing error takes effect at once.
wait_or_change() {
  local left=$1 before=$2
  while [ "$left" -gt 0 ]; do
    pause_for $((left < 5 ? left : 5))
    left=$((left - 5))
    [ "$(list_models)" = "$before" ] || return 0
  done
}

# Sleeps, or until the given process ends; signals are answered at once either way.
pause_for() {
  if [ $# -eq 2 ]; then
    interruptible timeout "$1" tail --pid="$2" -s 0.2 -f /dev/null
  else
    interruptible sleep "$1"
  fi
}

# Bash answers a signal only between commands, or while it waits for one in the background.
interruptible() {
  "$@" &
  wait $!
}

stop() {
  rm -f "$READY_FILE"
  stop_pull
  stop_server
  exit 0
}

main
