// Request bodies of any bytes, as POST /query takes them: JSON that is refused or read, and what
// was read runs with the variables it brought.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/json.h"
#include "graphql_engine.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto json = rhumb::codec::parse_json(text); json.has_value()) {
    // The text, not the value: 1.0 prints as 1, which reads as an integer.
    const std::string printed = format_json(*json);
    const auto again = rhumb::codec::parse_json(printed);
    RHUMB_CHECK(again.has_value() && format_json(*again) == printed,
                "JSON we write reads and prints as it was");
  }
  if (const auto request = rhumb::graphql::parse_request(text); request.has_value()) {
    rhumb::fuzz::NoContext context;
    (void)to_json(rhumb::fuzz::graphql_engine().execute(*request, context), "id");
  }
  return 0;
}
