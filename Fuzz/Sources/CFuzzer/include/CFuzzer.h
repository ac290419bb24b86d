#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop: runs the callback on inputs that it makes, as the options in `argv` say. See "Using libFuzzer as a library" of
/// its documentation.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
