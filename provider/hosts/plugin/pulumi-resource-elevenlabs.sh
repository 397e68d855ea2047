#!/bin/sh
# The engine starts this file. It may be called through a link.
file=$0
while [ -h "$file" ]; do
  target=$(readlink "$file")
  case $target in
  /*) file=$target ;;
  *) file=$(dirname "$file")/$target ;;
  esac
done
command -v node >/dev/null || {
  echo "The plugin elevenlabs requires Node.js 22 or newer on the PATH: https://nodejs.org" >&2
  exit 1
}
exec node "$(dirname "$file")/pulumi-resource-elevenlabs.js" "$@"
