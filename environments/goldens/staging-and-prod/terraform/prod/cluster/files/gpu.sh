#!/usr/bin/env bash
# Installs the NVIDIA driver and container toolkit, and refuses to go on without working GPUs: a node that joins
# without them would take pods that can never run.
set -euo pipefail

scripts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=library.sh
source "$scripts/library.sh"

# The branch that Zadara installs on the same cards: terraform-zcompute-k8s and its GPU examples.
DRIVER_BRANCH=580
CUDA_KEY=EB693B3035CD5710E231E123A4B469963BF863CC
TOOLKIT_KEY=C95B321B61E88C1809C4F759DDCAE044F796ECB0

export DEBIAN_FRONTEND=noninteractive
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GNUPGHOME=$work

apt() {
  apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 --yes --quiet "$@"
}

# True if a PCI device of NVIDIA has a class that starts like this: 0x03 display, 0x0680 the bridge of an NVSwitch.
has_pci_class() {
  local device
  for device in "$ROOT"/sys/bus/pci/devices/*; do
    [[ -e $device/vendor && $(<"$device/vendor") == 0x10de && $(<"$device/class") == "$1"* ]] && return 0
  done
  return 1
}

count_gpus() {
  { nvidia-smi --list-gpus 2>/dev/null || true; } | grep -c '^GPU ' || true
}

is_installed() {
  command -v nvidia-container-runtime >/dev/null && command -v nvidia-smi >/dev/null
}

# add_repository NAME KEY_URL FINGERPRINT SOURCE: the key file has to hold exactly the one key we know.
add_repository() {
  local name=$1 key_url=$2 fingerprint=$3 source=$4 found
  local keyring=/usr/share/keyrings/$name.gpg
  retry 10 download "$key_url" "$work/$name.asc"
  found=$(gpg --show-keys --with-colons "$work/$name.asc" | awk -F: '$1 == "pub" { key = 1 } $1 == "fpr" && key { print $10; key = 0 }')
  [[ $found == "$fingerprint" ]] || die "the key of $name is $found instead of $fingerprint"
  gpg --dearmor <"$work/$name.asc" | write_file 0644 "$ROOT$keyring"
  write_file 0644 "$ROOT/etc/apt/sources.list.d/$name.list" <<<"deb [signed-by=$keyring] $source /"
}

add_repositories() {
  local release machine
  # shellcheck source=/dev/null
  release=$(source "$ROOT/etc/os-release" && echo "${ID}${VERSION_ID//./}")
  machine=$(uname -m)
  if [[ $machine == aarch64 ]]; then machine=sbsa; fi
  local cuda=https://developer.download.nvidia.com/compute/cuda/repos/$release/$machine
  local toolkit=https://nvidia.github.io/libnvidia-container
  add_repository nvidia-cuda "$cuda/3bf863cc.pub" "$CUDA_KEY" "$cuda/"
  add_repository nvidia-container-toolkit "$toolkit/gpgkey" "$TOOLKIT_KEY" "$toolkit/stable/deb/$(dpkg --print-architecture)"
}

# A new kernel without a matching driver module, or a driver that changes under running pods, takes the GPUs away.
hold_packages() {
  dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' |
    awk '$1 == "ii" && $2 ~ /^(linux-(image|headers|modules|aws|generic|kvm|virtual)|cuda-drivers|nvidia-|libnvidia-)/ { print $2 }' |
    xargs --no-run-if-empty apt-mark hold >/dev/null
}

install_driver() {
  local driver=cuda-drivers-$DRIVER_BRANCH
  if has_pci_class 0x0680; then
    driver=cuda-drivers-fabricmanager-$DRIVER_BRANCH
  fi
  add_repositories
  retry 10 apt update
  log "installing $driver"
  # Finishes what a reboot may have interrupted: apt refuses everything until then.
  dpkg --configure -a || true
  retry 5 apt install "linux-headers-$(uname -r)" "$driver" nvidia-container-toolkit
  modprobe --remove nouveau 2>/dev/null || true
}

has_pci_class 0x03 || die 'this node has no NVIDIA GPU, but its group in the environment file says it has'
if ! is_installed; then
  install_driver
fi
# At every boot: the last one may have ended between installing and holding.
hold_packages
modprobe nvidia
if has_pci_class 0x0680; then
  systemctl enable --now nvidia-fabricmanager.service
fi
found=$(count_gpus)
((found >= GPU_COUNT)) || die "nvidia-smi shows $found of $GPU_COUNT GPUs"
log "$found GPUs ready"
