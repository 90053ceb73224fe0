#!/usr/bin/env bash
# Runs at every boot (rootstock-boot.service) and brings the node into the cluster. Every step looks first whether it
# is done, so a reboot needs no network and a failure is mended by running all of it again.
set -euo pipefail

scripts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=library.sh
source "$scripts/library.sh"

"$scripts/prepare-node.sh"
if [[ $PLATFORM == zcompute && $ROLE == worker ]]; then
  "$scripts/disks.sh"
fi
if ((GPU_COUNT > 0)); then
  # In this order: k3s looks for the NVIDIA runtime only when it starts.
  "$scripts/nvme.sh"
  "$scripts/gpu.sh"
fi
"$scripts/install-k3s.sh"
"$scripts/join.sh"

log "starting $K3S_SERVICE"
systemctl start "$K3S_SERVICE"

# join.sh leaves this file on the one node that made the cluster, until Git has taken over.
if [[ -e $STATE/initialising ]]; then
  systemctl start --no-block rootstock-first-boot.service
fi
