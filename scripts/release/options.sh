# How users get the product; sourced by build-release and function-order after lib.sh.
#
# Start-up and memory follow the number of pages that a command touches. So each function is a section of its own, what nothing
# calls is left out, equal functions are folded, and those that everyday commands run lie side by side (function-order.gz).
# Relocations are packed (needs glibc 2.36), and nothing is exported.
mkdir -p "$REPO/.build"
gzip -dc "$SCRIPTS/release/function-order.gz" >"$REPO/.build/function-order"
release_options=(
  -c release --product slipway --static-swift-stdlib
  -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections
  -Xswiftc -use-ld=lld
  -Xlinker --gc-sections -Xlinker --icf=all -Xlinker --no-export-dynamic
  -Xlinker -z -Xlinker pack-relative-relocs
  -Xlinker "--symbol-ordering-file=$REPO/.build/function-order" -Xlinker --no-warn-symbol-ordering
)
