# shellcheck shell=sh disable=SC2154
# The slow half of find_deno.sh: the first start, and the first one after deno.lock changed.
#
# Everything is made in a folder of its own and renamed into place, so that a killed start leaves
# nothing half done and two starts at once do no harm; a lock (where `flock` exists) merely saves
# the second one the download. Descriptor 9 holds it; what is started from here does not inherit it,
# so that it ends with this shell.

say() { printf 'rptp: %s\n' "$*" >&2; }

have() { command -v "$1" >/dev/null 2>&1; }

give_up() {
  say "$1"
  cat >&2 <<END
To go on, do one of these and start again:
  install Deno $version                    curl -fsSL https://deno.land/install.sh | sh -s v$version
  install npm (it is only used once)    sudo apt-get install npm
  name a Deno that is already here      RPTP_DENO=/path/to/deno ./rptp
END
  exit 69
}

# The SHA-256 of file $1; fails where no program for it exists.
sha256() {
  if have sha256sum; then
    set -- "$(sha256sum <"$1")"
  elif have busybox; then
    set -- "$(busybox sha256sum <"$1")"
  elif have openssl; then
    set -- "$(openssl dgst -sha256 -r <"$1")"
  else
    return 1
  fi
  printf '%s\n' "${1%% *}"
}

# The pinned sum for machine $1, or nothing.
pinned_sum() {
  while read -r machine of sum; do
    [ "$machine $of" = "$1 $version" ] && printf '%s\n' "$sum"
  done <"$root/scripts/deno.sums"
  :
}

# A Deno of exactly this version somewhere on PATH; prints the path of the executable itself
# (what PATH holds may be a script of npm or of a version manager).
on_path() {
  rest=$PATH:
  while [ -n "$rest" ]; do
    folder=${rest%%:*}
    rest=${rest#*:}
    case $folder in /*) ;; *) continue ;; esac
    [ -f "$folder/deno" ] && [ -x "$folder/deno" ] || continue
    case $("$folder/deno" --version 2>/dev/null) in
      "deno $version "*)
        (cd / && "$folder/deno" eval --no-config --no-lock 'console.log(Deno.execPath())') && return
        ;;
      *) say "$folder/deno is not version $version: left alone" ;;
    esac
  done
  return 1
}

# Leaves $1/deno, taken from npm's package for this machine; runs none of its scripts. The folder
# node_modules makes npm install there; --prefix would, too, but hides the machine's own npmrc.
from_npm() {
  have npm || return 1
  say "fetching Deno $version with npm (once)"
  mkdir -p "$1/npm/node_modules" &&
    (cd "$1/npm" && npm install --cache "$1/npm-cache" --ignore-scripts --no-audit --no-fund \
      --no-save --no-package-lock --loglevel=error --fetch-retry-mintimeout=1000 \
      --fetch-retry-maxtimeout=5000 "@deno/linux-$npm_cpu-glibc@$version" >&2 </dev/null) &&
    mv "$1/npm/node_modules/@deno/linux-$npm_cpu-glibc/deno" "$1/deno"
}

# Leaves $1/deno, taken from the official archive.
from_archive() {
  if have curl; then
    fetch='curl -fsSL --retry 2 -o'
  elif have wget; then
    fetch='wget -q -O'
  else
    return 1
  fi
  if [ -z "$expected" ]; then
    say "no checksum is pinned for $cpu: not downloading"
    return 1
  fi
  url=${RPTP_DENO_URL:-https://dl.deno.land/release}
  case $url in
    *.zip) ;;
    *) url=${url%/}/v$version/deno-$cpu-unknown-linux-gnu.zip ;;
  esac
  say "fetching $url (once)"
  $fetch "$1/deno.zip" "$url" >&2 </dev/null || return 1
  if have unzip; then
    unzip -q -o "$1/deno.zip" deno -d "$1" >&2
  elif have bsdtar; then
    bsdtar -xf "$1/deno.zip" -C "$1" deno
  elif have busybox && busybox --list 2>/dev/null | grep -qx unzip; then
    busybox unzip -q -o "$1/deno.zip" deno -d "$1" >&2
  elif have python3; then
    python3 -m zipfile -e "$1/deno.zip" "$1"
  else
    say "none of unzip, bsdtar, busybox, python3 is here to unpack it"
    return 1
  fi
}

# True where $1/deno is the pinned executable and runs here.
is_right() {
  if [ -n "$expected" ]; then
    actual=$(sha256 "$1/deno") || {
      say "none of sha256sum, busybox, openssl is here to check what was fetched"
      return 1
    }
    if [ "$actual" != "$expected" ]; then
      say "what was fetched is not Deno $version: SHA-256 $actual, expected $expected"
      return 1
    fi
  fi
  chmod 755 "$1/deno" && "$1/deno" --version >/dev/null || {
    say "the Deno that was fetched does not run here"
    return 1
  }
}

# Fails where this machine cannot run the builds that npm and the archive hold.
know_machine() {
  case $(uname -s) in
    Linux) ;;
    *) give_up "on $(uname -s) Deno $version has to be installed by hand" ;;
  esac
  case $(uname -m) in
    x86_64) cpu=x86_64 npm_cpu=x64 loader=/lib64/ld-linux-x86-64.so.2 ;;
    aarch64 | arm64) cpu=aarch64 npm_cpu=arm64 loader=/lib/ld-linux-aarch64.so.1 ;;
    *) give_up "there is no Deno for $(uname -m)" ;;
  esac
  if ! [ -e "$loader" ]; then
    for musl in /lib/ld-musl-*; do
      [ -e "$musl" ] &&
        give_up "this system has musl; Deno needs glibc (a Debian container, for example)"
    done
  fi
  expected=$(pinned_sum "$cpu")
}

# Writes $deno and the stamp that find_deno.sh compares, if the clone can be written to.
remember_path() {
  stamp=$(stat -L -c '%d:%i:%s:%Y:%Z' "$deno" 2>/dev/null) || return 0
  mkdir -p "$root/.deno/$version" 2>/dev/null || return 0
  printf '%s\n%s\n' "$deno" "$stamp" 2>/dev/null >"$root/.deno/$version/path.$$" &&
    mv -f "$root/.deno/$version/path.$$" "$root/.deno/$version/path"
  :
}

# Leaves the pinned Deno in .deno/$version.
install_deno() {
  know_machine
  work=$root/.deno/tmp.$$
  for source in from_npm from_archive; do
    rm -rf "$work"
    mkdir "$work" || give_up "cannot write to $root/.deno"
    if "$source" "$work" 9>&- && is_right "$work"; then
      mkdir -p "$root/.deno/$version"
      mv -f "$work/deno" "$root/.deno/$version/deno"
      rm -rf "$work"
      deno=$root/.deno/$version/deno
      return
    fi
  done
  rm -rf "$work"
  give_up "found no way to get Deno $version"
}

# A folder for this user's cache where the clone cannot be written to. Never $HOME.
cache_elsewhere() {
  uid=$(id -u)
  for base in "${XDG_CACHE_HOME-}" /var/tmp /dev/shm /tmp; do
    [ -n "$base" ] && [ -d "$base" ] && [ -w "$base" ] || continue
    DENO_DIR=$base/rptp-$uid-deno
    [ -d "$DENO_DIR" ] || mkdir -m 700 "$DENO_DIR" 2>/dev/null
    # shellcheck disable=SC3067
    [ -O "$DENO_DIR" ] && ! [ -h "$DENO_DIR" ] && return
  done
  say "no folder can be written to: neither $root/.deno nor /var/tmp, /dev/shm, /tmp"
  exit 69
}

# Brings the packages of deno.lock into DENO_DIR. The machine's own certificates count as npm's and
# curl's do: some machines reach the registry through a proxy that only they vouch for.
fill_cache() {
  (cd "$root" && DENO_TLS_CA_STORE=${DENO_TLS_CA_STORE:-mozilla,system} \
    "$deno" install --quiet --frozen --no-remote >&2 </dev/null 9>&-) || {
    say "could not get the packages of deno.lock (the first start needs the npm registry)"
    exit 69
  }
  cp "$root/deno.lock" "$DENO_DIR/filled.$$" &&
    touch -r "$root/deno.lock" "$DENO_DIR/filled.$$" &&
    mv -f "$DENO_DIR/filled.$$" "$DENO_DIR/filled"
}

# Takes the lock for the rest of the start; with it, what killed starts left behind goes.
take_lock() {
  have flock || return 0
  exec 9>"$root/.deno/lock"
  flock 9
  rm -rf "$root"/.deno/tmp.*
}

bootstrap() {
  mask=$(umask)
  umask 022
  if mkdir -p "$root/.deno" 2>/dev/null && [ -w "$root/.deno" ]; then
    take_lock
  elif [ -z "$deno" ]; then
    give_up "$root/.deno cannot be written to"
  else
    cache_elsewhere
  fi
  if [ -z "$deno" ]; then
    if [ -x "$root/.deno/$version/deno" ]; then
      deno=$root/.deno/$version/deno
    elif deno=$(on_path); then
      remember_path
    else
      install_deno
    fi
  fi
  filled "$DENO_DIR" || fill_cache
  exec 9>&-
  umask "$mask"
}

bootstrap
