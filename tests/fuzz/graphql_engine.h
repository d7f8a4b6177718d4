#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "graphql/engine.h"

namespace rhumb::fuzz {

/// A schema with every kind of type, over which the fuzz targets run what they are given.
inline constexpr std::string_view kGraphqlSchema = R"(
type Query { node(id: ID!, in: In = {k: A}): Node any: Any list(n: Int = 3): [Node!]! }
interface Named { name: String }
type Node implements Named { id: ID! name: String next: Node list(n: Int = 2): [Node] kind: Kind }
type Leaf implements Named { name: String! }
union Any = Node | Leaf
enum Kind { A B }
input In { k: Kind! t: [String!] more: [In!] n: Int f: Float }
)";

class NoContext : public graphql::Context {};

inline Result<codec::Json> one_node(graphql::FieldCall& /*call*/) {
  return codec::Json::object({{"__typename", "Node"}, {"id", 1}, {"name", "n"}, {"kind", "B"}});
}
inline Result<codec::Json> some_nodes(graphql::FieldCall& call) {
  const auto count = call.arguments().find_int("n").value_or(0);
  codec::Json list = codec::Json::array();
  for (int64_t i = 0; i < std::min<int64_t>(count, 3); ++i) {
    list.push_back(one_node(call).value());
  }
  return list;
}

inline const graphql::Engine& graphql_engine() {
  static const graphql::Engine instance = [] {
    graphql::Resolvers resolvers;
    resolvers.add("Query", "node", one_node);
    resolvers.add("Query", "any", one_node);
    resolvers.add("Query", "list", some_nodes);
    resolvers.add("Node", "next", one_node);
    resolvers.add("Node", "list", some_nodes);
    return graphql::Engine::create(kGraphqlSchema, {.resolvers = resolvers,
                                                    .rules = {.lenient_type = {},
                                                              .scalars = {},
                                                              .null_lists = true,
                                                              .one_by_one = {{"In", "more"}}},
                                                    .limits = {.values_max = 10'000}})
        .value();
  }();
  return instance;
}

}  // namespace rhumb::fuzz
