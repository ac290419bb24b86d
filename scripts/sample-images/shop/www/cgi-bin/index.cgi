#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
echo "shop $VERSION"
echo "orders: $(database-client COUNT orders | sed 's/^OK //')"
