# shellcheck shell=sh
# Sourced by rptp, test and the scripts with `root` set to the repository.
# Sets `deno` to the executable to run and exports DENO_DIR, the filled cache of npm packages.
#
# The usual case forks nothing: the folder's name is the version check, and the cache is current
# where its copy of deno.lock carries the very mtime of deno.lock.
version=2.9.6
DENO_NO_UPDATE_CHECK=1
DENO_NO_PACKAGE_JSON=1
export DENO_NO_UPDATE_CHECK DENO_NO_PACKAGE_JSON DENO_DIR

# True where the packages of $root/deno.lock are in the cache folder $1.
filled() {
  [ -e "$1/filled" ] && ! [ "$root/deno.lock" -nt "$1/filled" ] &&
    ! [ "$root/deno.lock" -ot "$1/filled" ]
}

deno=
if [ -n "${RPTP_DENO-}" ]; then
  deno=$RPTP_DENO
  if ! [ -f "$deno" ] || ! [ -x "$deno" ]; then
    printf 'rptp: RPTP_DENO=%s is not an executable file\n' "$deno" >&2
    exit 69
  fi
elif [ -x "$root/.deno/$version/deno" ]; then
  deno=$root/.deno/$version/deno
elif [ -r "$root/.deno/$version/path" ]; then
  # A Deno of the user's own, used where it is as long as it is the same file.
  { read -r deno && read -r stamp; } <"$root/.deno/$version/path" || deno=
  [ -n "$deno" ] && [ "$(stat -L -c '%d:%i:%s:%Y:%Z' "$deno" 2>/dev/null)" = "$stamp" ] || deno=
fi
DENO_DIR=$root/.deno/cache
if [ -z "$deno" ] || ! filled "$DENO_DIR"; then
  . "$root/scripts/bootstrap.sh"
fi
