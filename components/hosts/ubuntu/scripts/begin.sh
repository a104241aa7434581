# shellcheck shell=bash disable=SC2154
# The start of every run: one at a time, and a folder in memory for what arrives. Given: host.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
# apt neither asks nor restarts services that are none of ours.
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

fail() {
  printf 'host %s: %s\n' "$host" "$*" >&2
  exit 1
}

# Takes the machine's lock and makes $staging. Nothing that a failed or killed run was working on stays.
begin() {
  umask 022
  exec 9>/run/lock/hashistack.lock
  flock --wait 600 9 || fail "another run has been at work here for 10 minutes. Wait for its end, or end it, then run pulumi up again."
  rm -rf /run/hashistack.* /opt/hashistack/*/.new.*
  staging=$(mktemp --directory /run/hashistack.XXXXXXXX)
  trap 'rm -rf "$staging" /opt/hashistack/*/.new.*' EXIT
}

# Reads files from standard input into a folder, a line each: name, blank, content in base64. The last line is `end`.
# Contents pass through pipes and builtins only: they are never an argument or a variable of another program.
receive() {
  local name content
  mkdir -p "$1"
  while IFS=' ' read -r name content; do
    [ "$name" != end ] || return 0
    (umask 077 && mkdir -p "$(dirname "$1/$name")" && printf '%s' "$content" | base64 --decode >"$1/$name") ||
      fail "cannot receive $name; nothing was changed. Is there memory left for /run?"
  done
  fail "the connection ended before every file had arrived; nothing was changed. Run pulumi up again."
}
