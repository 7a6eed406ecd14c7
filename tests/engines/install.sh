#!/bin/sh
# Install what the tests in this folder run, as far as this machine can: they skip what is missing.
set -eu
folder=$1

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    packages='libreoffice-calc-nogui parallel'
    # shellcheck disable=SC2086 # several words
    apt-get install -q -y --no-install-recommends $packages >/dev/null ||
        { apt-get update -q >/dev/null &&
            apt-get install -q -y --no-install-recommends $packages >/dev/null; } ||
        echo "some of $packages are missing" >&2
fi

# Each engine has an environment of its own: what they depend on contradicts each other.
install() {
    [ -e "$folder/$1/.installed" ] && return
    python3 -m venv "$folder/$1"
    if "$folder/$1/bin/pip" install --quiet --disable-pip-version-check "$2"; then
        touch "$folder/$1/.installed"
    else
        rm -r "${folder:?}/$1"
        echo "$1 cannot be installed" >&2
    fi
}

install snakemake 'snakemake>=9,<10'
install airflow 'apache-airflow>=3,<4'
