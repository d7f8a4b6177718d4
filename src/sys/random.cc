#include "sys/random.h"

#include <openssl/rand.h>

#include <algorithm>
#include <climits>

#include "base/check.h"

namespace rhumb::sys {

void fill_random(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const size_t count = std::min<size_t>(bytes.size(), INT_MAX);
    const int filled =
        RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
    RHUMB_CHECK(filled == 1, "the system's random generator works");
    bytes = bytes.subspan(count);
  }
}

}  // namespace rhumb::sys
