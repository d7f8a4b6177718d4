// Request bodies of any bytes, as POST /query takes them: JSON that is refused or read, and what
// was read runs with the variables it brought.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "codec/json.h"
#include "graphql_engine.h"

namespace {

std::string answer(const rhumb::graphql::Request& request) {
  rhumb::fuzz::NoContext context;
  return format_json(to_json(rhumb::fuzz::graphql_engine().execute(request, context), "id"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto json = rhumb::codec::parse_json(text); json.has_value()) {
    // The text, not the value: 1.0 prints as 1, which reads as an integer.
    const std::string printed = format_json(*json);
    const auto again = rhumb::codec::parse_json(printed);
    RHUMB_CHECK(again.has_value() && format_json(*again) == printed,
                "JSON we write reads and prints as it was");
  }
  const auto request = rhumb::graphql::parse_request(text);
  const auto late = rhumb::graphql::parse_request(text, "more");
  RHUMB_CHECK(!request || late, "what is JSON is JSON without one of its lists");
  if (request) {
    RHUMB_CHECK(answer(*request) == answer(*late), "a list that stays text is read as any other");
  } else if (late && request.error().code() != rhumb::ErrorCode::kLimit) {  // all but too deep
    RHUMB_CHECK(answer(*late).find("\"errors\"") != std::string::npos,
                "what is no JSON is refused where it is read");
  }
  return 0;
}
