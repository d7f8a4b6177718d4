// Reads arbitrary bytes as a checksum file: what is accepted must survive being written and read.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "migrate/sum.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rhumb::migrate;  // NOLINT(google-build-using-namespace): one function
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_sum(text);
  if (parsed) {
    const auto again = parse_sum(format_sum(*parsed));
    RHUMB_CHECK(again.has_value() && *again == *parsed, "a sum file we write reads as it was");
  }
  Sum other;
  other.entries = {{"1.sql", "x"}, {"2.sql", "y"}};
  const auto problem = check_sum(text, other, true);
  if (problem) {
    RHUMB_CHECK(problem->detail().empty() == !problem->place, "a place has a text");
  }
  return 0;
}
