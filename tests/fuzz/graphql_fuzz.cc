// Documents, schemas and request bodies of any bytes: nothing may crash, and what parses as a
// document must validate and run, or be refused, within the limits.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "graphql/engine.h"
#include "graphql/parser.h"
#include "graphql/sdl.h"

namespace {

using rhumb::Result;
using rhumb::codec::Json;
using rhumb::graphql::Context;
using rhumb::graphql::Engine;
using rhumb::graphql::FieldCall;
using rhumb::graphql::Request;
using rhumb::graphql::Resolvers;

constexpr std::string_view kSchema = R"(
type Query { node(id: ID!, in: In = {k: A}): Node any: Any list(n: Int = 3): [Node!]! }
interface Named { name: String }
type Node implements Named { id: ID! name: String next: Node list(n: Int = 2): [Node] kind: Kind }
type Leaf implements Named { name: String! }
union Any = Node | Leaf
enum Kind { A B }
input In { k: Kind! t: [String!] more: [In!] n: Int f: Float }
)";

class NoContext : public Context {};

Result<Json> one(FieldCall&) {
  return Json::object({{"__typename", "Node"}, {"id", 1}, {"name", "n"}, {"kind", "B"}});
}
Result<Json> some(FieldCall& call) {
  const auto count = call.arguments().find_int("n").value_or(0);
  Json list = Json::array();
  for (int64_t i = 0; i < std::min<int64_t>(count, 3); ++i) {
    list.push_back(one(call).value());
  }
  return list;
}

const Engine& engine() {
  static const Engine instance = [] {
    Resolvers resolvers;
    resolvers.add("Query", "node", one);
    resolvers.add("Query", "any", one);
    resolvers.add("Query", "list", some);
    resolvers.add("Node", "next", one);
    resolvers.add("Node", "list", some);
    return Engine::create(kSchema, {.resolvers = resolvers,
                                    .rules = {.lenient_type = {}, .scalars = {}, .null_lists = true},
                                    .limits = {.values_max = 10'000}})
        .value();
  }();
  return instance;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  NoContext context;
  Request request;
  request.query = std::string(text);
  request.variables = Json::object({{"a", 1}, {"b", Json::array({"x", Json()})}});
  (void)to_json(engine().execute(request, context), "id");
  if (const auto parsed = rhumb::graphql::parse_request(text); parsed.has_value()) {
    (void)to_json(engine().execute(*parsed, context), "id");
  }
  (void)rhumb::graphql::parse_schema(text);
  return 0;
}
