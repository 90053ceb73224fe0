#!/usr/bin/env bash
# Runs on the one node that made the cluster, until Git has taken over: marks the cluster as made, gives k3s the
# manifests that install Argo CD and its root Application, and takes them away again once Argo CD owns what they made.
# k3s applies its manifests anew at each start, so a file left behind would put an old state back years later.
set -euo pipefail

scripts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=library.sh
source "$scripts/library.sh"
# shellcheck source=marker.sh
source "$scripts/marker.sh"

staged="$STATE/first-boot"
manifests="$K3S_DATA/server/manifests"
kubectl=("$ROOT/usr/local/bin/k3s" kubectl)

api_is_ready() {
  "${kubectl[@]}" get --raw /readyz >/dev/null
}

copy_manifests() {
  local file name
  for file in "$staged"/*.yaml; do
    name=$(basename "$file")
    [[ -e $manifests/$name.skip ]] || install -D -m 0600 "$file" "$manifests/$name"
  done
}

# Sync status, phase of the last operation, health.
state_of() {
  "${kubectl[@]}" --namespace argocd get application "$1" \
    --output 'jsonpath={.status.sync.status} {.status.operationState.phase} {.status.health.status}'
}

# The root counts as done when it is synced: its health is that of all apps, and some wait for GPU nodes.
git_has_taken_over() {
  local name state
  for name in $FIRST_BOOT_APPLICATIONS; do
    state=$(state_of "$name" 2>/dev/null) || return 1
    case $name/$state in
      root/'Synced Succeeded'*) ;;
      */'Synced Succeeded Healthy') ;;
      *) return 1 ;;
    esac
  done
}

# In this order: an unmanaged HelmChart may go without its release going with it.
release_manifests() {
  local name
  for name in $FIRST_BOOT_CHARTS; do
    "${kubectl[@]}" --namespace kube-system annotate helmchart "$name" --overwrite helmcharts.helm.cattle.io/unmanaged=true
  done
  for name in "$staged"/*.yaml; do
    name=$(basename "$name")
    : >"$manifests/$name.skip"
    rm -f "${manifests:?}/$name"
  done
}

[[ -e $STATE/initialising ]] || exit 0

until api_is_ready; do pause 5; done
# Before anything of value runs: once the marker lies, no later seed starts an empty cluster in this one's place.
until write_marker; do
  log 'the marker cannot be written: check the etcd backup bucket and its keys'
  pause 15
done
if [[ -e $ROOT/usr/local/share/ca-certificates/rootstock.crt ]]; then
  "$scripts/share-trust.sh"
fi
copy_manifests
log 'waiting for Argo CD to take over from Git'
until git_has_taken_over; do pause 15; done
release_manifests
rm -rf "$staged" "$STATE/initialising"
log 'done: Git owns the cluster'
