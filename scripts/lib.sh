# Shared by the scripts in this folder; sourced, not run.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(dirname "$SCRIPTS")

say() { printf '%s\n' "$*" >&2; }
step() { printf '\n== %s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# usage   prints the comment at the head of the running script
usage() { sed -n '2,/^[^#]/{/^#/!q;s/^# \{0,1\}//;p}' "$0"; }

# become_root ARGUMENT...   runs the script again as root where it is not; goes on where it is
become_root() {
  [ "$(id -u)" != 0 ] || return 0
  has sudo || die "this needs root, and there is no sudo; run it as root"
  local kept=("PATH=$PATH") name
  for name in $(compgen -e SLIPWAY_ || true) DEBIAN_FRONTEND; do [ -z "${!name:-}" ] || kept+=("$name=${!name}"); done
  exec sudo env "${kept[@]}" "$0" "$@"
}

# wait_for SECONDS COMMAND...   tries the command every 50 ms; fails when the time is over
wait_for() {
  local end=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

# is_gone PID   true when no process has that id, or only its exit status is left
is_gone() { ! [ -d "/proc/$1" ] || grep -qs '^State:[[:space:]]*[ZX]' "/proc/$1/status"; }

# command_line PID   its arguments, separated by blanks
command_line() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || true; }

# end_process PID WORD SECONDS   asks the process to end, and kills it after SECONDS; leaves it alone
# when WORD is not in its command line, because the id may have passed to another process
end_process() {
  case $(command_line "$1") in *"$2"*) ;; *) return 0 ;; esac
  kill "$1" 2>/dev/null || true
  wait_for "$3" is_gone "$1" || { kill -9 "$1" 2>/dev/null || true; wait_for 5 is_gone "$1" || true; }
}

# engine_answers DOCKER_HOST   true when an engine answers there (unix sockets only)
engine_answers() {
  case $1 in unix://*) ;; *) return 1 ;; esac
  curl -sf --max-time 3 --unix-socket "${1#unix://}" http://engine/_ping >/dev/null 2>&1
}
