# shellcheck shell=sh disable=SC2154,SC2016
# Runs the script above as root; it inherits what is left of standard input. Given: host, user, limit (seconds),
# password (yes: the first line of standard input is the one for sudo).
export LC_ALL=C
fail() {
  echo "host $host: $*" >&2
  exit 1
}
# Passes over what comes before the script: a password that sudo did not ask for must not become a command.
skip='while IFS= read -r line; do [ "$line" != "$0" ] || exec /bin/bash -s; done; exit 1'
start='# hashistack: here the script begins'
as_root() {
  { printf '%s\n' "$secret" "$start" "$text"; cat; } | "$@" timeout --kill-after=10 "$limit" /bin/bash -c "$skip" "$start"
}

# A shell keeps long texts in /tmp: on a full disk there would be nothing to run, and that would pass for success.
text=$(script)
[ -n "$text" ] || fail "cannot hold a script: is the disk of /tmp full? Make room there and run pulumi up again."

secret=
if [ "$password" = yes ]; then
  IFS= read -r secret || fail "the connection ended early; nothing was changed. Run pulumi up again."
fi

if [ "$(id -u)" = 0 ]; then
  as_root env
elif ! command -v sudo >/dev/null; then
  fail "user $user is not root and there is no sudo: install it, or connect as root."
elif answer=$(sudo -k -n true 2>&1); then
  as_root sudo -n
elif [ "$password" = no ]; then
  fail "user $user cannot become root without a password ($answer): give the stack the sudo password of this host, or allow $user NOPASSWD in /etc/sudoers.d."
elif answer=$(printf '%s\n' "$secret" | sudo -k -S -p '' true 2>&1); then
  as_root sudo -k -S -p ''
else
  fail "sudo does not take the password that the stack has for user $user ($(echo "$answer" | head -n 1)): correct the sudo password of this host."
fi
result=$?
[ "$result" != 124 ] || fail "not done within $limit seconds, stopped. Look at what keeps this machine busy (apt, a slow mirror) and run pulumi up again: it continues."
exit "$result"
