#include "sys/file_descriptor.h"

#include <sys/resource.h>
#include <unistd.h>

namespace rhumb::sys {

void FileDescriptor::reset() {
  if (number_ >= 0) {
    close(number_);
    number_ = -1;
  }
}

size_t raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace rhumb::sys
