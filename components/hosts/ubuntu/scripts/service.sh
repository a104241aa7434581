# shellcheck shell=bash disable=SC2154
# A systemd service: started, watched for a moment, explained where it does not stay up.

start_service() {
  attempt "reloading systemd" systemctl daemon-reload
  attempt "enabling $unit" systemctl enable "$unit"
  systemctl reset-failed "$unit" 2>/dev/null || true
  # Stopped first, so that what it says from here on is of the new process.
  attempt "stopping $unit (look at: journalctl --unit $unit)" systemctl stop "$unit"
  local since
  since=$(date +'%F %T.%6N')
  if ! systemctl start "$unit" >/dev/null 2>&1 </dev/null || ! stays_up; then
    journalctl --sync || true
    fail "$agent does not stay up. Its last lines:
$(journalctl --unit "$unit" --since "$since" --no-pager --output cat --lines 20 2>/dev/null | redacted)
$(who_holds_ports)
To see more: journalctl --unit $unit. When mended, run pulumi up again."
  fi
}

# Whether the service is active, and with the same process, for 2 s.
stays_up() {
  local first
  first=$(systemctl show --property MainPID --value "$unit")
  for _ in 1 2 3 4; do
    sleep 0.5
    [ "$(systemctl show --property ActiveState --value "$unit")" = active ] || return 1
    [ "$(systemctl show --property MainPID --value "$unit")" = "$first" ] || return 1
  done
}

# Names whoever listens, where the service complains of a port that is taken.
who_holds_ports() {
  if journalctl --unit "$unit" --since "$since" --no-pager --output cat | grep -q 'address already in use' && command -v ss >/dev/null; then
    printf 'A port that it needs is taken. Listening here:\n%s\n' "$(ss --no-header --listening --tcp --udp --numeric --processes | awk '{ print $1, $5, $7 }' | sort -u | head -n 40)"
  fi
}
