# shellcheck shell=bash
# What the other scripts know of the model store; sourced by them.
#
#   $MODEL_STORE/blobs/sha256-…      files of models, Ollama's own layout
#   $MODEL_STORE/manifests/…         one small file per model; Ollama offers what it finds here
#   $MODEL_STORE/staging/            what `ollama pull` works in: its blobs are the ones above, its manifests are not
#   $MODEL_STORE/verified/sha256-…   size of each file whose digest was compared with its content
#
# A model is on this node when its manifest lies under manifests/ and all its files are there, verified. Manifests come
# last and by rename, so a reader sees a model whole or not at all.

MODEL_STORE=${MODEL_STORE:-/models}
MODELS_FILE=${MODELS_FILE:-/rootstock/models}

log() {
  printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"
}

# The models this node should have, one per line; nothing if the file is not there.
list_models() {
  grep -v '^[[:space:]]*$' "$MODELS_FILE" 2>/dev/null || true
}

# Path of a model's manifest below a folder of manifests: llama3.2:3b is registry.ollama.ai/library/llama3.2/3b.
manifest_path() {
  local name=${1%:*} tag=${1##*:}
  case $name in
    */*/*) ;;
    */*) name=registry.ollama.ai/$name ;;
    *) name=registry.ollama.ai/library/$name ;;
  esac
  printf '%s/%s\n' "$name" "$tag"
}

# Digests of the files that a manifest names, as file names: sha256-….
list_digests() {
  grep -o 'sha256:[0-9a-f]\{64\}' "$1" 2>/dev/null | sed 's/:/-/' | sort -u
}

# True if a model is on this node, whole and verified.
has_model() {
  local manifest digest digests
  manifest=$MODEL_STORE/manifests/$(manifest_path "$1")
  digests=$(list_digests "$manifest")
  [ -n "$digests" ] || return 1
  for digest in $digests; do
    is_verified "$digest" || return 1
  done
}

is_verified() {
  local size
  size=$(stat -c %s "$MODEL_STORE/blobs/$1" 2>/dev/null) || return 1
  [ "$size" = "$(cat "$MODEL_STORE/verified/$1" 2>/dev/null)" ]
}

# The listed models that are not on this node.
list_missing() {
  local model
  list_models | while read -r model; do
    has_model "$model" || printf '%s\n' "$model"
  done
}
