#!/bin/sh
# As the published image's: `agent` finds the volumes, any other subcommand goes to consul, and a shell is a shell.
set -e
case "${1:-}" in
sh | /bin/sh | consul | /bin/consul) ;;
agent)
	shift
	set -- consul agent -data-dir=/consul/data -config-dir=/consul/config "$@"
	;;
*) set -- consul "$@" ;;
esac
exec "$@"
