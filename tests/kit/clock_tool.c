/*
 * The judge's own hands on the clocks: shares no code with rptp.
 *
 *   clock_tool sample HZ SECONDS   lines "RAW REAL WIDTH" (ns), the narrowest of 7 brackets each
 *   clock_tool guard LOCKFILE SECONDS
 *                                  takes the lock (waits for it that long, then exits 1), captures
 *                                  the clock, prints "ready RAW REAL FREQ TICK STATUS TAI", waits
 *                                  for the end of stdin, restores, prints "restored RESIDUAL"; the
 *                                  end of the parent ends stdin as well.
 *                                  Without the right to set the clock it only holds the lock
 *   clock_tool freq PPB            sets the frequency word, and the tick to 10000
 *   clock_tool step NS             steps by NS (signed)
 *   clock_tool show                prints "FREQ_PPB TICK STATUS TAI"
 *   clock_tool may                 exit 0 where the system clock may be set
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#ifndef ADJ_SETOFFSET
#define ADJ_SETOFFSET 0x0100
#endif

static volatile sig_atomic_t stopped;

static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static int64_t now(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t capture(int64_t *raw, int64_t *real) {
  int64_t best = INT64_MAX;
  for (int i = 0; i < 7; i++) {
    int64_t before = now(CLOCK_MONOTONIC_RAW);
    int64_t middle = now(CLOCK_REALTIME);
    int64_t after = now(CLOCK_MONOTONIC_RAW);
    if (after - before >= best) continue;
    best = after - before;
    *raw = before + best / 2;
    *real = middle;
  }
  return best;
}

static int adjust(struct timex *t, const char *what) {
  int result = clock_adjtime(CLOCK_REALTIME, t);
  if (result < 0) fprintf(stderr, "clock_tool: %s: %s\n", what, strerror(errno));
  return result;
}

static int step(int64_t ns) {
  struct timex t = {.modes = ADJ_SETOFFSET | ADJ_NANO};
  int64_t seconds = ns / 1000000000, rest = ns % 1000000000;
  if (rest < 0) {
    rest += 1000000000;
    seconds--;
  }
  t.time.tv_sec = seconds;
  t.time.tv_usec = rest;
  int result = adjust(&t, "step");
  struct timex micro = {.modes = ADJ_MICRO};
  adjust(&micro, "unit");
  return result;
}

static int sample(double hz, double seconds) {
  static char buffer[1 << 16];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  int64_t period = (int64_t)(1e9 / hz);
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  int64_t count = (int64_t)(seconds * hz);
  for (int64_t i = 0; i < count && !stopped; i++) {
    int64_t raw = 0, real = 0;
    int64_t width = capture(&raw, &real);
    printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", raw, real, width);
    if (i % 20 == 0) fflush(stdout);
    int64_t due = (int64_t)next.tv_nsec + period;
    next.tv_sec += due / 1000000000;
    next.tv_nsec = due % 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
  fflush(stdout);
  return 0;
}

/* What CLOCK_REALTIME would show had nobody touched it since the capture (RAW, REAL, FREQ, TICK). */
static int64_t untouched(int64_t raw, int64_t raw0, int64_t real0, long freq, long tick) {
  double rate = (double)tick / 10000.0 - 1.0 + (double)freq / 65536e6;
  return real0 + (raw - raw0) + (int64_t)((double)(raw - raw0) * rate);
}

static int guard(const char *lockfile, int patience) {
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  /* First as it is: in /tmp not even root may open with O_CREAT what another user made. */
  int lock = open(lockfile, O_RDONLY | O_CLOEXEC);
  if (lock < 0) lock = open(lockfile, O_CREAT | O_RDONLY | O_CLOEXEC, 0644);
  struct sigaction give_up = {.sa_handler = stop};
  sigaction(SIGALRM, &give_up, NULL);
  alarm((unsigned)patience);
  if (lock < 0 || flock(lock, LOCK_EX) < 0) {
    if (!stopped) perror(lockfile);
    else fprintf(stderr, "%s: another process has had the clock for %d s\n", lockfile, patience);
    return 1;
  }
  alarm(0);
  struct timex saved = {0};
  if (adjust(&saved, "read") < 0) return 1;
  struct timex same = {.modes = ADJ_FREQUENCY, .freq = saved.freq};
  int is_lock_only = clock_adjtime(CLOCK_REALTIME, &same) < 0;
  int64_t raw0 = 0, real0 = 0, raw = 0, real = 0;
  capture(&raw0, &real0);
  printf("ready %" PRId64 " %" PRId64 " %ld %ld %d %d\n", raw0, real0, saved.freq, saved.tick,
         saved.status, saved.tai);
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0 || errno == EINTR) errno = 0;
  if (is_lock_only) {
    printf("restored 0\n");
    return 0;
  }
  struct timex back = {.modes = ADJ_FREQUENCY | ADJ_TICK | ADJ_STATUS | ADJ_MICRO};
  back.freq = saved.freq;
  back.tick = saved.tick;
  back.status = saved.status & ~(STA_NANO | STA_CLOCKERR | STA_MODE | STA_CLK);
  if (adjust(&back, "restore") < 0) return 1;
  struct timex tai = {.modes = ADJ_TAI};
  tai.constant = saved.tai;
  adjust(&tai, "restore TAI");
  for (int i = 0; i < 3; i++) {
    capture(&raw, &real);
    int64_t residual = real - untouched(raw, raw0, real0, saved.freq, saved.tick);
    if (residual < 300 && residual > -300) break;
    if (step(-residual) < 0) return 1;
  }
  capture(&raw, &real);
  printf("restored %" PRId64 "\n", real - untouched(raw, raw0, real0, saved.freq, saved.tick));
  fflush(stdout);
  return 0;
}

static int set_frequency(double ppb) {
  struct timex t = {.modes = ADJ_FREQUENCY | ADJ_TICK, .tick = 10000};
  t.freq = (long)(ppb * 65.536 + (ppb < 0 ? -0.5 : 0.5));
  return adjust(&t, "freq") < 0;
}

static int may(void) {
  struct timex t = {0};
  if (clock_adjtime(CLOCK_REALTIME, &t) < 0) return 1;
  t.modes = ADJ_FREQUENCY;
  return clock_adjtime(CLOCK_REALTIME, &t) < 0;
}

static int show(void) {
  struct timex t = {0};
  if (adjust(&t, "read") < 0) return 1;
  printf("%.3f %ld %d %d\n", (double)t.freq / 65.536, t.tick, t.status, t.tai);
  return 0;
}

int main(int count, char **arguments) {
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  const char *verb = count > 1 ? arguments[1] : "";
  if (!strcmp(verb, "sample") && count == 4) return sample(atof(arguments[2]), atof(arguments[3]));
  if (!strcmp(verb, "guard") && count == 4) return guard(arguments[2], atoi(arguments[3]));
  if (!strcmp(verb, "freq") && count == 3) return set_frequency(atof(arguments[2]));
  if (!strcmp(verb, "step") && count == 3) return step(atoll(arguments[2])) < 0;
  if (!strcmp(verb, "show")) return show();
  if (!strcmp(verb, "may")) return may();
  fprintf(stderr, "clock_tool: sample HZ SECONDS | guard LOCKFILE SECONDS | freq PPB | step NS | show | may\n");
  return 2;
}
