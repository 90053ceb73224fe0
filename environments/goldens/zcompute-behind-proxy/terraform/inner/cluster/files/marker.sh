# shellcheck shell=bash
# The marker: an object in the etcd backup bucket that says this cluster was made once. Whoever finds it never makes
# another. The keys go to curl on its standard input, so that no process list shows them.

# s3 BODY CURL_ARGUMENT…: one signed request. The hash of the body is given, since curl before 8 leaves it out and S3
# then refuses the request.
s3() {
  local digest
  digest=$(printf '%s' "$1" | sha256sum | cut -d ' ' -f 1)
  shift
  curl --config - --silent --show-error --connect-timeout 10 --max-time 30 \
    --aws-sigv4 "aws:amz:$ETCD_REGION:s3" --header "x-amz-content-sha256: $digest" "$@" <<CONFIG
user = "$ETCD_ACCESS_KEY:$ETCD_SECRET_KEY"
CONFIG
}

# Not in the folder of the snapshots: k3s would list it as one of them, and somebody might delete it as one.
marker_url() {
  printf 'https://%s/%s/rootstock/%s/initialized' "$ETCD_ENDPOINT" "$ETCD_BUCKET" "$ETCD_FOLDER"
}

# Prints present, absent or unknown. Absent is only what the store says in so many words: a missing bucket, a wrong key
# or a proxy's error page are all unknown.
read_marker() {
  local body status
  if [[ -z $ETCD_BUCKET ]]; then
    # Without a bucket the only trace of a cluster is the data on this disk, which join.sh has looked for: a control
    # node that is replaced then starts an empty cluster. Set cluster.etcdBackup to have it wait for a restore instead.
    echo absent
    return
  fi
  body=$(mktemp)
  status=$(s3 '' --output "$body" --write-out '%{http_code}' "$(marker_url)") || status=none
  if [[ $status == 200 ]]; then
    echo present
  elif [[ $status == 404 ]] && grep -q '<Code>NoSuchKey</Code>' "$body"; then
    echo absent
  else
    log "the marker cannot be read (status $status): $(head -c 300 "$body")"
    echo unknown
  fi
  rm -f "$body"
}

write_marker() {
  local text="cluster $ENVIRONMENT was made; nobody may make it again"
  [[ -z $ETCD_BUCKET ]] && return 0
  s3 "$text" --fail --request PUT --header 'Content-Type: text/plain' --data-binary "$text" --output /dev/null "$(marker_url)"
}
