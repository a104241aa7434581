# shellcheck shell=bash disable=SC2154,SC2034,SC1090,SC1091
# Makes a machine ready for agents, and undoes that. Given: host, cluster, source (zip or apt), apt_url, apt_suite,
# apt_component, signing_key (base64 of an OpenPGP key ring), docker (yes or no), mirrors (array), dns_port, keep_data.

key_ring=/etc/apt/keyrings/hashistack.gpg
apt_list=/etc/apt/sources.list.d/hashistack.list
forwarding=/etc/systemd/resolved.conf.d/hashistack.conf

prepare_host() {
  refuse_other_system
  refuse_other_cluster
  require_space "$software" /var/lib
  mkdir -p "$state/agents" "$library" "$software"
  chmod 0755 "$state" "$software" "$library"
  printf '%s\n' "$cluster" | put_file "$state/cluster" 0644
  printf '%s\n' "$host" | put_file "$state/host" 0644
  local script
  for script in asRoot.sh library.sh; do put_file "$library/$script" 0644 <"$staging/library/$script"; done

  local missing=() package
  for package in curl ca-certificates unzip gpgv; do
    have_packages "$package" || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"

  prepare_key_ring
  prepare_apt
  forward_names
  if [ "$docker" = yes ]; then prepare_docker; fi
}

release_host() {
  local owner
  owner=$(cluster_of_machine)
  # Nothing of ours, or another cluster's by now: nothing to undo.
  [ "$owner" = "$cluster" ] || return 0
  local settings
  for settings in "$state"/agents/*/settings; do
    [ ! -e "${settings%/*}/ran" ] ||
      fail "${settings%/*} says that an agent is here. Agents go first: run pulumi destroy, or pulumi up for the whole stack."
  done
  # Those whose installation failed: no stack knows of them.
  for settings in "$state"/agents/*/settings; do
    [ -e "$settings" ] || continue
    agent=$(basename "$(dirname "$settings")")
    . "$settings"
    remove_agent
  done
  if [ -e "$forwarding" ]; then
    rm -f "$forwarding"
    rmdir --ignore-fail-on-non-empty "$(dirname "$forwarding")"
    systemctl try-restart systemd-resolved </dev/null || true
  fi
  release_docker
  # Packages are removed while apt still knows where they came from.
  remove_packages
  rm -f "$apt_list"
  rm -f "$key_ring"
  rm -rf "$software" "$library" "$state"
}

refuse_other_system() {
  local ID='' ID_LIKE='' VERSION_ID=''
  if [ -r /etc/os-release ]; then . /etc/os-release; fi
  case " $ID $ID_LIKE " in
    *" debian "* | *" ubuntu "*) ;;
    *) fail "this is ${ID:-no known system} ${VERSION_ID}; Ubuntu (22.04 or later) or Debian (12 or later) is needed." ;;
  esac
  systemd_runs || fail "systemd does not run here, and agents are systemd services: boot the machine with systemd."
  local systemd architecture
  systemd=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
  [ "$systemd" -ge 249 ] || fail "systemd $systemd is too old: 249 or later is needed (Ubuntu 22.04, Debian 12)."
  architecture=$(dpkg --print-architecture)
  case "$architecture" in
    amd64 | arm64) ;;
    *) fail "the architecture is $architecture; Consul, Nomad and Fabio are installed for amd64 and arm64 only." ;;
  esac
}

systemd_runs() { [ -d /run/systemd/system ]; }

prepare_key_ring() {
  if [ -z "$signing_key" ]; then
    rm -f "$key_ring"
    return
  fi
  mkdir -p "$(dirname "$key_ring")"
  printf '%s' "$signing_key" | base64 --decode | put_file "$key_ring" 0644
}

prepare_apt() {
  if [ "$source" != apt ]; then
    rm -f "$apt_list"
    return
  fi
  local line
  line="deb [arch=$(dpkg --print-architecture) signed-by=$key_ring] $apt_url $apt_suite $apt_component"
  if [ "$(cat "$apt_list" 2>/dev/null)" != "$line" ]; then
    printf '%s\n' "$line" | put_file "$apt_list" 0644
  fi
  refresh_lists "apt-get update from $apt_url $apt_suite (check the repository's address, suite and signing key)" \
    --error-on=any --option "Dir::Etc::SourceList=$apt_list" --option Dir::Etc::SourceParts=- --option APT::Get::List-Cleanup=0
}

# Names below .consul are asked of the Consul agent, all others where they were asked before.
forward_names() {
  systemctl is-active --quiet systemd-resolved ||
    fail "systemd-resolved does not run, and through it .consul names are forwarded: run \"sudo apt-get install systemd-resolved\" if it is missing, then \"sudo systemctl enable --now systemd-resolved\"."
  local text
  text=$(printf '%s\n' "# hashistack cluster=$cluster" '[Resolve]' "DNS=127.0.0.1:$dns_port" 'DNSSEC=no' 'Domains=~consul')
  [ "$(cat "$forwarding" 2>/dev/null)" != "$text" ] || return 0
  mkdir -p "$(dirname "$forwarding")"
  printf '%s\n' "$text" | put_file "$forwarding" 0644
  attempt "restarting systemd-resolved" systemctl restart systemd-resolved
}
