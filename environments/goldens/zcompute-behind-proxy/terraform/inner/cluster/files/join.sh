#!/usr/bin/env bash
# Decides how this node comes to its cluster. Only the seed may ever make one, and only when nobody answers for the
# API and nothing says that the cluster existed. In doubt everybody waits: a late cluster is mended, two are not.
set -euo pipefail

scripts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=library.sh
source "$scripts/library.sh"
if [[ $SEED == true ]]; then
  # shellcheck source=marker.sh
  source "$scripts/marker.sh"
fi

api_answers() {
  curl --insecure --fail --silent --connect-timeout 5 --max-time 10 --output /dev/null "https://$API_HOST:6443/cacerts"
}

# Prints start, join, initialise or wait.
decide() {
  if [[ $ROLE == worker ]]; then
    decide_worker
  elif [[ -d $K3S_DATA/server/db ]]; then
    # A member finds its peers by its own data; after a power cut there is no API to ask.
    echo start
  elif api_answers; then
    echo join
  elif [[ $SEED == true ]]; then
    decide_seed
  else
    log "waiting for https://$API_HOST:6443"
    echo wait
  fi
}

decide_worker() {
  if [[ -e $K3S_DATA/agent/client-kubelet.crt ]] || api_answers; then
    echo start
  else
    log "waiting for https://$API_HOST:6443"
    echo wait
  fi
}

decide_seed() {
  case $(read_marker) in
    absent)
      # The API may have come up meanwhile.
      if api_answers; then echo join; else echo initialise; fi
      ;;
    present)
      log 'this cluster existed: its API has to come back, or a snapshot has to be restored (see the runbook)'
      echo wait
      ;;
    *) echo wait ;;
  esac
}

main() {
  local decision
  while decision=$(decide) && [[ $decision == wait ]]; do
    pause 10
  done
  log "decision: $decision"
  case $decision in
    initialise)
      write_file 0600 "$K3S_CONFIG/80-join.yaml" <<<'cluster-init: true'
      write_file 0600 "$STATE/initialising" <<<"$K3S_VERSION"
      ;;
    join)
      write_file 0600 "$K3S_CONFIG/80-join.yaml" <<<"server: \"https://$API_HOST:6443\""
      # What the first boot would write is not needed any more, and holds a credential.
      rm -rf "$STATE/first-boot" "$STATE/initialising"
      ;;
    start) ;;
    # k3s without a decision would make a cluster of its own.
    *) die 'no decision' ;;
  esac
}

case ${1:-} in
  decide) decide ;;
  *) main ;;
esac
