#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

// What glibc declares for _GNU_SOURCE alone, and Swift imports its headers without that.
int sched_getcpu(void);
int sched_getaffinity(pid_t, size_t, cpu_set_t *);
int sched_setaffinity(pid_t, size_t, const cpu_set_t *);
int pthread_attr_setaffinity_np(pthread_attr_t *, size_t, const cpu_set_t *);

// Swift does not import functions with variable arguments.
static inline int resolve_calls_are_filtered(void) { return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 0; }
