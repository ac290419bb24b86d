#!/bin/sh
# Configs as they are, of secrets the length only.
printf 'Content-Type: text/plain\r\n\r\n'
for file in /etc/vault/*; do
  [ -f "$file" ] || continue
  echo "config $(basename "$file"):"
  sed 's/^/  /' "$file"
  echo
done
for file in /run/secrets/*; do
  [ -f "$file" ] || continue
  echo "secret $(basename "$file"): $(wc -c <"$file") bytes, mode $(stat -c %a "$file")"
done
