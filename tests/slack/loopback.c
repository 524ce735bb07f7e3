/* local-slack listens on every interface. Preloaded, this keeps it on 127.0.0.1. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

typedef int binder(int, const struct sockaddr *, socklen_t);

int bind(int fd, const struct sockaddr *asked, socklen_t length) {
  static const unsigned char MAPPED_127_0_0_1[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
  union {
    struct sockaddr_storage any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } at;
  binder *next = (binder *)dlsym(RTLD_NEXT, "bind");
  if (asked == NULL || length > sizeof at) return next(fd, asked, length);
  memcpy(&at, asked, length);
  if (at.any.ss_family == AF_INET) at.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  /* Node speaks IPv4 to it, which a socket of the newer kind also takes. */
  if (at.any.ss_family == AF_INET6) memcpy(&at.v6.sin6_addr, MAPPED_127_0_0_1, 16);
  return next(fd, (struct sockaddr *)&at, length);
}
