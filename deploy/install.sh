#!/bin/sh
# Installs one release into a folder of its own: code, packages, database and downloads; nothing is written there after.
# Usage: deploy/install.sh FOLDER    (must not exist; needs Python 3.10 or newer with venv)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd -P)
mkdir "$1"
folder=$(cd "$1" && pwd -P)
cd "$here"
cp -R build_db.py coalition metadata.yml settings.json pyproject.toml CHANGELOG.md releases README.md LICENSE LICENSE-DATA \
  plugins sources static templates deploy "$folder"
mkdir "$folder/docs"
cp docs/audit.md "$folder/docs"
# The versions that the tests ran with. Their checksums stay out: pip takes none together with a folder of source.
sed -n 's/^\([A-Za-z0-9._-]*==[^ ]*\).*/\1/p' requirements.txt > "$folder/versions.txt"

cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint versions.txt --editable '.[fast]'
# Where it runs, nothing can be written: what Python would compile then is compiled now.
venv/bin/python -m compileall -q coalition build_db.py
venv/bin/python build_db.py
venv/bin/python build_db.py export --compressed --drawn dist
