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
exec node "$(dirname "$file")/pulumi-resource-elevenlabs.js" "$@"
