#include "CSSH.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// The library's functions: RESULT(type, name, (parameters), (arguments)), and NOTHING for those that return nothing.
#define FUNCTIONS(RESULT, NOTHING) \
  RESULT(ssh_session, ssh_new, (void), ()) \
  NOTHING(ssh_free, (ssh_session s), (s)) \
  RESULT(int, ssh_connect, (ssh_session s), (s)) \
  NOTHING(ssh_disconnect, (ssh_session s), (s)) \
  NOTHING(ssh_silent_disconnect, (ssh_session s), (s)) \
  RESULT(int, ssh_is_connected, (ssh_session s), (s)) \
  RESULT(socket_t, ssh_get_fd, (ssh_session s), (s)) \
  RESULT(int, ssh_get_poll_flags, (ssh_session s), (s)) \
  RESULT(const char *, ssh_get_error, (void *s), (s)) \
  NOTHING(ssh_set_blocking, (ssh_session s, int blocking), (s, blocking)) \
  NOTHING(ssh_set_counters, (ssh_session s, ssh_counter socket, ssh_counter raw), (s, socket, raw)) \
  RESULT(int, ssh_set_agent_socket, (ssh_session s, socket_t agent), (s, agent)) \
  RESULT(const char *, ssh_version, (int required), (required)) \
  RESULT(int, ssh_options_set, (ssh_session s, enum ssh_options_e type, const void *value), (s, type, value)) \
  RESULT(int, ssh_send_keepalive, (ssh_session s), (s)) \
  RESULT(int, ssh_get_server_publickey, (ssh_session s, ssh_key *key), (s, key)) \
  RESULT(int, ssh_userauth_none, (ssh_session s, const char *user), (s, user)) \
  RESULT(int, ssh_userauth_list, (ssh_session s, const char *user), (s, user)) \
  RESULT(int, ssh_userauth_publickey, (ssh_session s, const char *user, const ssh_key key), (s, user, key)) \
  RESULT(int, ssh_userauth_agent, (ssh_session s, const char *user), (s, user)) \
  RESULT(int, ssh_userauth_password, (ssh_session s, const char *user, const char *password), (s, user, password)) \
  RESULT(int, ssh_userauth_kbdint, (ssh_session s, const char *user, const char *methods), (s, user, methods)) \
  RESULT(int, ssh_userauth_kbdint_getnprompts, (ssh_session s), (s)) \
  RESULT(const char *, ssh_userauth_kbdint_getprompt, (ssh_session s, unsigned int index, char *echo), (s, index, echo)) \
  RESULT(int, ssh_userauth_kbdint_setanswer, (ssh_session s, unsigned int index, const char *answer), (s, index, answer)) \
  NOTHING(ssh_key_free, (ssh_key key), (key)) \
  RESULT(int, ssh_pki_generate, (enum ssh_keytypes_e type, int parameter, ssh_key *key), (type, parameter, key)) \
  RESULT(int, ssh_pki_import_privkey_base64, \
         (const char *text, const char *phrase, ssh_auth_callback ask, void *data, ssh_key *key), (text, phrase, ask, data, key)) \
  RESULT(int, ssh_pki_export_privkey_base64, \
         (const ssh_key key, const char *phrase, ssh_auth_callback ask, void *data, char **text), (key, phrase, ask, data, text)) \
  RESULT(int, ssh_pki_export_privkey_to_pubkey, (const ssh_key key, ssh_key *public), (key, public)) \
  RESULT(int, ssh_pki_export_pubkey_base64, (const ssh_key key, char **text), (key, text)) \
  NOTHING(ssh_string_free_char, (char *text), (text)) \
  RESULT(ssh_event, ssh_event_new, (void), ()) \
  NOTHING(ssh_event_free, (ssh_event e), (e)) \
  RESULT(int, ssh_event_add_session, (ssh_event e, ssh_session s), (e, s)) \
  RESULT(int, ssh_event_remove_session, (ssh_event e, ssh_session s), (e, s)) \
  RESULT(int, ssh_event_dopoll, (ssh_event e, int milliseconds), (e, milliseconds)) \
  RESULT(ssh_channel, ssh_channel_new, (ssh_session s), (s)) \
  NOTHING(ssh_channel_free, (ssh_channel c), (c)) \
  RESULT(int, ssh_channel_open_session, (ssh_channel c), (c)) \
  RESULT(int, ssh_channel_open_forward, (ssh_channel c, const char *host, int port, const char *from, int local), \
         (c, host, port, from, local)) \
  RESULT(int, ssh_channel_open_forward_unix, (ssh_channel c, const char *path, const char *from, int local), (c, path, from, local)) \
  RESULT(int, ssh_channel_request_exec, (ssh_channel c, const char *line), (c, line)) \
  RESULT(int, ssh_channel_request_subsystem, (ssh_channel c, const char *name), (c, name)) \
  RESULT(int, ssh_channel_send_eof, (ssh_channel c), (c)) \
  RESULT(int, ssh_channel_poll, (ssh_channel c, int stream), (c, stream)) \
  RESULT(int, ssh_channel_read_nonblocking, (ssh_channel c, void *bytes, uint32_t count, int stream), (c, bytes, count, stream)) \
  RESULT(int, ssh_channel_write, (ssh_channel c, const void *bytes, uint32_t count), (c, bytes, count)) \
  RESULT(uint32_t, ssh_channel_window_size, (ssh_channel c), (c)) \
  RESULT(int, ssh_set_channel_callbacks, (ssh_channel c, ssh_channel_callbacks callbacks), (c, callbacks)) \
  RESULT(int, ssh_remove_channel_callbacks, (ssh_channel c, ssh_channel_callbacks callbacks), (c, callbacks))

#define POINTER(type, name, parameters, arguments) type(*name) parameters;
#define POINTER_OF_NOTHING(name, parameters, arguments) void(*name) parameters;
static struct { FUNCTIONS(POINTER, POINTER_OF_NOTHING) } library;

#define CALL(type, name, parameters, arguments) type name parameters { return library.name arguments; }
#define CALL_NOTHING(name, parameters, arguments) void name parameters { library.name arguments; }
FUNCTIONS(CALL, CALL_NOTHING)

static char failure[512];

// OpenSSL frees what all its users share when the process exits, also while a thread still carries a session: that would crash there. It
// asks only when it is used first (OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT), and libssh's loading uses it.
static void keep_openssl(void) {
  static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    void *handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) continue;
    int (*init)(uint64_t options, const void *settings) = NULL;
    if ((*(void **)&init = dlsym(handle, "OPENSSL_init_crypto")) != NULL) init(0x00080000, NULL);
    return;
  }
}

static void load(void) {
  keep_openssl();
  // The one name that all versions since 0.8 have. DEEPBIND: the library's calls to its own functions must not meet those above.
  void *handle = dlopen("libssh.so.4", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (handle == NULL) {
    snprintf(failure, sizeof failure, "%s", dlerror());
    return;
  }
#define FIND(name) \
  if ((*(void **)&library.name = dlsym(handle, #name)) == NULL) { \
    snprintf(failure, sizeof failure, "libssh.so.4 has no %s: it is older than 0.10", #name); \
    return; \
  }
#define FIND_RESULT(type, name, parameters, arguments) FIND(name)
#define FIND_NOTHING(name, parameters, arguments) FIND(name)
  FUNCTIONS(FIND_RESULT, FIND_NOTHING)
  // Before it, servers could cut the first messages off unseen (CVE-2023-48795).
  if (library.ssh_version(SSH_VERSION_INT(0, 10, 6)) == NULL)
    snprintf(failure, sizeof failure, "libssh.so.4 is version %s: it is older than 0.10.6", library.ssh_version(0));
}

const char *cssh_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return failure[0] == 0 ? NULL : failure;
}
