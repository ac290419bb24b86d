#!/bin/sh
# One byte a visit: an append is atomic, so visits at the same time are all counted.
printf . >>/tmp/visits
printf 'Content-Type: text/plain\r\n\r\n%s\n' "$(wc -c </tmp/visits)"
