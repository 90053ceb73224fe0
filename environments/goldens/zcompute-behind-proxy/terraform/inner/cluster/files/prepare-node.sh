#!/usr/bin/env bash
# What k3s has to know about this machine: its name and id in the cloud, and its name servers.
set -euo pipefail

scripts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=library.sh
source "$scripts/library.sh"

METADATA=http://169.254.169.254/latest

# AWS answers with a token only (IMDSv2); zCompute knows no tokens.
metadata() {
  local token
  if [[ $PLATFORM == aws ]]; then
    token=$(curl --fail --silent --max-time 5 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$METADATA/api/token") || return 1
    curl --fail --silent --max-time 5 --header "X-aws-ec2-metadata-token: $token" "$METADATA/meta-data/$1"
  else
    curl --fail --silent --max-time 5 "$METADATA/meta-data/$1"
  fi
}

# The cloud controller finds the instance of a node by its provider id. The one zone of zCompute is called symphony.
write_identity() {
  local id zone=symphony
  id=$(retry 20 metadata instance-id) || die 'the metadata service did not tell the instance id'
  if [[ $PLATFORM == aws ]]; then
    zone=$(retry 20 metadata placement/availability-zone) || die 'the metadata service did not tell the zone'
  fi
  [[ $id =~ ^i-[0-9a-z]+$ ]] || die "this is no instance id: $id"
  write_file 0600 "$K3S_CONFIG/90-node.yaml" <<YAML
node-name: "$id"
kubelet-arg+:
  - "provider-id=aws:///$zone/$id"
YAML
}

# Pods get the node's name servers but not its search domains: with the VPC's domain appended, names that exist
# outside resolve to whatever that domain answers.
write_resolver() {
  local source="$ROOT/run/systemd/resolve/resolv.conf" servers
  [[ -e $source ]] || source="$ROOT/etc/resolv.conf"
  servers=$(grep '^nameserver ' "$source") || die "$source has no name server"
  write_file 0644 "$ROOT/etc/rootstock/resolv.conf" <<<"$servers"$'\n''search .'
}

if [[ ! -e $K3S_CONFIG/90-node.yaml ]]; then
  write_identity
fi
write_resolver
