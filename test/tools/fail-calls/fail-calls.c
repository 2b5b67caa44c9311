/*
 * Makes system calls of a process fail with an errno of your choice (LD_PRELOAD):
 *
 *   FAIL_<call>  the errno; calls: open (opendir and mkdir included), make (files, directories, symbolic links), stat, readdir,
 *                rename, unlink, rmdir, statfs, read, write, fsync, chmod, link, bind (of Unix sockets)
 *   FAIL_PATH    only at or below this path, where the call has one or its descriptor has
 *   FAIL_FLAG    only while this file exists, so that a fault can come and go
 *   FAIL_DIRS    with fsync: only directories
 *   KILL_AT      none fails, but before the one with this number, the process is killed
 *
 * A variadic wrapper passes on six words, which is what the C library itself does for syscall(2).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(type, name) static type(*real)(); if (!real) real = (type(*)())dlsym(RTLD_NEXT, name)
#define FAIL(name, where, value) do { int e = wanted(name); if (e && (where) && fails()) { errno = e; return value; } } while (0)

static int wanted(const char *name) {
  char variable[32];
  snprintf(variable, sizeof variable, "FAIL_%s", name);
  const char *value = getenv(variable), *flag = getenv("FAIL_FLAG");
  if (!value) return 0;
  if (flag && syscall(SYS_faccessat, AT_FDCWD, flag, F_OK) != 0) return 0;
  return atoi(value);
}

static int fails(void) {
  static atomic_int calls;
  const char *at = getenv("KILL_AT");
  if (at && ++calls == atoi(at)) raise(SIGKILL);
  return !at;
}

static int under(const char *path) {
  const char *place = getenv("FAIL_PATH");
  if (!place) return 1;
  if (!path) return 0;
  size_t length = strlen(place);
  return strncmp(path, place, length) == 0 && (path[length] == 0 || path[length] == '/');
}

static int under_fd(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return 0;
  path[n] = 0;
  return path[0] == '/' && under(path);
}

/* A path as it is given to an *at call: relative to a descriptor, or by way of /proc/self/fd/N/name. */
static int under_at(int fd, const char *path) {
  int number, end = 0;
  if (!path) return 0;
  if (sscanf(path, "/proc/self/fd/%d%n", &number, &end) == 1 && end) fd = number, path += end;
  else if (path[0] == '/') return under(path);
  char link[64], full[8192];
  snprintf(link, sizeof link, fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, full, 4095);
  if (n < 0) return 0;
  snprintf(full + n, sizeof full - n, "%s%s", path[0] == '/' || path[0] == 0 ? "" : "/", path);
  return under(full);
}

static int is_directory(int fd) {
  struct stat found;
  return syscall(SYS_newfstatat, fd, "", &found, AT_EMPTY_PATH) == 0 && S_ISDIR(found.st_mode);
}

int open(const char *p, int f, ...) {
  va_list a; va_start(a, f); mode_t m = va_arg(a, int); va_end(a);
  REAL(int, "open"); FAIL("open", under_at(AT_FDCWD, p), -1); FAIL("make", f & O_CREAT && under_at(AT_FDCWD, p), -1); return real(p, f, m);
}
int open64(const char *p, int f, ...) {
  va_list a; va_start(a, f); mode_t m = va_arg(a, int); va_end(a);
  REAL(int, "open64"); FAIL("open", under_at(AT_FDCWD, p), -1); FAIL("make", f & O_CREAT && under_at(AT_FDCWD, p), -1); return real(p, f, m);
}
int openat(int d, const char *p, int f, ...) {
  va_list a; va_start(a, f); mode_t m = va_arg(a, int); va_end(a);
  REAL(int, "openat"); FAIL("open", under_at(d, p), -1); FAIL("make", f & O_CREAT && under_at(d, p), -1); return real(d, p, f, m);
}
DIR *opendir(const char *p) { REAL(DIR *, "opendir"); FAIL("open", under_at(AT_FDCWD, p), NULL); return real(p); }
int mkdir(const char *p, mode_t m) {
  REAL(int, "mkdir"); FAIL("open", under_at(AT_FDCWD, p), -1); FAIL("make", under_at(AT_FDCWD, p), -1); return real(p, m);
}
int symlink(const char *t, const char *p) { REAL(int, "symlink"); FAIL("make", under_at(AT_FDCWD, p), -1); return real(t, p); }
int rmdir(const char *p) { REAL(int, "rmdir"); FAIL("rmdir", under_at(AT_FDCWD, p), -1); return real(p); }
struct dirent64 *readdir64(DIR *d) { REAL(struct dirent64 *, "readdir64"); FAIL("readdir", under_fd(dirfd(d)), NULL); return real(d); }
int scandir64(const char *p, struct dirent64 ***n, int (*f)(const struct dirent64 *), int (*c)(const struct dirent64 **, const struct dirent64 **)) {
  REAL(int, "scandir64"); FAIL("readdir", under_at(AT_FDCWD, p), -1); return real(p, n, f, c);
}
int rename(const char *a, const char *b) { REAL(int, "rename"); FAIL("rename", under_at(AT_FDCWD, b), -1); return real(a, b); }
int unlink(const char *p) { REAL(int, "unlink"); FAIL("unlink", under_at(AT_FDCWD, p), -1); return real(p); }
int link(const char *a, const char *b) { REAL(int, "link"); FAIL("link", under_at(AT_FDCWD, b), -1); return real(a, b); }
int linkat(int d, const char *a, int e2, const char *b, int f) { REAL(int, "linkat"); FAIL("link", under_at(e2, b), -1); return real(d, a, e2, b, f); }
int statfs64(const char *p, struct statfs64 *s) { REAL(int, "statfs64"); FAIL("statfs", under_at(AT_FDCWD, p), -1); return real(p, s); }
int chmod(const char *p, mode_t m) { REAL(int, "chmod"); FAIL("chmod", under_at(AT_FDCWD, p), -1); return real(p, m); }
int fchmod(int fd, mode_t m) { REAL(int, "fchmod"); FAIL("chmod", under_fd(fd), -1); return real(fd, m); }
int fsync(int fd) { REAL(int, "fsync"); FAIL("fsync", under_fd(fd) && (!getenv("FAIL_DIRS") || is_directory(fd)), -1); return real(fd); }
int fdatasync(int fd) { REAL(int, "fdatasync"); FAIL("fsync", under_fd(fd) && !getenv("FAIL_DIRS"), -1); return real(fd); }
ssize_t read(int fd, void *b, size_t n) { REAL(ssize_t, "read"); FAIL("read", under_fd(fd), -1); return real(fd, b, n); }
ssize_t readv(int fd, const struct iovec *v, int n) { REAL(ssize_t, "readv"); FAIL("read", under_fd(fd), -1); return real(fd, v, n); }
ssize_t pread64(int fd, void *b, size_t n, off_t o) { REAL(ssize_t, "pread64"); FAIL("read", under_fd(fd), -1); return real(fd, b, n, o); }
ssize_t write(int fd, const void *b, size_t n) { REAL(ssize_t, "write"); FAIL("write", under_fd(fd), -1); return real(fd, b, n); }
ssize_t writev(int fd, const struct iovec *v, int n) { REAL(ssize_t, "writev"); FAIL("write", under_fd(fd), -1); return real(fd, v, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { REAL(ssize_t, "pwrite"); FAIL("write", under_fd(fd), -1); return real(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off_t o) { REAL(ssize_t, "pwrite64"); FAIL("write", under_fd(fd), -1); return real(fd, b, n, o); }
int bind(int s, const struct sockaddr *a, socklen_t l) { REAL(int, "bind"); FAIL("bind", a->sa_family == AF_UNIX, -1); return real(s, a, l); }
int statx(int d, const char *p, int f, unsigned m, struct statx *s) { REAL(int, "statx"); FAIL("stat", *p ? under_at(d, p) : under_fd(d), -1); return real(d, p, f, m, s); }

/* libuv calls statx(2), and some others, by number. */
long syscall(long number, ...) {
  va_list args; va_start(args, number);
  long a[6]; for (int i = 0; i < 6; i++) a[i] = va_arg(args, long);
  va_end(args);
  REAL(long, "syscall");
  if (number == SYS_statx) FAIL("stat", a[1] && *(const char *)a[1] ? under_at(a[0], (const char *)a[1]) : under_fd(a[0]), -1);
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
