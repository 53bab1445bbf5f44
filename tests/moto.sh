#!/usr/bin/env bash
# Runs meridian against moto_server (Python package moto), an imitation of AWS that no one here
# wrote, and judges what moto can do. Without moto it says so and ends well.
#
#   tests/moto.sh                 builds the program first
#   MERIDIAN=path tests/moto.sh   uses this one
#
# First a configuration that moto carries out whole, then the quickstart, as far as it goes.
# Where moto 5.2.1 differs from AWS:
#   - ReplicateKey gives the replica the primary's description and no tags, whatever was asked
#     for, and from then on the primary describes itself as a replica. An apply sees that the
#     replica is not as wanted; the one after it corrects that.
#   - A replica key's aliases are those of its primary: a Region's own alias of the same name is
#     refused as already there.
#   - The key of a secret's replica is forgotten, and cannot be changed at the replica either.
# So the quickstart cannot be finished there. What comes of it is asserted below.

set -u

here=$(cd "$(dirname "$0")/.." && pwd)
passed=0
failed=0

pass() { passed=$((passed + 1)); echo "ok      $1"; }
fail() { failed=$((failed + 1)); echo "FAILED  $1"; sed 's/^/        /' "$log"; }

if ! command -v moto_server >/dev/null 2>&1; then
  echo "moto is not installed: skipped"
  exit 0
fi

if [ -z "${MERIDIAN:-}" ]; then
  (cd "$here" && cargo build --quiet -p meridian) || exit 1
  MERIDIAN=${CARGO_TARGET_DIR:-$here/target}/debug/meridian
fi
# The program is run in other folders.
MERIDIAN=$(cd "$(dirname "$MERIDIAN")" && pwd)/$(basename "$MERIDIAN") || exit 1

work=$(mktemp -d)
log=$work/log
server=
finish() {
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
moto_server -H 127.0.0.1 -p "$port" >"$work/moto.log" 2>&1 &
server=$!
url=http://127.0.0.1:$port
ready=
for _ in $(seq 1 150); do
  if python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1] + "/moto-api/")' "$url" 2>/dev/null; then
    ready=yes
    break
  fi
  sleep 0.2
done
if [ -z "$ready" ]; then
  echo "moto_server does not answer:"
  cat "$work/moto.log"
  exit 1
fi

mkdir "$work/home" "$work/whole" "$work/quickstart"
cp "$here"/tests/moto/*.tf "$work/whole"
cp "$here"/examples/quickstart/*.tf "$work/quickstart"
folder=

# Runs the program in the folder with an environment of its own; the output goes to the log.
run() {
  (cd "$work/$folder" && env -i PATH="$PATH" HOME="$work/home" \
    AWS_ENDPOINT_URL="$url" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \
    AWS_EC2_METADATA_DISABLED=true \
    timeout 120 "$MERIDIAN" "$@" </dev/null) >"$log" 2>&1
}

# says NAME TEXT: asserts a text in the output of the last run.
says() {
  if tr -s ' \n' ' ' <"$log" | grep -qF -- "$2"; then
    pass "$1"
  else
    echo "no \"$2\" in this" >>"$log"
    fail "$1"
  fi
}

# ends NAME CODE COMMAND...: runs it, and asserts its exit code.
ends() {
  local name=$1 code=$2 got
  shift 2
  run "$@"
  got=$?
  if [ "$got" -eq "$code" ]; then
    pass "$name"
  else
    echo "exit code $got instead of $code" >>"$log"
    fail "$name"
  fi
}

echo "# what moto can do whole ($(python3 -c 'import moto; print("moto", moto.__version__)' 2>/dev/null || echo 'moto of an unknown version'))"
folder=whole
ends "init" 0 init
ends "validate" 0 validate
ends "a plan shows what is to be made" 2 plan -detailed-exitcode
says "five objects" "Plan: 5 to add, 0 to change, 0 to destroy."
ends "an apply makes it" 0 apply -auto-approve
says "five were added" "Apply complete! Resources: 5 added, 0 changed, 0 destroyed."
ends "a second plan is empty" 0 plan -detailed-exitcode
says "no changes" "No changes."
ends "a change is carried out" 0 apply -auto-approve -var description=two -var value=second
says "in place, and as a new version" "Resources: 1 added, 1 changed, 1 destroyed."
ends "then a plan is empty again" 0 plan -detailed-exitcode -var description=two -var value=second
ends "an output is read" 0 output -raw key_arn
says "it is an ARN" "arn:aws:kms:eu-central-1:123456789012:key/mrk-"
ends "everything is destroyed" 0 destroy -auto-approve
says "all five" "Destroy complete! Resources: 5 destroyed."

echo "# the quickstart, as far as moto goes"
folder=quickstart
ends "init" 0 init
ends "validate" 0 validate
ends "a plan shows what is to be made" 2 plan -detailed-exitcode
says "twelve objects" "Plan: 12 to add, 0 to change, 0 to destroy."
# A replica does not show the description and the tags that ReplicateKey asked for, until they are
# asked for once more.
ends "an apply cannot finish" 1 apply -auto-approve
says "the primary key is made" "aws_kms_key.primary: Creation complete"
says "its alias is made" "aws_kms_alias.primary: Creation complete"
says "a replica is made as it should be" "aws_kms_replica_key.ireland: Creation complete"
says "moto gives a replica key its primary's aliases, which are taken over" \
  "[id=alias/demo/payments] (was there already and is taken over)"
says "moto forgets the key of a secret's replica" \
  "Operation not permitted on a replica secret."
ends "what is left is planned" 2 plan -detailed-exitcode
ends "an output that is known is read" 0 output -raw shared_key_id
says "it is a multi-Region key" "mrk-"
ends "what there is is destroyed" 0 destroy -auto-approve
ends "the state is looked into" 0 state list
if [ ! -s "$log" ]; then pass "and holds nothing"; else fail "and holds nothing"; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
