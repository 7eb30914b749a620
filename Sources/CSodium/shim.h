#include <sodium.h>
#include <sys/prctl.h>

// Swift does not import functions with variable arguments.
static inline int resolve_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
