# shellcheck shell=bash
# What the boot scripts share: settings, logging, retries, downloads.

# On a node this is empty; the tests run the scripts below a temporary folder.
ROOT="${ROOTSTOCK_ROOT:-}"
export STATE="$ROOT/var/lib/rootstock"
export K3S_CONFIG="$ROOT/etc/rancher/k3s/config.yaml.d"
export K3S_DATA="$ROOT/var/lib/rancher/k3s"

# shellcheck source=/dev/null
source "$ROOT/etc/rootstock/node.env"
if [[ -e $ROOT/etc/rootstock/proxy.env ]]; then
  set -a
  # shellcheck source=/dev/null
  source "$ROOT/etc/rootstock/proxy.env"
  set +a
fi

log() {
  printf '%s\n' "$*" >&2
}

die() {
  log "error: $*"
  exit 1
}

# Sleeps between n and 2n seconds, so that nodes that start together do not ask together.
pause() {
  sleep "$(($1 + RANDOM % ($1 + 1)))"
}

# retry TIMES COMMAND…: runs one command until it succeeds; waits twice as long each time, up to a minute.
# A function called through it runs without `set -e`: it has to chain its steps with && itself.
retry() {
  local times=$1 delay=2 turn
  shift
  for ((turn = 1; ; turn++)); do
    "$@" && return 0
    if ((turn >= times)); then
      log "gave up after $times attempts: $1"
      return 1
    fi
    pause "$delay"
    delay=$((delay * 2 > 60 ? 60 : delay * 2))
  done
}

# download URL FILE
download() {
  curl --fail --silent --show-error --location --connect-timeout 10 --max-time 600 --output "$2" "$1"
}

# write_file MODE FILE < content: makes folders, replaces the file.
write_file() {
  install -D -m "$1" /dev/stdin "$2"
}
