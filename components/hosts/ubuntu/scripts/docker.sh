# shellcheck shell=bash disable=SC2154
# The Docker engine: installed where there is none, and given mirrors beside whatever else its daemon.json says.

daemon_json=/etc/docker/daemon.json

prepare_docker() {
  # Before the engine's first start, so that it starts with them.
  set_mirrors "${mirrors[@]}"
  if ! command -v dockerd >/dev/null; then
    touch "$state/docker-installed"
    install_packages docker.io iptables
  fi
  attempt "starting the Docker engine" systemctl enable --now docker
  if [ -e "$state/docker-reload" ]; then
    attempt "giving the Docker engine its mirrors" systemctl reload-or-restart docker
    rm -f "$state/docker-reload"
  fi
  attempt "asking the Docker engine (look at: journalctl --unit docker)" docker info
}

# The engine stays where it was before us, or where somebody else's containers or data are by now.
release_docker() {
  set_mirrors
  if [ -e "$state/docker-reload" ]; then systemctl try-reload-or-restart docker </dev/null || true; fi
  [ -e "$state/docker-installed" ] || return 0
  local containers='' volumes=''
  if command -v docker >/dev/null && systemctl start docker </dev/null; then
    containers=$(docker ps --all --quiet </dev/null) volumes=$(docker volume ls --quiet </dev/null)
  fi
  if [ -n "$containers" ] || { [ "$keep_data" = yes ] && [ -n "$volumes" ]; }; then
    printf 'host %s: the Docker engine stays, because containers or volumes are left on it\n' "$host" >&2
    # Its packages are the machine's own from here on.
    rm -f "$state/packages"
    return
  fi
  systemctl stop docker.socket docker containerd >/dev/null 2>&1 </dev/null || true
  ip link delete docker0 2>/dev/null || true
  local path
  for path in /var/lib/docker /var/lib/containerd; do
    [ -d "$path" ] || continue
    # Perhaps a disk of its own.
    find "$path" -xdev -mindepth 1 -delete || fail "cannot empty $path. Run pulumi destroy again."
    rmdir "$path" 2>/dev/null || true
  done
  rm -f /etc/docker/key.json
  rmdir /etc/docker /etc/cni/net.d /etc/cni 2>/dev/null || true
}

# Leaves exactly these of the mirrors that came from us. Asks for a reload where that changes the file.
set_mirrors() {
  local mine wanted text
  mine=$(cat "$state/mirrors" 2>/dev/null || echo '[]')
  wanted=$(json_list "$@")
  if [ -s "$daemon_json" ] && [ "$(cat "$daemon_json")" != "$(mirrors_only "$mine")" ]; then
    [ "$mine" != '[]' ] || [ "$wanted" != '[]' ] || return 0
    command -v jq >/dev/null || install_packages jq
    text=$(jq --argjson mine "$mine" --argjson wanted "$wanted" '
      (((."registry-mirrors" // []) - $mine) as $theirs | $theirs + ($wanted - $theirs)) as $all
      | if $all == [] then del(."registry-mirrors") else ."registry-mirrors" = $all end' "$daemon_json" 2>&1) ||
      fail "$daemon_json is no JSON, so mirrors cannot be added to it ($text): correct the file."
    [ "$(jq --sort-keys . "$daemon_json")" != "$(printf '%s' "$text" | jq --sort-keys .)" ] || return 0
  elif [ "$wanted" = '[]' ]; then
    [ -e "$daemon_json" ] || return 0
    rm -f "$daemon_json"
    rm -f "$state/mirrors"
    touch "$state/docker-reload"
    return 0
  else
    text=$(mirrors_only "$wanted")
    [ "$(cat "$daemon_json" 2>/dev/null)" != "$text" ] || return 0
  fi
  mkdir -p "$(dirname "$daemon_json")"
  # Remembered first: a mirror that was added must be known as ours.
  printf '%s\n' "$wanted" | put_file "$state/mirrors" 0644
  touch "$state/docker-reload"
  printf '%s\n' "$text" | put_file "$daemon_json" 0644
}

# The strings as a JSON list; they are URLs, without quotes or backslashes.
json_list() {
  local list='' item
  for item in "$@"; do list+="${list:+, }\"$item\""; done
  printf '[%s]' "$list"
}

mirrors_only() { printf '{ "registry-mirrors": %s }' "$1"; }
