# shellcheck shell=bash disable=SC2154,SC2034
# The program of an agent. Given: product, version, source (zip or apt), releases (URL), pinned (sum by file name),
# signed (yes or no), program (where it will lie).

install_software() {
  remember_use
  if [ "$source" = apt ]; then
    install_package
    program_sum=$(sha256sum <"$program")
  else
    install_release
    program_sum=$(cat "$software/$product/$version/program.sha256")
  fi
}

# A version lies in a folder of its own, which appears whole or not at all.
install_release() {
  local folder=$software/$product/$version archive sums architecture
  architecture=$(dpkg --print-architecture)
  case "$product" in
    fabio)
      archive=$releases/v$version/fabio-$version-linux_$architecture
      sums=$releases/v$version/fabio-$version.sha256
      ;;
    *)
      archive=$releases/$product/$version/${product}_${version}_linux_$architecture.zip
      sums=$releases/$product/$version/${product}_${version}_SHA256SUMS
      ;;
  esac
  local file=${archive##*/}
  local pin=${pinned[$file]:-}

  if is_whole "$folder" "$pin"; then return; fi
  require_space "$software"
  mkdir -p "$software/$product"
  local new
  new=$(mktemp --directory "$software/$product/.new.XXXXXXXX")

  local published=
  if [ -z "$pin" ] || [ "$signed" = yes ]; then
    published=$(published_sum "$sums" "$file")
  fi
  download "$archive" "$new/$file"
  local sum
  sum=$(sha256sum "$new/$file" | cut -d ' ' -f 1)
  check_sum "$sum" "$published" "$sums says"
  check_sum "$sum" "$pin" "the stack pins"

  if [ "$product" != fabio ]; then
    attempt "unpacking $archive" unzip -o -q "$new/$file" "$product" -d "$new"
    rm -f "$new/$file"
  else
    mv -T "$new/$file" "$new/$product"
  fi
  chmod 0755 "$new" "$new/$product"
  printf '%s\n' "$sum" >"$new/archive.sha256"
  (cd "$new" && sha256sum "$product" >program.sha256) || fail "cannot write below $software: is its disk full?"
  sync --file-system "$new"
  rm -rf "$folder"
  mv -T "$new" "$folder"
}

# Whether the folder holds the program as it was installed, from the archive that is pinned where one is.
is_whole() {
  [ -x "$1/$product" ] && (cd "$1" && sha256sum --check --status program.sha256 2>/dev/null) || return 1
  [ -z "$2" ] || [ "$(cat "$1/archive.sha256")" = "$2" ]
}

# published_sum LIST-URL FILE: prints the sum that the (signed, where a key is given) list has for the file.
published_sum() {
  download "$1" "$staging/sums"
  if [ "$signed" = yes ]; then
    download "$1.sig" "$staging/sums.sig"
    gpgv --keyring /etc/apt/keyrings/hashistack.gpg "$staging/sums.sig" "$staging/sums" >"$staging/output" 2>&1 </dev/null ||
      fail "$1 is not signed by the stack's signing key ($(tail -n 1 "$staging/output")): the mirror is wrong or the key is. Nothing of it was installed."
  fi
  local sum
  sum=$(awk -v name="$2" '{ sub(/^\*/, "", $2) } $2 == name { print $1; exit }' "$staging/sums")
  [ -n "$sum" ] || fail "$1 has no SHA-256 sum for $2, so that file cannot be checked. Is there a version $version of $product for this architecture?"
  printf '%s' "$sum"
}

# check_sum ACTUAL EXPECTED WHO-SAYS-SO
check_sum() {
  [ -z "$2" ] || [ "$1" = "$2" ] ||
    fail "$archive has the SHA-256 sum $1, but $3 $2: the file was damaged or exchanged. Nothing of it was installed. Run pulumi up again; if it stays so, do not use this mirror."
}

# download URL FILE
download() {
  curl --fail --silent --show-error --location --proto '=http,https' --proto-redir '=http,https' \
    --connect-timeout 15 --retry 3 --max-time 600 --speed-limit 1024 --speed-time 60 --output "$2" -- "$1" \
    >"$staging/output" 2>&1 </dev/null && return
  if [ $? = 23 ]; then fail "cannot store $1: is the disk of $(dirname "$2") full?"; fi
  fail "cannot download $1 ($(tail -n 1 "$staging/output")). Does this machine reach that address, and does it have the version $version of $product?"
}

# The vendor's package in exactly that version, which no upgrade of the machine's packages changes.
install_package() {
  local installed wanted
  installed=$(dpkg-query --show --showformat='${Version}' "$product" 2>/dev/null || true)
  case "$installed" in
    "$version" | "$version"-*) if [ -x "$program" ]; then return; fi ;;
    *) ;;
  esac
  wanted=$(package_version)
  if [ -z "$wanted" ]; then
    refresh_lists
    wanted=$(package_version)
  fi
  [ -n "$wanted" ] || fail "the apt repositories of this machine have no $product $version; they have: $(apt-cache madison "$product" | awk '{ print $3 }' | head -n 5 | xargs). Choose one of these, or mend the repository."
  require_space /usr
  install_packages "$product=$wanted"
  attempt "apt-mark hold $product" apt-mark hold "$product"
}

package_version() {
  apt-cache madison "$product" 2>/dev/null | awk -v version="$version" '$3 == version || index($3, version "-") == 1 { print $3; exit }'
}

# Which software each agent uses: what none uses any more goes.
remember_use() {
  mkdir -p "$state/agents/$agent"
  remember "$state/agents/$agent/software" "$product $version"
  # For a removal that nobody else knows of: an installation that failed is in no stack's state.
  local setting
  for setting in unit user product program source task_label; do printf '%s=%q\n' "$setting" "${!setting}"; done |
    put_file "$state/agents/$agent/settings" 0600
}

# Forgets every version but the one that runs now, then removes what no agent uses.
prune_software() {
  if [ -e "$state/agents/$agent" ]; then
    printf '%s\n' "$product $version" | put_file "$state/agents/$agent/software" 0644
  fi
  local folder
  for folder in "$software/$product"/*/; do
    [ -d "$folder" ] || continue
    grep -qxFs -- "$product $(basename "$folder")" "$state"/agents/*/software || rm -rf "$folder"
  done
  rmdir "$software/$product" 2>/dev/null || true
}
