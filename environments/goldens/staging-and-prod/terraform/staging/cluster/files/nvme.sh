#!/usr/bin/env bash
# Puts the local NVMe disks of a GPU node under the models: one filesystem, striped over all of them. Their content is
# lost with the node, so only what can be downloaded again may live there. The filesystem is found by its label, since
# the number of an array changes from boot to boot.
set -euo pipefail

scripts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=library.sh
source "$scripts/library.sh"

LABEL=rootstock-nvme
device="$ROOT/dev/disk/by-label/$LABEL"
ephemeral="$STATE/ephemeral"
models="$STATE/models"
fstab="$ROOT/etc/fstab"

# On AWS every disk is NVMe, the root volume too: only the model name tells a local disk.
is_local() {
  [[ $PLATFORM != aws || $(lsblk --noheadings --nodeps --output MODEL "$1") == 'Amazon EC2 NVMe Instance Storage'* ]]
}

# No partition, no array on top, and no signature of anything.
is_blank() {
  [[ $(lsblk --noheadings --output NAME "$1" | wc -l) -eq 1 && -z $(wipefs --noheadings "$1") ]]
}

list_blank_disks() {
  local disk
  for disk in $(lsblk --noheadings --nodeps --paths --output NAME); do
    if [[ $disk == */nvme* ]] && is_local "$disk"; then
      if is_blank "$disk"; then echo "$disk"; else log "$disk is not blank: left alone"; fi
    fi
  done
}

# Lists of packages are as old as the image, and what they name may be gone.
install_mdadm() {
  apt-get -o DPkg::Lock::Timeout=300 update --quiet &&
    apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends mdadm
}

make_filesystem() {
  local -a disks
  mapfile -t disks < <(list_blank_disks)
  if ((${#disks[@]} == 0)); then
    return
  fi
  local target=${disks[0]}
  if ((${#disks[@]} > 1)); then
    target=/dev/md/rootstock
    command -v mdadm >/dev/null || retry 10 install_mdadm
    mdadm --create "$target" --run --name=rootstock --level=0 --raid-devices="${#disks[@]}" "${disks[@]}"
  fi
  log "making one filesystem over: ${disks[*]}"
  mkfs.ext4 -q -m 0 -L "$LABEL" "$target"
  udevadm settle
}

add_to_fstab() {
  grep -qxF "$1" "$fstab" || printf '%s\n' "$1" >>"$fstab"
}

# Also in fstab, so that the disks are there after a reboot before anything asks for them. nofail: a node whose disks
# came back empty still boots, and gets a new filesystem here.
mount_filesystem() {
  mkdir -p "$ephemeral" "$models"
  add_to_fstab "LABEL=$LABEL $ephemeral ext4 defaults,noatime,nofail,x-systemd.device-timeout=30s 0 2"
  add_to_fstab "$ephemeral/models $models none bind,nofail,x-systemd.requires-mounts-for=$ephemeral 0 0"
  systemctl daemon-reload
  mountpoint --quiet "$ephemeral" || mount "$ephemeral"
  mkdir -p "$ephemeral/models"
  mountpoint --quiet "$models" || mount "$models"
}

main() {
  if [[ ! -e $device ]] && command -v mdadm >/dev/null; then
    mdadm --assemble --scan || true
    udevadm settle
  fi
  [[ -e $device ]] || make_filesystem
  if [[ -e $device ]]; then
    mount_filesystem
  else
    log 'no local NVMe disk: models go to the root volume'
    mkdir -p "$models"
  fi
}

case ${1:-} in
  list) list_blank_disks ;;
  *) main ;;
esac
