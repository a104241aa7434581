#!/bin/sh
# First process of a stand-in machine: makes of the container what a machine is, then is systemd.
set -e

# Control groups are the machine's own, below the container's, and it is to rule them.
for place in $(findmnt --raw --noheadings --output TARGET --types cgroup,cgroup2); do
  mount --options remount,rw,bind "$place"
done

# Settings of the network are the machine's own as well; those of the kernel are not, and stay read-only.
mount --bind /proc/sys/net /proc/sys/net
mount --options remount,rw,bind /proc/sys/net

# What an agent mounts is to be seen in the containers that it starts.
mount --make-rshared /

# The engine lays a file of its own over this one; a machine's names the resolver that runs on it.
if mountpoint --quiet /etc/resolv.conf; then umount /etc/resolv.conf; fi
ln -sfn ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf

exec /lib/systemd/systemd
