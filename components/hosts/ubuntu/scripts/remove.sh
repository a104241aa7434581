# shellcheck shell=bash disable=SC2154
# Takes an agent away. Given: host, cluster, agent, product, source, unit, user, program, keep_data (yes or no),
# task_label (of containers that it started: NAME=VALUE, or empty). What is gone already is no failure.

remove_agent() {
  local path=/etc/systemd/system/$unit
  if head -n 1 "$path" 2>/dev/null | grep -qxF "# hashistack cluster=$cluster agent=$agent"; then
    stop_for_good
    rm -f "$path"
    systemctl daemon-reload
    systemctl reset-failed "$unit" 2>/dev/null || true
  fi
  [ "$(cluster_of_machine)" = "$cluster" ] || return 0
  remove_tasks
  rm -rf "/etc/$agent.d" "/etc/.$agent.d.new" "/etc/.$agent.d.old"
  remove_data
  rm -rf "${state:?}/agents/$agent"
  version=none prune_software
  remove_program
  remove_user
}

# Whatever its processes are, tasks included: a client leaves them alone when it is merely restarted.
stop_for_good() {
  mkdir -p "/run/systemd/system/$unit.d"
  printf '[Service]\nKillMode=control-group\nTimeoutStopSec=30\n' >"/run/systemd/system/$unit.d/hashistack.conf"
  systemctl daemon-reload
  systemctl disable --now "$unit" >/dev/null 2>&1 </dev/null || fail "cannot stop $unit; look at: journalctl --unit $unit"
  rm -rf "/run/systemd/system/$unit.d"
}

remove_tasks() {
  [ -n "$task_label" ] || return 0
  local containers link pid
  if command -v docker >/dev/null && systemctl is-active --quiet docker; then
    containers=$(docker ps --all --quiet --filter "label=$task_label" </dev/null)
    # shellcheck disable=SC2086
    [ -z "$containers" ] || attempt "removing the containers of tasks" docker rm --force --volumes $containers
  fi
  # Tasks without containers: their folder or root lies in the data directory, or Nomad gave them control groups.
  for pid in /proc/[0-9]*; do
    for link in "$pid"/{cwd,root,exe}; do
      if [[ "$(readlink "$link" 2>/dev/null)/" == "/var/lib/$agent/"* ]]; then kill -KILL "${pid#/proc/}" 2>/dev/null || true; fi
    done
    if grep -Eqs '/nomad(\.slice)?/' "$pid/cgroup"; then kill -KILL "${pid#/proc/}" 2>/dev/null || true; fi
  done
  unmount_below "/var/lib/$agent"
}

# The innermost first.
unmount_below() {
  local path
  for _ in 1 2 3; do
    while read -r path; do umount "$path" 2>/dev/null || umount --lazy "$path" || true; done < <(
      awk '{ print $2 }' /proc/self/mounts | grep -F -- "$1/" | grep "^/" | sort --reverse
    )
    awk '{ print $2 }' /proc/self/mounts | grep -qF -- "$1/" || return 0
  done
  fail "something is still mounted below $1: $(awk '{ print $2 }' /proc/self/mounts | grep -F -- "$1/" | xargs). Unmount it and run pulumi destroy again."
}

# Nothing is removed that is not marked as this cluster's.
remove_data() {
  local path=/var/lib/$agent
  [ "$keep_data" = no ] && [ "$(sed -n 's/^cluster=//p' "$path/.hashistack" 2>/dev/null)" = "$cluster" ] || return 0
  find "$path" -mindepth 1 ! -path "$path/.hashistack" -xdev -delete 2>"$staging/output" ||
    fail "cannot remove $path ($(tail -n 1 "$staging/output")). Run pulumi destroy again."
  rm -rf "$path"
}

remove_program() {
  [ -z "$(in_use)" ] || return 0
  local link=/usr/local/bin/$product
  if [[ "$(readlink "$link")" == "$software"/* ]]; then rm -f "$link"; fi
  if [ "$source" = apt ] && [ "$program" = "/usr/bin/$product" ] && remembered "$state/packages" "$product"; then
    apt-mark unhold "$product" >/dev/null 2>&1 || true
    attempt "removing the package $product" "${apt[@]}" purge "$product"
    forget "$state/packages" "$product"
  fi
}

remove_user() {
  remembered "$state/users" "$user" || return 0
  [ -z "$(in_use)" ] || return 0
  userdel "$user" 2>/dev/null || true
  forget "$state/users" "$user"
}

# Which other agents here use the product.
in_use() { grep -ls "^$product " "$state"/agents/*/software || true; }
