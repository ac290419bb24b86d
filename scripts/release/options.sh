# How users get the product; sourced by build-release and function-order after lib.sh.
#
# Start-up and memory follow the number of pages that a command touches. So each function is a section of its own, what nothing
# calls is left out, equal functions are folded, and those that everyday commands run lie side by side (function-order.gz).
# Relocations are packed (needs glibc 2.36), and nothing is exported. The program has a fixed place in memory: otherwise half of the
# pages that a short command touches are those of its own tables of addresses (decision 0009).
mkdir -p "$REPO/.build"
# Named after its content: a list of the same name would not make SwiftPM link again.
release_order=$REPO/.build/function-order-$(sha256sum "$SCRIPTS/release/function-order.gz" | cut -c 1-12)
gzip -dc "$SCRIPTS/release/function-order.gz" >"$release_order"
# The C++ library is inside too: a shared one takes half a millisecond of each start.
release_static=$REPO/.build/static-libraries
mkdir -p "$release_static"
ln -sf "$(gcc -print-file-name=libstdc++.a)" "$release_static/libstdc++.a"
ln -sf "$(gcc -print-file-name=libgcc_eh.a)" "$release_static/libgcc_s.a"
release_options=(
  -c release --product slipway --static-swift-stdlib
  -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections
  -Xswiftc -use-ld=lld
  -Xlinker --gc-sections -Xlinker --icf=all -Xlinker --no-export-dynamic
  -Xlinker -z -Xlinker pack-relative-relocs -Xlinker -no-pie
  -Xlinker "-L$release_static"
  -Xlinker "--symbol-ordering-file=$release_order" -Xlinker --no-warn-symbol-ordering
)
