#!/bin/sh
# Makes the database, if it may be made: never an empty one while the bucket holds copies of one, and never one whose
# archive would get into that of another. A database that runs is left alone. Secrets reach curl on its standard input,
# so that no process list shows them.
#
# From the environment: CLUSTER, NAMESPACE, SERVER_NAME, GENERATION, RECOVER_FROM (0: starts empty), ENDPOINT, BUCKET,
# REGION, FOLDER, ARCHIVE, ACCESS_KEY_ID, ACCESS_SECRET_KEY; for private CAs CA_FILE.
set -eu

API=${API:-https://kubernetes.default.svc}
ACCOUNT=${ACCOUNT:-/var/run/secrets/kubernetes.io/serviceaccount}
MANIFEST=${MANIFEST:-/guard/cluster.json}
MESSAGE_FILE=${MESSAGE_FILE:-/dev/termination-log}
KEY=apps.onyx-database
# SHA-256 of nothing: no request to the bucket has a body.
EMPTY=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
answer=$folder/answer

# refuse TEXT: says why, in the log and where `kubectl describe pod` shows it.
refuse() {
  printf '%s\n' "$1" >&2
  printf '%s\n' "$1" >"$MESSAGE_FILE" 2>/dev/null || true
  exit 1
}

# quote TEXT: for a line of curl's configuration.
quote() {
  printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

# kube METHOD PATH CURL_ARGUMENT…: prints the status; the answer is in $answer.
kube() {
  method=$1 path=$2
  shift 2
  curl --config - --silent --show-error --noproxy '*' --connect-timeout 10 --max-time 60 --cacert "$ACCOUNT/ca.crt" \
    --output "$answer" --write-out '%{http_code}' --request "$method" "$@" "$API$path" <<CONFIG || true
header = "Authorization: Bearer $(quote "$(cat "$ACCOUNT/token")")"
CONFIG
}

# list PREFIX [DELIMITER]: leaves the list in $answer, one element a line; ends the job if the store gives none.
list() {
  query="max-keys=1000&prefix=$(printf '%s' "$1" | sed 's|/|%2F|g')"
  if [ -n "${2:-}" ]; then query="delimiter=%2F&$query"; fi
  set -- --aws-sigv4 "aws:amz:$REGION:s3" --header "x-amz-content-sha256: $EMPTY"
  if [ -n "${CA_FILE:-}" ]; then set -- "$@" --cacert "$CA_FILE"; fi
  status=$(
    curl --config - --silent --show-error --connect-timeout 10 --max-time 60 --output "$folder/list" \
      --write-out '%{http_code}' "$@" "$ENDPOINT/$BUCKET?$query" <<CONFIG || true
user = "$(quote "$ACCESS_KEY_ID:$ACCESS_SECRET_KEY")"
CONFIG
  )
  touch "$folder/list"
  # Whatever is not a list in so many words says nothing about what is there: a proxy's page, a missing bucket.
  if [ "$status" != 200 ] || ! grep -q '<ListBucketResult' "$folder/list"; then
    code=$(tr '<' '\n' <"$folder/list" | sed -n 's/^Code>//p' | head -n 1)
    refuse "Cannot tell what $ENDPOINT/$BUCKET holds (status $status${code:+, $code}), so the database is not made. Check backup in the environment file and the Secret $NAMESPACE/backup-storage."
  fi
  tr '<' '\n' <"$folder/list" >"$answer"
}

# Prints the numbers of all generations that have anything in the bucket, one a line, lowest first.
list_generations() {
  list "$FOLDER/$CLUSTER-" / || exit 1
  sed -n "s|^Prefix>$FOLDER/$CLUSTER-\([1-9][0-9]*\)/\$|\1|p" "$answer" | sort -n
}

# has_base_backup GENERATION: without one, WAL alone brings nothing back.
has_base_backup() {
  list "$FOLDER/$CLUSTER-$1/base/"
  grep -q '^Key>.*/backup\.info$' "$answer"
}

# Prints the newest generation that a database can be recovered from, or 0.
find_recoverable() {
  found=0
  for number in $1; do
    if has_base_backup "$number"; then found=$number; fi
  done
  echo "$found"
}

# annotation NAME: of the object in $answer.
annotation() {
  tr -d '\n' <"$answer" | sed -n "s|.*\"rootstock\.dev/$1\": *\"\([^\"]*\)\".*|\1|p"
}

# advise NEWEST RECOVERABLE: what to write so that the database comes back.
advise() {
  if [ "$2" = 0 ]; then
    echo "None of these copies has a base backup, so nothing can be recovered from them. To start with an empty database, delete them or write another backup.folder."
    return
  fi
  text="To have the data back, write $KEY.generation: $(($1 + 1))"
  if [ "$2" != "$1" ]; then text="$text and $KEY.recoverFrom: $2, the newest with a base backup,"; fi
  echo "$text in the environment file, render and push. Take $KEY.recoverUntil out, unless the data shall be that of an earlier time."
}

check_running() {
  runs=$(annotation server-name)
  archives=$(annotation archive)
  # One that was made without backups is of the first generation: only these can be.
  number=${runs:-$CLUSTER-1}
  number=${number##*-}
  if [ "$number" != "$GENERATION" ]; then
    refuse "$CLUSTER runs as generation $number, and $KEY.generation is $GENERATION. A database that runs is never recovered over. To put generation $GENERATION in its place, delete it: kubectl -n $NAMESPACE delete clusters.postgresql.cnpg.io $CLUSTER. Its volumes stay in the cloud and its copies in the bucket, and this job tries again every few minutes. To keep it, write $KEY.generation: $number."
  fi
  if [ "$archives" = "$ARCHIVE" ]; then
    echo "$CLUSTER runs as generation $GENERATION and archives to $ARCHIVE."
    return
  fi
  newest=$(list_generations) || exit 1
  newest=$(printf '%s\n' "$newest" | tail -n 1)
  if [ "${newest:-0}" -ge "$GENERATION" ]; then
    refuse "$CLUSTER runs and has not archived to $ARCHIVE so far, where copies of another $CLUSTER are (generation $newest). Both would be torn. Write another backup.folder, or delete those copies."
  fi
  echo "$CLUSTER runs as generation $GENERATION and begins to archive to $ARCHIVE."
}

# A new database of the same name would take up what a former one left.
check_volumes() {
  status=$(kube GET "/api/v1/namespaces/$NAMESPACE/persistentvolumeclaims?labelSelector=cnpg.io%2Fcluster%3D$CLUSTER&limit=1" \
    --header 'Accept: application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1')
  if [ "$status" != 200 ]; then
    refuse "Cannot tell whether volumes of a former $CLUSTER are left (status $status): $(head -c 600 "$answer")"
  fi
  if ! tr -d ' \n' <"$answer" | grep -q '"items":\[\]'; then
    refuse "The volumes of a former $CLUSTER are still there. After its deletion they go by themselves within minutes. If they stay: kubectl -n $NAMESPACE delete persistentvolumeclaims -l cnpg.io/cluster=$CLUSTER; the disks themselves stay in the cloud."
  fi
}

make() {
  check_volumes
  generations=$(list_generations) || exit 1
  newest=$(printf '%s\n' "$generations" | tail -n 1)
  newest=${newest:-0}
  if [ "$newest" -ge "$GENERATION" ]; then
    recoverable=$(find_recoverable "$generations") || exit 1
    refuse "There is no database in this cluster, and $ARCHIVE holds copies of $CLUSTER up to generation $newest: generation $GENERATION would be made over them. $(advise "$newest" "$recoverable")"
  fi
  if [ "$RECOVER_FROM" != 0 ] && ! has_base_backup "$RECOVER_FROM"; then
    if [ "$newest" = 0 ]; then
      refuse "Generation $GENERATION is recovered from generation $RECOVER_FROM, and $ARCHIVE holds no copies of $CLUSTER at all. Check backup in the environment file. To start with an empty database, write $KEY.generation: 1."
    fi
    recoverable=$(find_recoverable "$generations") || exit 1
    refuse "Generation $GENERATION is recovered from generation $RECOVER_FROM, of which $ARCHIVE holds no base backup. $(advise "$newest" "$recoverable")"
  fi
  # Under Argo CD's own name, so that a field that leaves Git leaves the object, too.
  status=$(kube PATCH "$CLUSTERS/$CLUSTER?fieldManager=argocd-controller&force=true" \
    --header 'Content-Type: application/apply-patch+yaml' --data-binary "@$MANIFEST")
  case $status in
    200 | 201) ;;
    *) refuse "The API server did not take $CLUSTER (status $status): $(head -c 600 "$answer")" ;;
  esac
  if [ "$RECOVER_FROM" = 0 ]; then
    echo "$ARCHIVE holds no copies of $CLUSTER: generation $GENERATION is made, empty."
  else
    echo "Generation $GENERATION is made, recovered from generation $RECOVER_FROM in $ARCHIVE."
  fi
}

CLUSTERS=/apis/postgresql.cnpg.io/v1/namespaces/$NAMESPACE/clusters
: >"$answer"
status=$(kube GET "$CLUSTERS/$CLUSTER" --header 'Accept: application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1')
if [ "$status" = 200 ]; then
  check_running
elif [ "$status" = 404 ] && grep -q '"reason": *"NotFound"' "$answer"; then
  make
else
  refuse "Cannot tell whether $CLUSTER exists (status $status): $(head -c 600 "$answer")"
fi
