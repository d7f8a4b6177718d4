#include "graphql/sdl.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace rhumb::graphql {
namespace {

TEST(GraphqlSdl, ReadsEveryKindOfDefinition) {
  const auto schema = parse_schema(R"(
    "the whole" schema @x { query: Root mutation: Change }
    """
    A name.
    """
    scalar Time @specifiedBy(url: "https://example.com/time")
    interface Node { id: ID! }
    type Root implements Node & Other {
      id: ID!
      "by slug" one(slug: String! = "a", old: Int @deprecated): [One!]!
      other: Int
    }
    interface Other { other: Int }
    type Change { do(input: In!): Kind! @deprecated(reason: "use undo") }
    type One { n: Int }
    union Any = | Root | One
    enum Kind { A "second" B @deprecated }
    input In { a: [Int!] = [1, 2] b: In k: Kind = A f: Float = 1 }
    directive @x(n: Int = 3) repeatable on | SCHEMA | FIELD
    extend type One { m: Boolean }
    extend enum Kind { C })");
  ASSERT_TRUE(schema.has_value()) << schema.error().message();
  EXPECT_EQ(schema->description(), "the whole");
  EXPECT_EQ(schema->root(OperationKind::kQuery)->name, "Root");
  EXPECT_EQ(schema->root(OperationKind::kMutation)->name, "Change");
  EXPECT_EQ(schema->root(OperationKind::kSubscription), nullptr);
  EXPECT_EQ(schema->type("Time").description, "A name.");
  EXPECT_EQ(schema->type("Time").specified_by, "https://example.com/time");
  const Field* one = schema->type("Root").find_field("one");
  EXPECT_EQ(one->description, "by slug");
  EXPECT_EQ(format_type(one->type), "[One!]!");
  EXPECT_EQ(format_value(*one->find_argument("slug")->default_value), "\"a\"");
  EXPECT_FALSE(one->find_argument("slug")->required());
  EXPECT_EQ(one->find_argument("old")->deprecation_reason, "No longer supported");
  EXPECT_EQ(schema->type("Change").find_field("do")->deprecation_reason, "use undo");
  EXPECT_TRUE(schema->type("Kind").has_enum_value("C"));
  EXPECT_NE(schema->type("One").find_field("m"), nullptr);
  EXPECT_EQ(schema->possible_types(schema->type("Any")), (std::vector<std::string>{"Root", "One"}));
  EXPECT_EQ(schema->possible_types(schema->type("Node")), (std::vector<std::string>{"Root"}));
  EXPECT_TRUE(schema->overlap(schema->type("Node"), schema->type("Any")));
  EXPECT_FALSE(schema->overlap(schema->type("Node"), schema->type("One")));
  EXPECT_TRUE(schema->find_directive("x")->repeatable);
  EXPECT_NE(schema->find_directive("skip"), nullptr);
  EXPECT_EQ(schema->type_names().front(), "Time");
}

TEST(GraphqlSdl, RootTypesHaveConventionalNames) {
  const auto schema = parse_schema("type Query { a: Int } type Mutation { b: Int }");
  ASSERT_TRUE(schema.has_value());
  EXPECT_EQ(schema->root(OperationKind::kQuery)->name, "Query");
  EXPECT_EQ(schema->root(OperationKind::kMutation)->name, "Mutation");
}

TEST(GraphqlSdl, RootFieldsIgnoreTheCaseOfTheFirstLetter) {
  const auto schema = parse_schema("type Query { planBy: Plan } type Plan { name: Int }");
  ASSERT_TRUE(schema.has_value());
  const Type& root = schema->type("Query");
  EXPECT_NE(schema->find_selected_field(root, "planBy"), nullptr);
  EXPECT_NE(schema->find_selected_field(root, "PlanBy"), nullptr);
  EXPECT_EQ(schema->find_selected_field(root, "planby"), nullptr);
  EXPECT_EQ(schema->find_selected_field(root, "PLANBY"), nullptr);
  EXPECT_EQ(schema->find_selected_field(schema->type("Plan"), "Name"), nullptr);
  EXPECT_NE(schema->find_selected_field(root, "__schema"), nullptr);
  EXPECT_EQ(schema->find_selected_field(schema->type("Plan"), "__schema"), nullptr);
  EXPECT_NE(schema->find_selected_field(schema->type("Plan"), "__typename"), nullptr);
}

TEST(GraphqlSdl, RefusesBrokenSchemas) {
  struct Case {
    const char* source;
    const char* message;
  };
  const Case cases[] = {
      {"", "schema has no query type"},
      {"type Query { a: Int", "expected a field, found the end of the document"},
      {"type Query {}", "expected a field, found \"}\""},
      {"type Query", "type \"Query\" has no members"},
      {"type Query { a: Nope }", "field \"Query.a\" uses the unknown type \"Nope\""},
      {"type Query { a(x: [In!] = [{b: 1}]): Int } input In { b: Nope }",
       "type \"In\", \"b\" uses the unknown type \"Nope\""},
      {"type Query { a: Int a: Int }", "type \"Query\" defines \"a\" twice"},
      {"type Query { a(x: Int, x: Int): Int }", "field \"Query.a\" defines \"x\" twice"},
      {"type Query { a: Int } type Query { b: Int }", "type \"Query\" is defined twice"},
      {"type Query { a: In } input In { b: Int }", "field \"Query.a\" has the input type \"In\""},
      {"type Query { a(x: Query): Int }", "field \"Query.a\", \"x\" has the output type \"Query\""},
      {"type Query { a(x: Int = \"b\"): Int }",
       "default of field \"Query.a\", \"x\" is \"b\"; it must be of type Int"},
      {"type Query { a(x: Int! = null): Int }",
       "default of field \"Query.a\", \"x\" is null; it must be of type Int!"},
      {"type Query { a(x: K = C): Int } enum K { A }",
       "default of field \"Query.a\", \"x\" is C; it must be of type K"},
      {"type Query { a: Int } enum K { true }", "enum value cannot be named true"},
      {"type Query { a: Int } enum K { A A }", "type \"K\" defines \"A\" twice"},
      {"type Query { a: Int } union U = Int",
       "type \"U\" has the member \"Int\", which is not an object type"},
      {"type Query { a: Int } union U", "type \"U\" has no members"},
      {"type Query implements I { a: Int } interface I { b: Int }",
       "type \"Query\" lacks the field \"b: Int\" of interface \"I\""},
      {"type Query implements I { a: Int } interface I { a: Int! }",
       "type \"Query\" lacks the field \"a: Int!\" of interface \"I\""},
      {"type Query implements I { a: Int } interface I { a(x: Int): Int }",
       "type \"Query\" lacks the argument \"x\" of \"I.a\""},
      {"type Query implements Int { a: Int }",
       "type \"Query\" implements \"Int\", which is not an interface"},
      {"type Query { a: Int } input A { b: B! } input B { a: A! }",
       "type \"A\" needs a value of itself"},
      {"type Query { a: Int } extend type B { a: Int }",
       "type \"B\" is extended but not defined as that kind"},
      {"schema { query: Q }", "root type \"Q\" is not an object type"},
      {"schema { query: Q } enum Q { A }", "root type \"Q\" is not an object type"},
      {"schema { query: Q query: Q } type Q { a: Int }", "schema has two types for query"},
      {"schema { query: Q } schema { query: Q } type Q { a: Int }", "schema is defined twice"},
      {"schema { question: Q } type Q { a: Int }", "expected query, mutation or subscription"},
      {"type Query { a: Int } directive @d on FIELD directive @d on FIELD",
       "schema defines \"d\" twice"},
      {"type Query { a: Int } directive d on FIELD", "expected \"@\", found \"d\""},
      {"type Query { a: Int } scalar Int", "type \"Int\" is defined twice"},
      {"{a}", "expected a definition, found \"{\""},
  };
  for (const Case& c : cases) {
    const auto schema = parse_schema(c.source);
    ASSERT_FALSE(schema.has_value()) << c.source;
    EXPECT_EQ(schema.error().message(), c.message) << c.source;
  }
}

TEST(GraphqlSdl, ReadsTheSchemaOfTheRegistry) {
  const char* shared = std::getenv("RHUMB_SHARED");
  const std::string base = shared != nullptr ? shared : RHUMB_SOURCE_DIR "/../shared";
  std::ifstream file(base + "/spec/registry.graphql");
  if (!file) {
    GTEST_SKIP() << "no specification at " << base;
  }
  std::ostringstream text;
  text << file.rdbuf();
  const auto schema = parse_schema(text.str());
  ASSERT_TRUE(schema.has_value()) << schema.error().message() << " at line "
                                  << (schema.error().span() ? schema.error().span()->begin.line
                                                            : 0);
  EXPECT_EQ(format_type(schema->type("Query").find_field("dirState")->type), "DirState!");
  EXPECT_EQ(format_value(
                *schema->type("PromotionStageInput").find_input_field("coverage")->default_value),
            "\"ALL\"");
  EXPECT_EQ(schema->type("Bytes").description, "Standard padded base64 in a JSON string.");
}

}  // namespace
}  // namespace rhumb::graphql
