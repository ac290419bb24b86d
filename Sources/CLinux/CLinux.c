#include "CLinux.h"

#include <sys/prctl.h>

int linux_keep_memory_private(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
