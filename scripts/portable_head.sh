#!/bin/sh
# rptp @VERSION@, portable: this text, then a compressed archive of Deno @DENO@ and rptp itself.
#
# The first start unpacks it into a folder named for its content, @KEY@, of the
# first of these that can be written to and executed from; later starts only look there:
#   $XDG_CACHE_HOME  $HOME/.cache  /var/tmp  /dev/shm  /tmp
# The folder belongs to the user who starts it and is closed to others. It can be deleted at will.
DENO_NO_UPDATE_CHECK=1
DENO_NO_PACKAGE_JSON=1
RPTP_PACKAGING=portable
export DENO_NO_UPDATE_CHECK DENO_NO_PACKAGE_JSON RPTP_PACKAGING DENO_DIR

# Our user id without a fork: the second number of the line `Uid:`.
uid=
while read -r key _ second _; do
  [ "$key" = Uid: ] && uid=$second && break
done 2>/dev/null </proc/self/status
[ -n "$uid" ] || uid=$(id -u)

start() {
  DENO_DIR=$folder/cache
  exec "$folder/deno" run --no-config --no-lock --no-npm --no-remote --cached-only @FLAGS@ \
    "$folder/rptp.js" "$@"
}

# True where nobody but us (and root) can exchange what lies in folder $1.
is_safe() {
  [ -d "$1" ] && { [ -O "$1" ] || [ -k "$1" ]; }
}

# True where $folder is complete, ours, and can be executed from.
is_unpacked() {
  [ -x "$folder/deno" ] && [ -O "$folder" ] && ! [ -h "$folder" ] && [ -O "$folder/deno" ]
}

for base in "${XDG_CACHE_HOME-}" "${HOME:+$HOME/.cache}" /var/tmp /dev/shm /tmp; do
  folder=$base/rptp-$uid-@KEY@
  case $base in /*) is_unpacked && is_safe "$base" && start "$@" ;; esac
done

case $0 in
  */*) self=$0 ;;
  *) self=$(command -v -- "$0") ;;
esac

# Unpacks into a folder of our own beside the final one, and renames: two starts at once do no harm.
unpack() {
  [ -w "$1" ] && is_safe "$1" || return 1
  work=$1/rptp-$uid-tmp.$$
  folder=$1/rptp-$uid-@KEY@
  rm -rf "$work"
  mkdir -m 700 "$work" 2>/dev/null || return 1
  if tail -c +@OFFSET@ "$self" | gzip -dc 2>/dev/null | (cd "$work" && tar xf - 2>/dev/null) &&
    [ -e "$work/complete" ] && chmod 755 "$work/deno" 2>/dev/null &&
    "$work/deno" --version >/dev/null 2>&1; then
    # A folder that is there but not usable (half deleted, say) makes way.
    is_unpacked || rm -rf "$folder"
    mv -T "$work" "$folder" 2>/dev/null || { [ -e "$folder" ] || mv "$work" "$folder"; }
  fi
  rm -rf "$work"
  is_unpacked
}

[ -n "${HOME-}" ] && [ -O "$HOME" ] && [ -w "$HOME" ] && ! [ -e "$HOME/.cache" ] &&
  mkdir -m 700 "$HOME/.cache" 2>/dev/null
for base in "${XDG_CACHE_HOME-}" "${HOME:+$HOME/.cache}" /var/tmp /dev/shm /tmp; do
  case $base in /*) unpack "$base" && start "$@" ;; esac
done
echo 'rptp: cannot unpack: none of $XDG_CACHE_HOME, $HOME/.cache, /var/tmp, /dev/shm, /tmp has' >&2
echo '150 MB to write to and to execute from, or tail, gzip, tar are missing (Deno needs glibc)' >&2
exit 69
