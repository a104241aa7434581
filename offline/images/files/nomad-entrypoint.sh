#!/bin/sh
# As the published image's: a subcommand goes to nomad, and a shell is a shell.
set -e
case "${1:-}" in
sh | /bin/sh | nomad | /bin/nomad) ;;
*) set -- nomad "$@" ;;
esac
exec "$@"
