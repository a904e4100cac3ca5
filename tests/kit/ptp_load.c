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
 *   ptp_load unicast key=value ...
 *     local=10.77.0.2      our address; server=10.77.0.1 the grandmaster's
 *     slaves=1000          slaves that negotiate, from the addresses base, base + 1 ...
 *     base=10.78.1.0       (AnyIP)
 *     log=-3               period of Sync and Delay_Resp asked for
 *     seconds=5            measured, once everything is granted or cannot be had
 *
 * Prints one line of key=value: what was sent and answered, round trips in microseconds from the
 * send call to the kernel's stamp of the answer, and what this program's own socket dropped.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
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

/* One slave that has negotiated. */
#define RING 16
struct slave {
  uint8_t granted; /* bits: 1 Announce, 2 Sync, 4 Delay_Resp */
  int64_t syncs, follow_ups;
  struct {
    uint16_t id;
    int64_t at; /* arrival of the Sync */
    int64_t t1; /* of its Follow_Up, which may come first */
    int64_t follow_up_at;
  } ring[RING];
};

static struct slave *slaves;
static int64_t slave_count, announces, grants, refusals, pairs, most_pairs;
static uint32_t first_address;
static volatile int is_measuring;
static int sockets[2];
/* Nanoseconds from Sync to Follow_Up, and from t1 to the Sync's arrival but for whole seconds. */
static uint32_t *lag, *residual;

static void pair_up(struct slave *s, int k) {
  if (s->ring[k].at == 0 || s->ring[k].t1 == 0) return;
  int64_t late = s->ring[k].follow_up_at - s->ring[k].at;
  int64_t off = (s->ring[k].at - s->ring[k].t1) % 1000000000LL;
  if (off < 0) off += 1000000000LL;
  if (off > 500000000LL) off = 1000000000LL - off;
  if (is_measuring && pairs < most_pairs) {
    lag[pairs] = late < 0 ? 0 : (uint32_t)late;
    residual[pairs++] = (uint32_t)off;
  }
  s->ring[k].at = s->ring[k].t1 = 0;
}

static void take_grants(struct slave *s, const uint8_t *m, int length) {
  for (int t = 44; t + 12 <= length; t += 4 + (m[t + 2] << 8 | m[t + 3])) {
    if ((m[t] << 8 | m[t + 1]) != 5) continue;
    int bit = (m[t + 4] >> 4) == 11 ? 1 : (m[t + 4] >> 4) == 0 ? 2 : 4;
    if ((m[t + 6] | m[t + 7] | m[t + 8] | m[t + 9]) == 0) refusals++;
    else if (!(s->granted & bit)) grants++, s->granted |= bit;
  }
}

static void take_unicast(const uint8_t *m, int length, uint32_t to, int64_t at) {
  uint32_t n = to - first_address;
  if (n >= slave_count || length < 44) return;
  struct slave *s = &slaves[n];
  uint16_t id = m[30] << 8 | m[31];
  int k = id % RING, type = m[0] & 15;
  if (type == 12) take_grants(s, m, length);
  if (type == 11 && is_measuring) announces++;
  if (type != 0 && type != 8) return;
  if (s->ring[k].id != id) s->ring[k].at = s->ring[k].t1 = 0;
  s->ring[k].id = id;
  if (type == 0) {
    if (is_measuring) s->syncs++;
    s->ring[k].at = at;
  } else {
    int64_t seconds = (uint32_t)m[36] << 24 | m[37] << 16 | m[38] << 8 | m[39];
    int64_t nanos = (uint32_t)m[40] << 24 | m[41] << 16 | m[42] << 8 | m[43];
    if (is_measuring) s->follow_ups++;
    s->ring[k].t1 = seconds * 1000000000LL + nanos;
    s->ring[k].follow_up_at = at;
  }
  pair_up(s, k);
}

/* Receives on both sockets, in one thread, so that nothing need be locked. */
static void *receive_unicast(void *unused) {
  static uint8_t octets[BATCH][512], control[BATCH][192];
  struct mmsghdr m[BATCH];
  struct iovec v[BATCH];
  struct pollfd fds[2] = {{sockets[0], POLLIN, 0}, {sockets[1], POLLIN, 0}};
  uint32_t drops[2] = {0, 0};
  (void)unused;
  while (!is_over) {
    poll(fds, 2, 100);
    for (int f = 0; f < 2; f++) {
      for (int k = 0; k < BATCH; k++) {
        v[k] = (struct iovec){octets[k], sizeof octets[k]};
        m[k].msg_hdr = (struct msghdr){
            .msg_iov = &v[k], .msg_iovlen = 1, .msg_control = control[k], .msg_controllen = 192};
      }
      int n = recvmmsg(sockets[f], m, BATCH, MSG_DONTWAIT, NULL);
      for (int k = 0; k < n; k++) {
        struct msghdr *h = &m[k].msg_hdr;
        int64_t at = 0;
        uint32_t to = 0;
        for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
          if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            to = ntohl(((struct in_pktinfo *)CMSG_DATA(c))->ipi_addr.s_addr);
          } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            at = t.tv_sec * 1000000000LL + t.tv_nsec;
          } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
            drops[f] = *(uint32_t *)CMSG_DATA(c);
          }
        }
        take_unicast(octets[k], m[k].msg_len, to, at);
      }
    }
    own_drops = (int64_t)drops[0] + drops[1];
  }
  return NULL;
}

/* Asks, from slave n's address, for what it has not been granted yet. */
static void ask(int fd, struct sockaddr_in *to, uint32_t n, int log) {
  static uint16_t sequence;
  uint8_t f[44 + 30] = {0x0c, 2};
  uint32_t low = POLITE | n;
  int length = 44;
  const uint8_t types[3] = {0xb0, 0x00, 0x90};
  for (int k = 0; k < 3; k++) {
    if (slaves[n].granted & 1 << k) continue;
    uint8_t tlv[10] = {0, 4, 0, 6, types[k], k == 0 ? 0 : (uint8_t)log, 0, 0, 1, 0x2c};
    memcpy(f + length, tlv, sizeof tlv);
    length += sizeof tlv;
  }
  sequence++;
  f[3] = length, f[6] = 4, f[20] = 2, f[23] = 0xff, f[29] = 1, f[32] = 5, f[33] = 0x7f;
  f[24] = low >> 24, f[25] = low >> 16, f[26] = low >> 8, f[27] = low;
  f[30] = sequence >> 8, f[31] = sequence;
  memset(f + 34, 0xff, 10);
  struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(first_address + n)};
  char control[CMSG_SPACE(sizeof info)];
  struct iovec v = {f, length};
  struct msghdr h = {.msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &v, .msg_iovlen = 1,
                     .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *c = CMSG_FIRSTHDR(&h);
  *c = (struct cmsghdr){CMSG_LEN(sizeof info), IPPROTO_IP, IP_PKTINFO};
  memcpy(CMSG_DATA(c), &info, sizeof info);
  if (sendmsg(fd, &h, 0) < 0 && errno != ENOBUFS) fail("sendmsg");
}

static double percentile(uint32_t *values, int64_t count, int percent) {
  qsort(values, count, sizeof *values, ascending);
  return count == 0 ? 0 : values[(count - 1) * percent / 100] * 1e-3;
}

static int unicast(int argc, char **argv, struct in_addr local) {
  struct in_addr base;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(320)};
  inet_aton(option(argc, argv, "base", "10.78.1.0"), &base);
  inet_aton(option(argc, argv, "server", "10.77.0.1"), &to.sin_addr);
  slave_count = atoll(option(argc, argv, "slaves", "1000"));
  int log = atoi(option(argc, argv, "log", "-3"));
  double seconds = atof(option(argc, argv, "seconds", "5"));
  double rate = log < 0 ? 1 << -log : 1.0 / (1 << log);
  first_address = ntohl(base.s_addr);
  slaves = calloc(slave_count, sizeof *slaves);
  most_pairs = (int64_t)(slave_count * rate * (seconds + 1)) + 1000;
  lag = calloc(most_pairs, sizeof *lag);
  residual = calloc(most_pairs, sizeof *residual);
  for (int f = 0; f < 2; f++) {
    sockets[f] = open_socket(319 + f, local);
    set(sockets[f], IPPROTO_IP, IP_PKTINFO, 1);
  }
  pthread_t receiver;
  pthread_create(&receiver, NULL, receive_unicast, NULL);
  struct timespec pause = {.tv_nsec = 1000000}, breath = {.tv_nsec = 500000000};
  for (int round = 0; round < 12 && grants < 3 * slave_count; round++) {
    for (int64_t n = 0; n < slave_count; n++) {
      if (slaves[n].granted == 7) continue;
      ask(sockets[1], &to, n, log);
      if (n % 4 == 3) nanosleep(&pause, NULL);
    }
    nanosleep(&breath, NULL);
  }
  int64_t start = now();
  is_measuring = 1;
  while (now() - start < seconds * 1e9) nanosleep(&pause, NULL);
  is_measuring = 0;
  double took = (now() - start) * 1e-9;
  is_over = 1;
  pthread_join(receiver, NULL);

  int64_t syncs = 0, follow_ups = 0, served = 0, owed = 0;
  for (int64_t n = 0; n < slave_count; n++) {
    syncs += slaves[n].syncs;
    follow_ups += slaves[n].follow_ups;
    owed += slaves[n].granted >> 1 & 1;
    if (slaves[n].syncs >= 0.99 * rate * took - 1) served++;
  }
  printf("grants=%lld refusals=%lld syncs=%lld followUps=%lld pairs=%lld owed=%.0f served=%lld "
         "announces=%lld lag50=%.0f lag99=%.0f residual50=%.1f residual99=%.1f took=%.3f "
         "own_drops=%lld\n",
         (long long)grants, (long long)refusals, (long long)syncs, (long long)follow_ups,
         (long long)pairs, owed * rate * took, (long long)served, (long long)announces,
         percentile(lag, pairs, 50), percentile(lag, pairs, 99), percentile(residual, pairs, 50),
         percentile(residual, pairs, 99), took, (long long)own_drops);
  return 0;
}

int main(int argc, char **argv) {
  struct in_addr local, base, floodBase;
  inet_aton(option(argc, argv, "local", "10.77.0.2"), &local);
  if (argc > 1 && strcmp(argv[1], "unicast") == 0) return unicast(argc, argv, local);
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
