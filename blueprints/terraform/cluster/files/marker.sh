# shellcheck shell=bash
# The marker: an object in the etcd backup bucket that says this cluster was made once. Whoever finds it never makes
# another. The keys go to curl on its standard input, so that no process list shows them.

s3() {
  curl --config - --silent --show-error --connect-timeout 10 --max-time 30 \
    --aws-sigv4 "aws:amz:$ETCD_REGION:s3" "$@" <<CONFIG
user = "$ETCD_ACCESS_KEY:$ETCD_SECRET_KEY"
CONFIG
}

marker_url() {
  printf 'https://%s/%s/%s/initialized' "$ETCD_ENDPOINT" "$ETCD_BUCKET" "$ETCD_FOLDER"
}

# Prints present, absent or unknown. Absent is only what the store says in so many words: a missing bucket, a wrong key
# or a proxy's error page are all unknown.
read_marker() {
  local body status
  if [[ -z $ETCD_BUCKET ]]; then
    # Without a bucket the only trace of a cluster is the data on this disk, which join.sh has looked for.
    echo absent
    return
  fi
  body=$(mktemp)
  status=$(s3 --output "$body" --write-out '%{http_code}' "$(marker_url)") || status=none
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
  [[ -z $ETCD_BUCKET ]] && return 0
  s3 --fail --request PUT --header 'Content-Type: text/plain' \
    --data-binary "cluster $ENVIRONMENT was made; nobody may make it again" --output /dev/null "$(marker_url)"
}
