/*
 * Load on a PTP grandmaster: Delay_Req of many slaves, and one flooder if asked for.
 *
 *   ptp_load requests key=value ...
 *     local=10.77.0.2      our address, that of the interface to use
 *     rate=1000            Delay_Req a second, of all polite slaves together
 *     identities=1000      polite slaves; they take turns
 *     base=0.0.0.0         first of as many source addresses (AnyIP), one for each slave; 0: local
 *     flood=0              Delay_Req a second of one flooder besides
 *     floodBase=0.0.0.0   its source address
 *     floodIds=1          identities the flooder pretends to have
 *     seconds=5
 *
 * Prints one line of key=value: what was sent and answered, round trips in microseconds from the
 * send call to the kernel's stamp of the answer, and what this program's own socket dropped.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define LENGTH 44
#define POLITE 0xaa000000u
#define FLOODER 0xbb000000u

static const char *option(int argc, char **argv, const char *name, const char *fallback) {
  size_t n = strlen(name);
  for (int k = 2; k < argc; k++)
    if (strncmp(argv[k], name, n) == 0 && argv[k][n] == '=') return argv[k] + n + 1;
  return fallback;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int set(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value);
}

static int open_socket(uint16_t port, struct in_addr local) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct ip_mreqn group = {.imr_address = local};
  if (fd < 0) fail("socket");
  set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
  set(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
  set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20);
  set(fd, SOL_SOCKET, SO_SNDBUFFORCE, 8 << 20);
  if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0) fail("bind");
  if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof group) < 0) fail("interface");
  return fd;
}

static int64_t total, flood_total, identities;
static int64_t *sent_at;    /* of request n; 0 where it was not sent */
static uint32_t *round_trip; /* nanoseconds + 1; 0 where it was not answered */
static int64_t answered, duplicates, flood_answered, strays, own_drops;
static volatile int is_over;
static int general;

static void take(const uint8_t *m, int64_t at) {
  uint32_t low = (uint32_t)m[48] << 24 | m[49] << 16 | m[50] << 8 | m[51];
  if ((m[0] & 15) != 9) return;
  if ((low & 0xff000000u) == FLOODER) {
    flood_answered++;
    return;
  }
  if ((low & 0xff000000u) != POLITE) {
    strays++;
    return;
  }
  int64_t n = (low & 0xffffff) + identities * (m[30] << 8 | m[31]);
  if (n >= total || sent_at[n] == 0) strays++;
  else if (round_trip[n] != 0) duplicates++;
  else {
    int64_t took = at - sent_at[n];
    round_trip[n] = took < 1 ? 1 : took > 4000000000LL ? 4000000000u : (uint32_t)took;
    answered++;
  }
}

/* Receives answers until nothing comes any more. */
static void *receive(void *unused) {
  static uint8_t octets[BATCH][256], control[BATCH][128];
  struct mmsghdr m[BATCH];
  struct iovec v[BATCH];
  struct timeval patience = {.tv_usec = 300000};
  (void)unused;
  setsockopt(general, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  for (;;) {
    for (int k = 0; k < BATCH; k++) {
      v[k] = (struct iovec){octets[k], sizeof octets[k]};
      m[k].msg_hdr = (struct msghdr){
          .msg_iov = &v[k], .msg_iovlen = 1, .msg_control = control[k], .msg_controllen = 128};
    }
    int n = recvmmsg(general, m, BATCH, MSG_WAITFORONE, NULL);
    if (n <= 0) {
      if (is_over) return NULL;
      continue;
    }
    for (int k = 0; k < n; k++) {
      int64_t at = now();
      for (struct cmsghdr *c = CMSG_FIRSTHDR(&m[k].msg_hdr); c; c = CMSG_NXTHDR(&m[k].msg_hdr, c)) {
        if (c->cmsg_type == SO_TIMESTAMPNS) {
          struct timespec t;
          memcpy(&t, CMSG_DATA(c), sizeof t);
          at = t.tv_sec * 1000000000LL + t.tv_nsec;
        } else if (c->cmsg_type == SO_RXQ_OVFL) {
          own_drops = *(uint32_t *)CMSG_DATA(c);
        }
      }
      if (m[k].msg_len >= 54) take(octets[k], at);
    }
  }
}

struct stream {
  double rate;
  int64_t sent, limit, ids;
  uint32_t mark;
  struct in_addr base;
  int is_spread;
};

static uint8_t frames[BATCH][LENGTH];
static char controls[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];

static void prepare(struct stream *s, int64_t n, int k, struct msghdr *h) {
  uint8_t *f = frames[k];
  uint32_t low = s->mark | (uint32_t)(n % s->ids);
  int64_t sequence = n / s->ids;
  f[24] = low >> 24, f[25] = low >> 16, f[26] = low >> 8, f[27] = low;
  f[30] = sequence >> 8, f[31] = sequence;
  h->msg_control = NULL;
  h->msg_controllen = 0;
  if (s->base.s_addr == 0) return;
  struct in_pktinfo info = {.ipi_spec_dst.s_addr =
                                htonl(ntohl(s->base.s_addr) + (s->is_spread ? n % s->ids : 0))};
  h->msg_control = controls[k];
  h->msg_controllen = sizeof controls[k];
  struct cmsghdr *c = (struct cmsghdr *)controls[k];
  *c = (struct cmsghdr){CMSG_LEN(sizeof info), IPPROTO_IP, IP_PKTINFO};
  memcpy(CMSG_DATA(c), &info, sizeof info);
}

/* Sends what is due of a stream, at most a batch; true where something was. */
static int advance(struct stream *s, int fd, int64_t start, struct mmsghdr *m) {
  int64_t at = now();
  int64_t due = (int64_t)((at - start) * 1e-9 * s->rate);
  if (due > s->limit) due = s->limit;
  int n = due - s->sent > BATCH ? BATCH : (int)(due - s->sent);
  if (n <= 0) return 0;
  for (int k = 0; k < n; k++) {
    prepare(s, s->sent + k, k, &m[k].msg_hdr);
    if (s->mark == POLITE) sent_at[s->sent + k] = at;
  }
  for (int done = 0; done < n;) {
    int r = sendmmsg(fd, m + done, n - done, 0);
    if (r < 0 && errno != EINTR && errno != ENOBUFS) fail("sendmmsg");
    if (r > 0) done += r;
  }
  s->sent += n;
  return 1;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
  struct in_addr local, base, floodBase;
  inet_aton(option(argc, argv, "local", "10.77.0.2"), &local);
  inet_aton(option(argc, argv, "base", "0.0.0.0"), &base);
  inet_aton(option(argc, argv, "floodBase", "0.0.0.0"), &floodBase);
  double seconds = atof(option(argc, argv, "seconds", "5"));
  double rate = atof(option(argc, argv, "rate", "1000"));
  double flood = atof(option(argc, argv, "flood", "0"));
  identities = atoll(option(argc, argv, "identities", "1000"));
  total = (int64_t)(rate * seconds);
  flood_total = (int64_t)(flood * seconds);
  sent_at = calloc(total + 1, sizeof *sent_at);
  round_trip = calloc(total + 1, sizeof *round_trip);
  struct stream polite = {rate, 0, total, identities, POLITE, base, 1};
  struct stream flooder = {flood, 0, flood_total, atoll(option(argc, argv, "floodIds", "1")),
                           FLOODER, floodBase, 0};

  int event = open_socket(319, local);
  general = open_socket(320, local);
  struct ip_mreqn group = {.imr_address = local};
  inet_aton("224.0.1.129", &group.imr_multiaddr);
  if (setsockopt(general, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) < 0) fail("join");

  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(319)};
  inet_aton("224.0.1.129", &to.sin_addr);
  struct mmsghdr m[BATCH];
  struct iovec v[BATCH];
  for (int k = 0; k < BATCH; k++) {
    uint8_t head[LENGTH] = {1, 2, 0, LENGTH};
    head[20] = 2, head[23] = 0xff, head[29] = 1, head[32] = 1, head[33] = 0x7f;
    memcpy(frames[k], head, LENGTH);
    v[k] = (struct iovec){frames[k], LENGTH};
    m[k].msg_hdr = (struct msghdr){
        .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &v[k], .msg_iovlen = 1};
  }

  pthread_t receiver;
  pthread_create(&receiver, NULL, receive, NULL);
  int64_t start = now();
  while (polite.sent < total || flooder.sent < flood_total) {
    int did = advance(&polite, event, start, m);
    if (flood > 0) did |= advance(&flooder, event, start, m);
    if (!did) {
      struct timespec pause = {.tv_nsec = 50000};
      nanosleep(&pause, NULL);
    }
  }
  double took = (now() - start) * 1e-9;
  is_over = 1;
  pthread_join(receiver, NULL);

  int64_t count = 0;
  for (int64_t n = 0; n < total; n++)
    if (round_trip[n] != 0) round_trip[count++] = round_trip[n];
  qsort(round_trip, count, sizeof *round_trip, ascending);
  double p50 = count ? round_trip[count / 2] * 1e-3 : 0;
  double p99 = count ? round_trip[count - 1 - count / 100] * 1e-3 : 0;
  printf("sent=%lld answered=%lld duplicates=%lld strays=%lld flood_sent=%lld flood_answered=%lld "
         "p50=%.0f p99=%.0f took=%.3f own_drops=%lld\n",
         (long long)polite.sent, (long long)answered, (long long)duplicates, (long long)strays,
         (long long)flooder.sent, (long long)flood_answered, p50, p99, took, (long long)own_drops);
  return 0;
}
