# shellcheck shell=bash disable=SC2154,SC2034
# What the parts of the library share.

# What hashistack remembers of this machine.
state=/var/lib/hashistack
software=/opt/hashistack
library=/usr/local/lib/hashistack

# Puts standard input into a file, whole or not at all. put_file PATH MODE
put_file() {
  local new
  new=$(mktemp "$(dirname "$1")/.hashistack.XXXXXXXX")
  if ! { cat >"$new" && chmod "$2" "$new" && mv -T "$new" "$1"; }; then
    rm -f "$new"
    fail "cannot write $1: is its disk full?"
  fi
}

# Runs a command without its output; where it fails, the end of that is the reason. attempt WHAT COMMAND…
attempt() {
  local what=$1
  shift
  "$@" >"$staging/output" 2>&1 </dev/null ||
    fail "$what failed: $(tail -n 15 "$staging/output")"
}

# Adds lines to a list that is kept, each once. remember FILE LINE…
remember() {
  local file=$1 line
  shift
  for line in "$@"; do
    grep -qxFs -- "$line" "$file" || printf '%s\n' "$line" >>"$file"
  done
}

# remembered FILE LINE
remembered() { grep -qxFs -- "$2" "$1"; }

# forget FILE LINE
forget() {
  [ -e "$1" ] || return 0
  { grep -vxF -- "$2" "$1" || true; } | put_file "$1" 0644
}

require_space() {
  local path free
  for path in "$@"; do
    while [ ! -e "$path" ]; do path=$(dirname "$path"); done
    free=$(df --output=avail --block-size=1M "$path" | tail -n 1 | tr -d ' ')
    [ "$free" -ge 500 ] || fail "only $free MiB are free where $path lies; 500 MiB are needed. Make room and run pulumi up again; nothing was changed."
  done
}

# Whether version A is older than version B. A pre-release (1.11.0-rc1) is older than its release.
older() { dpkg --compare-versions "${1//-/\~}" lt "${2//-/\~}"; }

# Which cluster this machine belongs to, as far as hashistack knows.
cluster_of_machine() { cat "$state/cluster" 2>/dev/null || true; }

refuse_other_cluster() {
  local owner known
  owner=$(cluster_of_machine)
  [ -z "$owner" ] || [ "$owner" = "$cluster" ] ||
    fail "this machine belongs to the cluster \"$owner\", not to \"$cluster\" (says $state/cluster). Destroy that cluster's stack first; if it is gone for good, remove $state on this machine."
  known=$(cat "$state/host" 2>/dev/null || true)
  [ -z "$known" ] || [ "$known" = "$host" ] ||
    fail "this machine is already the host \"$known\" of the cluster \"$cluster\" (says $state/host). Two hosts with one address? If the host was renamed, destroy \"$known\" first."
}
