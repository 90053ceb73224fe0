#!/usr/bin/env bash
# Hook after the start of a serving pod: loads the first listed model, so that ready means loaded. If it cannot be
# loaded the container starts anew, and says why.
set -u -o pipefail
. "$(dirname "$0")/model-store.sh"

LOAD_LIMIT=${LOAD_LIMIT:-15m}
# The output of a hook is lost unless it goes where the server's goes.
HOOK_OUTPUT=${HOOK_OUTPUT:-/proc/1/fd/1}

main() {
  local model
  [ ! -w "$HOOK_OUTPUT" ] || exec >"$HOOK_OUTPUT" 2>&1
  model=$(list_models | head -n 1)
  await_server
  log "loading $model"
  load_model "$model" || { log "cannot load $model"; exit 1; }
  log "$model is loaded"
}

await_server() {
  local _
  for _ in $(seq 120); do
    ollama ps >/dev/null 2>&1 && return 0
    sleep 1
  done
  log 'ollama does not answer'
  exit 1
}

# An empty prompt loads a model and asks it nothing. Embedding models want a text.
load_model() {
  local prompt=''
  ! ollama show "$1" | grep -qw embedding || prompt=ready
  timeout "$LOAD_LIMIT" ollama run "$1" "$prompt" </dev/null >/dev/null
}

main
