// libssh's own declarations. The functions that Slipway calls are defined in CSSH.c: they find the library when it is first
// needed, because loading it with every start would cost each command two milliseconds (docs/decisions/0012).
#ifndef SLIPWAY_CSSH_H
#define SLIPWAY_CSSH_H

#include <libssh/libssh.h>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <sys/socket.h>

// Loads the library once; NULL when it is there, else why it is not, as the system says it. May be called from any thread.
// Nothing else may be called before it was.
const char *cssh_load(void);

#endif
