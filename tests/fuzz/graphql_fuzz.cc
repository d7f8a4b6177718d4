// Documents and schemas of any bytes: nothing may crash, and what parses as a document must
// validate and run, or be refused, within the limits.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "graphql/sdl.h"
#include "graphql_engine.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using rhumb::codec::Json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  rhumb::fuzz::NoContext context;
  rhumb::graphql::Request request;
  request.query = std::string(text);
  request.variables = Json::object({{"a", 1}, {"b", Json::array({"x", Json()})}});
  (void)to_json(rhumb::fuzz::graphql_engine().execute(request, context), "id");
  (void)rhumb::graphql::parse_schema(text);
  return 0;
}
