#!/usr/bin/env bash
# Installs exactly the wanted k3s release, held against the checksums that are published with it.
set -euo pipefail

scripts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=library.sh
source "$scripts/library.sh"

binary="$ROOT/usr/local/bin/k3s"

if [[ -x $binary && $("$binary" --version) == "k3s version $K3S_VERSION "* ]]; then
  exit 0
fi

case $(uname -m) in
  x86_64) architecture=amd64 asset=k3s ;;
  aarch64) architecture=arm64 asset=k3s-arm64 ;;
  *) die "there is no k3s for $(uname -m)" ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
release="https://github.com/k3s-io/k3s/releases/download/${K3S_VERSION/+/%2B}"
log "installing k3s $K3S_VERSION"
retry 10 download "$release/sha256sum-$architecture.txt" "$work/checksums"
retry 10 download "$release/$asset" "$work/k3s"

expected=$(awk -v asset="$asset" '$2 == asset { print $1 }' "$work/checksums")
[[ -n $expected ]] || die "the checksums of $K3S_VERSION do not name $asset"
sha256sum --check --status <<<"$expected  $work/k3s" || die "the checksum of k3s $K3S_VERSION is wrong"

install -D -m 0755 "$work/k3s" "$binary"
for name in kubectl crictl ctr; do
  ln -sfn k3s "$ROOT/usr/local/bin/$name"
done
