#!/usr/bin/env bash
# Lets a serving pod start only where it can serve: all listed models are on this node, and so is a GPU if it wants one.
set -u -o pipefail
. "$(dirname "$0")/model-store.sh"

CHECK_SECONDS=${CHECK_SECONDS:-5}
EXPECT_GPU=${EXPECT_GPU:-false}

main() {
  trap 'exit 143' TERM INT
  await_models
  [ "$EXPECT_GPU" != true ] || require_gpu
}

await_models() {
  local missing said=''
  while [ -z "$(list_models)" ] || [ -n "$(list_missing)" ]; do
    missing=$(list_missing | tr '\n' ' ')
    [ "$missing" = "$said" ] || log "waiting for ${missing:-the list of models}"
    said=$missing
    sleep "$CHECK_SECONDS" &
    wait $!
  done
  log 'all listed models are on this node'
}

# Without a GPU Ollama serves from the CPU, many times slower, and calls that ready.
require_gpu() {
  nvidia-smi -L | grep '^GPU ' && return 0
  log 'no GPU in this container: see the NVIDIA driver of this node and the pod nvidia-device-plugin on it'
  exit 1
}

main
