# shellcheck shell=bash disable=SC2154
# An agent, from its files to the running service. Given, beside what software.sh needs: host, cluster, agent, unit, user,
# durable and qemu (yes or no), task_label, validation (arguments, as an array), and through `file` and `unit_file` their
# texts.

configuration() { printf '/etc/%s.d' "$agent"; }
data() { printf '/var/lib/%s' "$agent"; }

# Takes a plain file from standard input. file NAME
file() {
  mkdir -p "$(dirname "$staging/plain/$1")"
  cat >"$staging/plain/$1"
}

# Takes the unit from standard input.
unit_file() { cat >"$staging/unit"; }

install_agent() {
  [ "$library_version" = "$wanted_library" ] ||
    fail "hashistack's scripts on this machine are of another version. Run pulumi up for the whole stack: it brings the right ones first."
  receive "$staging/secret"
  refuse_other_cluster
  [ "$(cluster_of_machine)" = "$cluster" ] || fail "this machine was not prepared for the cluster \"$cluster\". Run pulumi up --replace '**::$host-prepare'"
  refuse_foreign_service
  refuse_foreign_data
  refuse_downgrade
  require_qemu
  # A machine that runs the agent already may still be told of new settings when it has grown full.
  [ -e "$state/agents/$agent/started" ] || require_space /var/lib /etc
  install_software
  ensure_user
  stage_configuration

  local digest
  digest=$(digest_of "$staged" "$staging/unit")
  if [ "$(started_with)" = "$digest" ] && [ "$(digest_of "$(configuration)" "/etc/systemd/system/$unit")" = "$digest" ] &&
    systemctl is-active --quiet "$unit" && systemctl is-enabled --quiet "$unit"; then
    rm -rf "$staged"
  else
    validate_configuration
    # From here until it has come up again, nobody may believe that it runs with either configuration.
    rm -f "$state/agents/$agent/started"
    claim_data
    swap_configuration
    put_file "/etc/systemd/system/$unit" 0644 <"$staging/unit"
    start_service
    # Agents that ran are removed by their own commands only.
    touch "$state/agents/$agent/ran"
    printf '%s\n' "$digest $(date --utc +%Y-%m-%dT%H:%M:%S.%3NZ)" | put_file "$state/agents/$agent/started" 0644
  fi
  prune_software
  link_program
  cat "$state/agents/$agent/started"
}

started_with() { cut -d ' ' -f 1 "$state/agents/$agent/started" 2>/dev/null || true; }

# Everything that calls for a restart where it changes: program, unit, files. digest_of CONFIGURATION UNIT
digest_of() {
  [ -d "$1" ] && [ -e "$2" ] || return 0
  {
    printf '%s\n' "$program_sum"
    cat "$2"
    (cd "$1" && find . -type f -print0 | sort --zero-terminated | xargs -0 --no-run-if-empty sha256sum)
  } | sha256sum | cut -d ' ' -f 1
}

# The program that Nomad's qemu driver looks for: without it the gate would wait in vain. Which of Debian's several
# packages of it a machine should have is for its owner to say.
require_qemu() {
  [ "$qemu" = yes ] || return 0
  command -v qemu-system-x86_64 >/dev/null ||
    fail "its clients are to offer the driver qemu, and there is no qemu-system-x86_64: run \"sudo apt-get install qemu-system-x86\", or take qemu out of the host's drivers (hosts[].drivers, nomad.drivers)."
}

# A service of that name, or a program of that kind, that hashistack did not start.
refuse_foreign_service() {
  local path pid found
  path=/etc/systemd/system/$unit
  if [ -e "$path" ] && ! head -n 1 "$path" | grep -q '^# hashistack '; then
    fail "there is a service $unit that hashistack did not make ($path). If it may go: sudo systemctl disable --now $unit && sudo rm $path"
  fi
  if [ -e "$path" ] && ! head -n 1 "$path" | grep -qxF "# hashistack cluster=$cluster agent=$agent"; then
    fail "the service $unit belongs to another agent or cluster ($(head -n 1 "$path")). Destroy that one first."
  fi
  for path in /proc/[0-9]*/comm; do
    [ "$(cat "$path" 2>/dev/null)" = "$product" ] || continue
    pid=${path#/proc/} pid=${pid%/comm}
    found=$(unit_of "$pid")
    case "$found" in
      docker.service | containerd.service) continue ;;
      *.service | session-*.scope) ;;
      *) continue ;;
    esac
    head -n 1 "/etc/systemd/system/$found" 2>/dev/null | grep -q '^# hashistack ' ||
      fail "a $product that hashistack did not start runs here already (process $pid in $found). Two of them would fight for ports and data: stop that one first."
  done
}

# The service or session that a process belongs to; nothing where it is in a container or gone.
unit_of() {
  tr / '\n' 2>/dev/null <"/proc/$1/cgroup" | grep -E '\.(service|scope)$' | tail -n 1 || true
}

refuse_foreign_data() {
  [ "$durable" = yes ] && [ -d "$(data)" ] || return 0
  local owner
  owner=$(marked cluster)
  if [ -n "$owner" ]; then
    [ "$owner" = "$cluster" ] || fail "$(data) holds data of the cluster \"$owner\", not of \"$cluster\". Move it away or remove it on this machine, then run pulumi up again."
  elif [ -n "$(ls -A "$(data)")" ]; then
    fail "$(data) holds data that hashistack did not put there, perhaps of another cluster. Move it away or remove it on this machine, then run pulumi up again."
  fi
}

refuse_downgrade() {
  [ "$durable" = yes ] || return 0
  local before
  before=$(marked version)
  [ -z "$before" ] || ! older "$version" "$before" ||
    fail "$(data) was written by $product $before; $product $version may not read it, and downgrades are not supported. Go back to $before or later in the stack. If you know that it works, remove the line version=$before from $(data)/.hashistack on this machine."
}

# A line of the marker in the data directory. marked KEY
marked() { sed -n "s/^$1=//p" "$(data)/.hashistack" 2>/dev/null || true; }

# Makes the data directory and says whose it is, before anything is written there.
claim_data() {
  [ "$durable" = yes ] || return 0
  # Tasks of a client reach their own folders through this one.
  local mode=0700
  if [ "$user" = root ]; then mode=0711; fi
  mkdir -p "$(data)"
  printf '%s\n' "cluster=$cluster" "version=$version" | put_file "$(data)/.hashistack" 0644
  chown "$user:$user" "$(data)"
  chmod "$mode" "$(data)"
}

ensure_user() {
  if ! getent passwd "$user" >/dev/null; then
    remember "$state/users" "$user"
    attempt "adding the user $user" useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"
  fi
}

# The configuration directory as it will be, beside the one that is in use.
stage_configuration() {
  staged=/etc/.$agent.d.new
  rm -rf "$staged" "/etc/.$agent.d.old"
  install --directory --mode 0750 --owner root --group "$user" "$staged" || fail "cannot write below /etc: is its disk full?"
  local name
  place plain 0640 root
  place secret 0600 "$user"
}

# place KIND MODE OWNER
place() {
  [ -d "$staging/$1" ] || return 0
  while IFS= read -r -d '' name; do
    if [ "$(dirname "$name")" != . ]; then
      install --directory --mode 0750 --owner root --group "$user" "$staged/$(dirname "$name")"
    fi
    install --mode "$2" --owner "$3" --group "$user" "$staging/$1/$name" "$staged/$name" || fail "cannot write $staged/$name: is its disk full?"
  done < <(cd "$staging/$1" && find . -type f -printf '%P\0')
}

# The program itself checks it, as its user, at the path where it will lie: elsewhere it would not find its own files.
validate_configuration() {
  [ "${#validation[@]}" -gt 0 ] || return 0
  install --directory --mode 0750 --owner root --group "$user" "$(configuration)"
  # shellcheck disable=SC2016
  unshare --mount -- /bin/bash -c 'mount --bind "$1" "$2" && shift 2 && exec runuser -u "$1" -- "${@:2}"' \
    - "$staged" "$(configuration)" "$user" "$program" "${validation[@]}" >"$staging/output" 2>&1 </dev/null ||
    fail "$product does not accept the configuration of $agent; what runs was left alone: $(redacted <"$staging/output" | tail -n 15)"
}

swap_configuration() {
  rm -rf "/etc/.$agent.d.old"
  if [ -e "$(configuration)" ]; then mv -T "$(configuration)" "/etc/.$agent.d.old"; fi
  mv -T "$staged" "$(configuration)"
  rm -rf "/etc/.$agent.d.old"
}

# Standard input without any long word of a secret file.
redacted() {
  local text word
  text=$(cat)
  if [ -d "$staging/secret" ]; then
    while read -r word; do text=${text//"$word"/[secret]}; done < <(find "$staging/secret" -type f -exec cat {} + | tr -cs '[:alnum:]+/=_-' '\n' | grep -E '.{16,}' | sort -u)
  fi
  printf '%s\n' "$text"
}

# For people at the machine: the program by its name, unless something else has that name.
link_program() {
  local link=/usr/local/bin/$product
  [ "$program" != "/usr/bin/$product" ] || return 0
  if [ ! -e "$link" ] || [[ "$(readlink "$link")" == "$software"/* ]]; then ln -sfT "$program" "$link"; fi
}
