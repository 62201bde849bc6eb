/* A disk that fails: preloaded, it makes write and fsync of some files fail as a full or a broken disk does.

   TORTURE_DISK_FILES   part of the path of the files meant, such as desk.db
   TORTURE_DISK_ERRNO   the error of a failing call, as a number
   TORTURE_DISK_WELL    a file; once it is there, nothing fails any more
   TORTURE_DISK_LOG     a file in which each failure leaves one byte

   One call fails, then 1 may pass, one fails, then 2 may pass, and so on to 40 and again from 1: so each write of a
   transaction is met, whichever place it has in it. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long pass = 0, gap = 0;

static int meant(int fd) {
    const char *part = getenv("TORTURE_DISK_FILES");
    char link[64], path[4096];
    if (part == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return strstr(path, part) != NULL;
}

static int fails(int fd) {
    int saved = errno, now = 0;
    if (meant(fd)) {
        pthread_mutex_lock(&lock);
        if (access(getenv("TORTURE_DISK_WELL"), F_OK) != 0 && pass-- <= 0) {
            now = 1;
            gap = gap % 40 + 1;
            pass = gap;
        }
        pthread_mutex_unlock(&lock);
    }
    errno = saved;
    if (now) {
        const char *log = getenv("TORTURE_DISK_LOG");
        int out = log ? open(log, O_WRONLY | O_APPEND | O_CREAT, 0666) : -1;
        if (out >= 0) {
            ssize_t (*plain)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
            if (plain(out, ".", 1)) {}
            close(out);
        }
        errno = atoi(getenv("TORTURE_DISK_ERRNO"));
    }
    return now;
}

#define WRAP(type, name, arguments, call)                          \
    type name arguments {                                          \
        static type(*real) arguments = NULL;                       \
        if (real == NULL) real = dlsym(RTLD_NEXT, #name);          \
        if (fails(fd)) return -1;                                  \
        return real call;                                          \
    }

WRAP(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
WRAP(ssize_t, writev, (int fd, const struct iovec *data, int count), (fd, data, count))
WRAP(ssize_t, pwritev, (int fd, const struct iovec *data, int count, off_t at), (fd, data, count, at))
WRAP(ssize_t, pwritev64, (int fd, const struct iovec *data, int count, off64_t at), (fd, data, count, at))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, ftruncate64, (int fd, off64_t size), (fd, size))
