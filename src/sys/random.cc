#include "sys/random.h"

#include <unistd.h>

#include <algorithm>

#include "base/check.h"

namespace rhumb::sys {
namespace {

constexpr size_t kEntropyMax = 256;  // of one getentropy

}  // namespace

void fill_random(std::span<std::byte> bytes) {
  // The kernel's generator itself: that of OpenSSL takes longer to start than a short command runs.
  while (!bytes.empty()) {
    const size_t count = std::min(bytes.size(), kEntropyMax);
    RHUMB_CHECK(getentropy(bytes.data(), count) == 0, "the system's random generator works");
    bytes = bytes.subspan(count);
  }
}

}  // namespace rhumb::sys
