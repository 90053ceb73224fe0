#!/usr/bin/env bash
# Before OpenSearch starts: puts a plugin into the data volume, once for each version, so that a restart asks nobody
# outside. The installer checks the signature of what it fetches.
set -euo pipefail

PLUGINS=$OPENSEARCH_HOME/plugins

main() {
  local stored=$STORE/$PLUGIN-$PLUGIN_VERSION
  if [ -e "$stored/plugin-descriptor.properties" ]; then
    log "$PLUGIN $PLUGIN_VERSION is in the volume"
  else
    log "fetching $PLUGIN $PLUGIN_VERSION"
    [ -d "$PLUGINS/$PLUGIN" ] || "$OPENSEARCH_HOME/bin/opensearch-plugin" install --batch "$PLUGIN"
    keep "$stored"
  fi
  remove_others "$stored"
}

# Renamed at the end, so that half a copy is never taken for a plugin.
keep() {
  rm -rf "$1.new" "$1"
  mkdir -p "$STORE"
  cp -r "$PLUGINS/$PLUGIN" "$1.new"
  mv "$1.new" "$1"
}

remove_others() {
  local other
  for other in "$STORE/$PLUGIN"-*; do
    [ "$other" = "$1" ] || rm -rf "$other"
  done
}

log() { echo "install-plugin: $*"; }

main
