# shellcheck shell=bash disable=SC2154,SC2119,SC2120
# Debian packages: whatever comes onto the machine through here is remembered, and leaves with the host.

apt=(apt-get --yes --quiet --option DPkg::Lock::Timeout=300 --option Dpkg::Options::=--force-confold)

# Whether all of these are installed.
have_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || return 1
  done
}

# Reads the lists of the repositories anew; a machine that was just made may be at it itself. refresh_lists [WHICH [OPTION…]]
refresh_lists() {
  local which=${1:-apt-get update}
  for _ in {1..24}; do
    "${apt[@]}" "${@:2}" update >"$staging/output" 2>&1 </dev/null && return
    grep -q 'Could not get lock' "$staging/output" || break
    sleep 5
  done
  fail "$which failed: $(tail -n 15 "$staging/output")"
}

# Installs packages that are missing. A version may be given as NAME=VERSION.
install_packages() {
  local new
  if ! "${apt[@]}" --no-install-recommends --simulate install "$@" >"$staging/simulation" 2>/dev/null </dev/null; then
    refresh_lists
    attempt "apt-get install $*" "${apt[@]}" --no-install-recommends --simulate install "$@"
    cp "$staging/output" "$staging/simulation"
  fi
  # Remembered first: a run that is killed meanwhile must not leave packages that nobody knows of.
  mapfile -t new < <(sed -n 's/^Inst \([^ ]*\) (.*/\1/p' "$staging/simulation")
  remember "$state/packages" "${new[@]}"
  local install=("${apt[@]}" --no-install-recommends --allow-downgrades --allow-change-held-packages install "$@")
  # Package lists may have grown old: their addresses answer 404 then.
  "${install[@]}" >/dev/null 2>&1 </dev/null || {
    refresh_lists
    attempt "apt-get install $*" "${install[@]}"
  }
}

# Removes what was installed here, unless something of somebody else's needs it by now.
remove_packages() {
  local package installed=() others
  [ -e "$state/packages" ] || return 0
  while read -r package; do
    if have_packages "$package"; then installed+=("$package"); fi
  done <"$state/packages"
  if [ "${#installed[@]}" -gt 0 ]; then
    apt-mark unhold "${installed[@]}" >/dev/null 2>&1 || true
    "${apt[@]}" --simulate purge "${installed[@]}" >"$staging/simulation" 2>&1 </dev/null || fail "apt-get cannot remove ${installed[*]}: $(tail -n 5 "$staging/simulation")"
    others=$(sed -n 's/^\(Purg\|Remv\) \([^ ]*\).*/\2/p' "$staging/simulation" | grep -vxFf "$state/packages" || true)
    if [ -n "$others" ]; then
      printf 'host %s: packages that came with hashistack stay, because others need them by now: %s\n' "$host" "$(echo "$others" | xargs)" >&2
    else
      attempt "apt-get purge" "${apt[@]}" purge "${installed[@]}"
    fi
  fi
  rm -f "$state/packages"
}
