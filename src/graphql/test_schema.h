#pragma once

#include <string_view>

namespace rhumb::graphql {

/// A schema with every kind of type, for tests.
inline constexpr std::string_view kTestSchema = R"(
type Query {
  repo(slug: String!): Repo
  repos(input: ReposInput, first: Int = 10): [Repo!]!
  pet: Pet
  pets: [Pet!]
  named: Named
  echo(input: EchoInput!): JSON
  report(input: ReportInput!): JSON
  count(n: Int, big: Float, flag: Boolean, id: ID, list: [Int!], matrix: [[Int]], kind: Kind): String
  never: String
  must: String!
}
type Mutation { push(input: EchoInput!): Repo! }
scalar JSON
scalar Bytes
scalar Time
enum Kind { A B }
type Repo implements Named {
  id: ID! name: String! kind: Kind tags(first: Int = 2): [Tag!]! parent: Repo stars: Int
  files: [Repo] time: Time
}
type Tag { name: String! }
interface Named { name: String! }
type Cat implements Named { name: String! lives: Int owner: Owner }
type Dog implements Named { name: String! tail: Boolean owner: Owner lives: String }
type Owner { name(upper: Boolean = false): String }
union Pet = Cat | Dog
input ReposInput { kinds: [Kind!] search: String page: PageInput }
input PageInput { page: Int = 1 size: Int! = 20 }
input EchoInput {
  text: String! kind: Kind = A bytes: Bytes time: Time nested: EchoInput list: [String!] must: [Int!]! = []
}
input ReportInput { id: String! files: [FileInput!] free: JSON }
input FileInput { name: String! checks: [String!]! }
)";

}  // namespace rhumb::graphql
