#!/usr/bin/env bash
# Before OpenSearch starts: a trust store with the CAs that Java brings and those of this company. Java reads one file only.
set -euo pipefail

STORE=$TRUST/cacerts
# Not a secret: a trust store holds certificates, and this is the word that Java uses itself.
WORD=changeit

main() {
  local parts count=0 part
  parts=$(mktemp -d)
  split_bundle "$parts"
  cp "$JAVA_HOME/lib/security/cacerts" "$STORE"
  chmod u+w "$STORE"
  for part in "$parts"/*.pem; do
    [ -e "$part" ] || { echo "trust-ca: no certificate in $CA_BUNDLE" >&2; exit 1; }
    count=$((count + 1))
    "$JAVA_HOME/bin/keytool" -importcert -noprompt -trustcacerts -alias "rootstock-$count" \
      -file "$part" -keystore "$STORE" -storepass "$WORD"
  done
  rm -rf "$parts"
  echo "trust-ca: $count certificates added"
}

# keytool takes one certificate a file.
split_bundle() {
  awk -v folder="$1" '
    /-----BEGIN CERTIFICATE-----/ { file = sprintf("%s/%03d.pem", folder, ++count) }
    file { print > file }
    /-----END CERTIFICATE-----/ { close(file); file = "" }
  ' "$CA_BUNDLE"
}

main
