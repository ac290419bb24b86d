#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
echo "${GREETING:-Hello} from version $VERSION"
[ -z "$BACKEND" ] || echo "visits: $(timeout 2 wget -q -O - "$BACKEND" 2>/dev/null || echo unknown)"
