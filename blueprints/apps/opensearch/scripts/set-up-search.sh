#!/bin/sh
# Gives each index of Onyx its copies. With a REPOSITORY it also registers that, restores the newest snapshot into a cluster
# without an index of Onyx, and keeps the policy that takes and removes snapshots. May run at any time, as often as you
# like. Needs curl and a POSIX shell. FILES has repository.json, restore.json and policy.json.
set -eu

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
PAUSE_SECONDS=${PAUSE_SECONDS:-5}
# With half a minute for each: a quarter of an hour for the cluster, and as long for the data. Whoever syncs waits here.
CLUSTER_TRIES=${CLUSTER_TRIES:-26}
RESTORE_TRIES=${RESTORE_TRIES:-26}

main() {
  write_login
  if [ -z "${REPOSITORY:-}" ]; then
    # Of any colour: an index that lacks a part can be told how many copies it has, too.
    await 'the cluster' "/_cluster/health?timeout=30s" "$CLUSTER_TRIES" || refuse 'the cluster'
    set_replicas
  else
    await 'the cluster' "/_cluster/health?wait_for_status=yellow&timeout=30s" "$CLUSTER_TRIES" || refuse 'the cluster'
    set_up_snapshots
  fi
  log 'done'
}

set_up_snapshots() {
  register_repository
  if has_indices; then
    log "there are indices $INDICES: nothing to restore"
  else
    restore_newest
  fi
  await_indices
  mark_decided
  set_replicas
  apply_policy
}

# In a file, because arguments can be read by others.
write_login() {
  umask 077
  printf 'user = "%s"\n' "$(printf '%s:%s' "$SEARCH_USER" "$SEARCH_PASSWORD" | sed 's/[\\"]/\\&/g')" >"$WORK/login"
}

# request METHOD PATH [FILE]: leaves the answer in $WORK/answer and its code in $status; 000 is no answer at all.
request() {
  set -- "$1" "$2" ${3:+--data-binary "@$3"}
  method=$1 path=$2
  shift 2
  : >"$WORK/answer"
  status=$(curl --silent --show-error --config "$WORK/login" --cacert "$CA_FILE" --max-time 300 \
    --request "$method" --header 'Content-Type: application/json' \
    --output "$WORK/answer" --write-out '%{http_code}' "$@" "$SEARCH_URL$path") || true
}

# await WHAT PATH TRIES
await() {
  tries=$3
  while :; do
    request GET "$2"
    [ "$status" != 200 ] || return 0
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    log "waiting for $1 (answer $status)"
    sleep "$PAUSE_SECONDS"
  done
}

# A large index takes longer than a sync may: the cluster needs nobody to look on. Only one that nobody works at is wrong.
await_indices() {
  ! await "indices $INDICES" "/_cluster/health/$INDICES?wait_for_status=yellow&timeout=30s" "$RESTORE_TRIES" || return 0
  health=$(head -c 2000 "$WORK/answer")
  request GET "/_cat/recovery/$INDICES?active_only=true&h=index"
  if [ "$status" = 200 ] && grep -q '[^[:space:]]' "$WORK/answer"; then
    log "indices $INDICES are still being restored, which goes on by itself"
    return 0
  fi
  log "indices $INDICES cannot be read, and nobody is restoring them: $health"
  exit 1
}

# The cluster writes a file into the bucket from every node before it says yes.
register_repository() {
  request PUT "/_snapshot/$REPOSITORY" "$FILES/repository.json"
  [ "$status" = 200 ] || refuse 'the snapshot repository'
}

# An answer other than 200 is never taken for an empty cluster.
has_indices() {
  request GET "/_cat/indices/$INDICES?h=index"
  [ "$status" = 200 ] || refuse 'the list of indices'
  grep -q '[^[:space:]]' "$WORK/answer"
}

restore_newest() {
  request GET "/_cat/snapshots/$REPOSITORY?h=id,status&s=end_epoch:desc"
  [ "$status" = 200 ] || refuse 'the list of snapshots'
  cp "$WORK/answer" "$WORK/snapshots"
  incomplete=''
  while read -r id state; do
    holds_indices "$id" || continue
    if [ "$state" = SUCCESS ]; then
      restore "$id"
      return 0
    fi
    incomplete="$incomplete $id"
  done <"$WORK/snapshots"
  if [ -n "$incomplete" ]; then
    log "no complete snapshot to restore, only:$incomplete"
    log 'restore one by hand with partial: true, or delete them all to start empty'
    exit 1
  fi
  log 'the repository holds no snapshot of Onyx: it starts empty'
}

holds_indices() {
  [ -n "$1" ] || return 1
  request GET "/_snapshot/$REPOSITORY/$1?filter_path=snapshots.indices"
  [ "$status" = 200 ] || refuse "snapshot $1"
  grep -q "\"${INDICES%\*}" "$WORK/answer"
}

restore() {
  log "restoring snapshot $1"
  request POST "/_snapshot/$REPOSITORY/$1/_restore?wait_for_completion=false" "$FILES/restore.json"
  case $status in
    200 | 202) ;;
    *) refuse "to restore snapshot $1" ;;
  esac
}

# Onyx starts only where it finds this: it would make an empty index, and an index that is there is never restored.
mark_decided() {
  printf '{"persistent":{"%s":"decided"}}\n' "$RESTORE_MARK" >"$WORK/mark"
  request PUT /_cluster/settings "$WORK/mark"
  [ "$status" = 200 ] || refuse 'the mark that the restore is decided'
}

# Onyx says how many copies an index has when it makes it, and a snapshot brings those of its day: neither follows a
# change of availability. Never without an index: a change for none may be taken as one for all.
set_replicas() {
  has_indices || return 0
  printf '{"index":{"number_of_replicas":%s}}\n' "$REPLICAS" >"$WORK/replicas"
  request PUT "/$INDICES/_settings" "$WORK/replicas"
  [ "$status" = 200 ] || refuse "$REPLICAS copies of indices $INDICES"
  log "indices $INDICES have $REPLICAS copies each"
}

# A policy that is there can only be changed by those who say which version of it they saw.
apply_policy() {
  policy="/_plugins/_sm/policies/$POLICY"
  request GET "$policy"
  case $status in
    404) request POST "$policy" "$FILES/policy.json" ;;
    200) request PUT "$policy?if_seq_no=$(field _seq_no)&if_primary_term=$(field _primary_term)" "$FILES/policy.json" ;;
  esac
  case $status in
    200 | 201) ;;
    *) refuse 'the snapshot policy' ;;
  esac
}

# The first number with this name: in the answer for a policy it stands at the top.
field() {
  tr -d ' \n' <"$WORK/answer" | sed -n "s/.*\"$1\":\([0-9][0-9]*\).*/\1/p"
}

refuse() {
  log "OpenSearch refused $1 (answer $status): $(head -c 2000 "$WORK/answer")"
  exit 1
}

log() { echo "set-up-search: $*"; }

main
