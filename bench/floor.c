/* The floors that a compiler of YAML stands on, and the stop-watch for them.
 *
 *   floor read SITE                 opens and reads every file of the site with YAML in it
 *   floor events SITE               the same, and makes libyaml's events of it: "the scan"
 *   floor run OUT ERR COMMAND...    runs a command, its output in two files; prints what it took:
 *                                   nanoseconds, microseconds of processor time, peak KiB of memory, exit status
 *   floor version                   libyaml's
 *
 * The stop-watch is no part of the Python program since a process's peak begins with that of the one it was forked from: this one's is
 * about 1.5 MiB.
 *
 * cc -O2 -o floor floor.c -lyaml
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <yaml.h>

static struct {
    unsigned long files, bytes, events;
} total;
static unsigned char *text;
static size_t room;

static void stop(const char *what) {
    perror(what);
    exit(2);
}

static size_t contents(int folder, const char *name) {
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (file < 0) stop(name);
    size_t length = 0;
    for (;;) {
        if (room - length < 65536 && !(text = realloc(text, room = room * 2 + 262144))) stop(name);
        ssize_t more = read(file, text + length, room - length);
        if (more < 0) stop(name);
        if (more == 0) break;
        length += (size_t)more;
    }
    close(file);
    return length;
}

static void events(const char *name, size_t length) {
    yaml_parser_t parser;
    yaml_event_t event;
    if (!yaml_parser_initialize(&parser)) stop("libyaml");
    yaml_parser_set_input_string(&parser, text, length);
    for (int ended = 0; !ended; total.events++) {
        if (!yaml_parser_parse(&parser, &event)) {
            fprintf(stderr, "%s: %s\n", name, parser.problem);
            exit(1);
        }
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static int ends(const char *name, const char *with) {
    size_t length = strlen(name), end = strlen(with);
    return length > end && !strcmp(name + length - end, with);
}

/* What a build writes is JSON, and what it remembers begins with a dot: neither is input. */
static int has_yaml(const char *name) {
    return ends(name, ".yaml") || ends(name, ".yml") || ends(name, ".sls") || ends(name, ".yaml.enc");
}

static void every_file(int folder, int scan) {
    DIR *listing = fdopendir(folder);
    if (!listing) stop("opendir");
    for (struct dirent *entry; (entry = readdir(listing));) {
        if (entry->d_name[0] == '.') continue;
        if (entry->d_type == DT_DIR) {
            int inner = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (inner < 0) stop(entry->d_name);
            every_file(inner, scan);
        } else if (has_yaml(entry->d_name)) {
            size_t length = contents(folder, entry->d_name);
            total.files++;
            total.bytes += length;
            if (scan) events(entry->d_name, length);
        }
    }
    closedir(listing);
}

static int site(const char *path, int scan) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) stop(path);
    every_file(folder, scan);
    printf("%lu %lu %lu\n", total.files, total.bytes, total.events);
    return 0;
}

static int fresh(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) stop(path);
    return file;
}

static int run(char **words) {
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC), out = fresh(words[0]), err = fresh(words[1]), status;
    struct timespec start, end;
    struct rusage use;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = vfork();
    if (child < 0) stop("vfork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(null, 0);
        dup2(out, 1);
        dup2(err, 2);
        execvp(words[2], words + 2);
        _exit(127);
    }
    if (wait4(child, &status, 0, &use) < 0) stop("wait4");
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%lld %lld %ld %d\n", (end.tv_sec - start.tv_sec) * 1000000000LL + end.tv_nsec - start.tv_nsec,
           (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000LL + use.ru_utime.tv_usec + use.ru_stime.tv_usec, use.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}

int main(int count, char **words) {
    if (count == 3 && !strcmp(words[1], "read")) return site(words[2], 0);
    if (count == 3 && !strcmp(words[1], "events")) return site(words[2], 1);
    if (count > 4 && !strcmp(words[1], "run")) return run(words + 2);
    if (count == 2 && !strcmp(words[1], "version")) return puts(yaml_get_version_string()) < 0;
    fprintf(stderr, "usage: floor read|events SITE | run OUT ERR COMMAND... | version\n");
    return 64;
}
