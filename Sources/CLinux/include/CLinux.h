#ifndef CLINUX_H
#define CLINUX_H

/// Keeps the memory of this process out of core dumps and away from debuggers of the same user (prctl(2), PR_SET_DUMPABLE).
/// Gives 0, or -1 with errno.
int linux_keep_memory_private(void);

#endif
