# Sourced by every script here: makes the checkout's own Python environment when it is missing or out of date.
# Afterwards $ROOT is the checkout and $PY its Python. Nothing to do costs a tenth of a second.
# Needs Python 3.11, 3.12 or 3.13. uv is used when found, else pip, else pip from the distribution's packages.

set -eu
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=$ROOT/.venv
PY=$VENV/bin/python
TOOLS=$ROOT/scripts/tools.lock

say() { printf '%s\n' "$*" >&2; }
die() { say "intake110: $*"; exit 1; }

suitable() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; }

find_python() {
  for candidate in ${INTAKE110_PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if suitable "$candidate"; then "$candidate" -c 'import sys; print(sys.executable)'; return; fi
  done
  die "no Python 3.11, 3.12 or 3.13 found. Cure: apt-get install python3 (Debian 12, Ubuntu 24.04), or name one in INTAKE110_PYTHON."
}

# What the environment was made from: the lock, the project's own description, and where it lies.
key() { { cat "$ROOT/requirements.lock" "$ROOT/scripts/tools.lock" "$ROOT/pyproject.toml"; echo "$ROOT"; } | sha256sum | cut -c1-64; }

# pip without root on a bare Debian or Ubuntu: its wheel lies in a package of its own.
pip_from_packages() {
  command -v apt-get >/dev/null || die "neither uv nor pip found. Cure: install uv, or Python's venv module with ensurepip."
  work=$(mktemp -d)
  mkdir -p "$work/lists/partial" "$work/archives/partial"
  options="-q -oDir::State::lists=$work/lists -oDir::Cache=$work -oDebug::NoLocking=1 -oAPT::Sandbox::User= -oAcquire::Retries=3"
  (
    cd "$work"
    # shellcheck disable=SC2086
    apt-get $options update >apt.log 2>&1 || true # a third party's broken source does not matter here
    # shellcheck disable=SC2086
    apt-get $options download python3-pip-whl >>apt.log 2>&1
  ) || die "package python3-pip-whl could not be fetched. Cure: mend apt's sources or the network, or apt-get install python3-venv."
  dpkg-deb -x "$work"/python3-pip-whl_*.deb "$work/unpacked"
  set -- "$work"/unpacked/usr/share/python-wheels/pip-*.whl
  PIP="$1/pip"
}

# uv reads no pip.conf: a mirror that is configured for pip is passed on.
use_pips_index() {
  index=${PIP_INDEX_URL:-$("$1" -m pip config get global.index-url 2>/dev/null || true)}
  if [ -n "$index" ]; then export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"; fi
  # a company's own certificate authority stands in the system's list, not in uv's
  if [ -s /etc/ssl/certs/ca-certificates.crt ]; then export UV_NATIVE_TLS=1 UV_SYSTEM_CERTS=1; fi
  if [ -n "${PIP_FIND_LINKS:-}" ]; then export UV_FIND_LINKS="${UV_FIND_LINKS:-$PIP_FIND_LINKS}"; fi
}

with_uv() { # $1 = the uv to use
  python=$(find_python)
  use_pips_index "$python"
  if ! { [ -x "$PY" ] && suitable "$PY"; }; then "$1" venv -q --clear --python "$python" "$VENV"; fi
  "$1" pip install -q --python "$PY" --require-hashes -r "$ROOT/requirements.lock" -r "$TOOLS" &&
    "$1" pip install -q --python "$PY" --no-deps --no-build-isolation -e "$ROOT"
}

# pip brings uv, which is five times as fast; where uv cannot reach the packages, pip does the work itself.
with_pip() {
  python=$(find_python)
  PIP="-m pip"
  if [ -x "$PY" ] && "$PY" -m pip --version >/dev/null 2>&1; then :
  elif "$python" -c 'import ensurepip, venv; ensurepip.version()' 2>/dev/null; then "$python" -m venv --clear "$VENV"
  else
    pip_from_packages
    "$python" -m venv --clear --without-pip "$VENV"
  fi
  options="-q --no-compile --disable-pip-version-check --root-user-action=ignore"
  # shellcheck disable=SC2086
  "$PY" $PIP install $options --require-hashes -r "$TOOLS" || return 1
  if with_uv "$VENV/bin/uv"; then return; fi
  say "intake110: uv could not reach the packages; pip tries"
  # shellcheck disable=SC2086
  "$PY" $PIP install $options --require-hashes -r "$ROOT/requirements.lock" &&
    "$PY" $PIP install $options --no-deps --no-build-isolation -e "$ROOT"
}

make_environment() {
  [ -w "$ROOT" ] || die "the checkout $ROOT is not writable for you. Cure: clone it into a folder of your own."
  say "intake110: making the Python environment in $VENV (once; a minute)"
  if command -v uv >/dev/null 2>&1 && with_uv uv; then :
  elif with_pip; then :
  else die "the Python packages of requirements.lock could not be installed; the lines above say why. Cure: look at the network or at pip's index settings, then try again."
  fi
  key >"$VENV/intake110.key"
}

fresh() { [ -x "$PY" ] && [ "$(cat "$VENV/intake110.key" 2>/dev/null)" = "$(key)" ]; }

# Two scripts at once: the second waits for the first and finds the work done.
if ! fresh; then
  exec 9<"$ROOT"
  command -v flock >/dev/null && flock 9
  fresh || make_environment
  exec 9<&-
fi
