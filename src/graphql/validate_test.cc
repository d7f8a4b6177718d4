#include "graphql/validate.h"

#include <gtest/gtest.h>

#include <string>

#include "graphql/parser.h"
#include "graphql/sdl.h"
#include "graphql/test_schema.h"

namespace rhumb::graphql {
namespace {

class GraphqlValidation : public testing::Test {
 protected:
  Diagnostics check(const std::string& source, const Limits& limits = {}) {
    const auto document = parse_document(source);
    EXPECT_TRUE(document.has_value()) << source << ": " << document.error().message();
    Diagnostics diagnostics;
    validate(*schema_, *document, rules_, limits, diagnostics);
    return diagnostics;
  }

  Result<Schema> schema_ = parse_schema(kTestSchema);
  InputRules rules_{
      .lenient_type = [](std::string_view type) { return type.starts_with("Report"); },
      .scalars = {},
      .null_lists = true};
};

TEST_F(GraphqlValidation, AcceptsValidDocuments) {
  const char* cases[] = {
      "{ repo(slug: \"a\") { id ... on Named { name } tags { name __typename } } __typename }",
      "{ Repo(slug: \"a\") { id } }",
      "query Q($s: String!) { repo(slug: $s) { id } }",
      "query Q($s: String = \"a\") { repo(slug: $s) { id } }",
      "query Q($n: Int) { repos(first: $n) { id } }",
      "query Q($k: Kind!) { repos(input: {kinds: [$k, A], page: {size: 3}}) { id } }",
      "query Q($k: [Kind!]) { repos(input: {kinds: $k}) { id } }",
      "query Q($n: Int) { repos(input: {page: {size: $n}}) { id } }",
      "{ repos(input: {kinds: B}) { id } }",
      "{ repos(input: null) { id } }",
      "{ count(n: 1, big: 1, flag: true, id: 7, list: 1, matrix: [[1, null], null], kind: A) }",
      "{ pet { ... on Cat { lives } ... on Dog { tail } ... on Named { name } __typename } }",
      "{ pet { ... on Cat { owner { x: name(upper: true) } } ... on Dog { owner { x: name } } } }",
      "query Q($y: Boolean!) { never @include(if: $y) @skip(if: false) }",
      "{ a: never a: never repo(slug: \"a\") { id } repo(slug: \"a\") { name } }",
      "query A { ...F } query B { ...F } fragment F on Query { never }",
      "query A($s: String!) { ...F } fragment F on Query { repo(slug: $s) { id } }",
      "{ report(input: {id: \"a\", unknown: 1, files: [{name: \"n\", checks: null, odd: {}}]}) }",
      "query Q($j: Int) { report(input: {id: \"a\", free: {x: [$j]}}) }",
      "{ __schema { types { name fields { type { ofType { name } } } } } __type(name: \"Q\") { "
      "kind } }",
      "mutation { push(input: {text: \"a\"}) { id } }",
  };
  for (const char* source : cases) {
    const Diagnostics diagnostics = check(source);
    EXPECT_TRUE(diagnostics.empty()) << source << ": " << diagnostics.errors().front().message();
  }
}

TEST_F(GraphqlValidation, RefusesInvalidDocuments) {
  struct Case {
    const char* source;
    const char* message;
  };
  const Case cases[] = {
      {"{ nope }", "field \"nope\" does not exist on type Query"},
      {"{ repo(slug: \"a\") { Id } }", "field \"Id\" does not exist on type Repo"},
      {"{ REPO(slug: \"a\") { id } }", "field \"REPO\" does not exist on type Query"},
      {"mutation { __schema { types { name } } }",
       "field \"__schema\" does not exist on type Mutation"},
      {"{ pet { name } }", "field \"name\" does not exist on type Pet"},
      {"{ repo(slug: \"a\") }", "field \"repo\" of type Repo needs a selection of its fields"},
      {"{ never { x } }", "field \"never\" of type String has no fields to select"},
      {"{ repo { id } }", "field \"repo\" lacks the argument \"slug\" of type String!"},
      {"{ repo(slug: null) { id } }", "argument \"slug\" is null; it must be of type String!"},
      {"{ repo(slug: 1) { id } }", "argument \"slug\" is 1; it must be of type String"},
      {"{ repo(slug: a) { id } }", "argument \"slug\" is a; it must be of type String"},
      {"{ repo(slug: \"a\", x: 1) { id } }", "field \"repo\" has no argument \"x\""},
      {"{ repo(slug: \"a\", slug: \"b\") { id } }", "argument \"slug\" is given twice"},
      {"{ count(n: 1.0) }", "argument \"n\" is 1.0; it must be of type Int"},
      {"{ count(n: 2147483648) }", "argument \"n\" is 2147483648; it must be of type Int"},
      {"{ count(big: \"1\") }", "argument \"big\" is \"1\"; it must be of type Float"},
      {"{ count(flag: 1) }", "argument \"flag\" is 1; it must be of type Boolean"},
      {"{ count(id: 1.5) }", "argument \"id\" is 1.5; it must be of type ID"},
      {"{ count(kind: \"A\") }", "argument \"kind\" is \"A\"; it must be of type Kind"},
      {"{ count(kind: C) }", "argument \"kind\" is C; it must be of type Kind"},
      {"{ count(list: [1, \"b\"]) }", "argument \"list\"[1] is \"b\"; it must be of type Int"},
      {"{ count(list: [null]) }", "argument \"list\"[0] is null; it must be of type Int!"},
      {"{ repos(input: 1) { id } }", "argument \"input\" is 1; it must be of type ReposInput"},
      {"{ repos(input: {nope: 1}) { id } }",
       "argument \"input\" has no member \"nope\"; type ReposInput does not define it"},
      {"{ echo(input: {kind: A}) }",
       "argument \"input\" lacks the member \"text\" of type String!"},
      {"{ echo(input: {text: \"a\", nested: {text: 2}}) }",
       "argument \"input\".nested.text is 2; it must be of type String"},
      {"{ report(input: {id: \"a\", files: [{checks: []}]}) }",
       "argument \"input\".files[0] lacks the member \"name\" of type String!"},
      {"{ repo(slug: $s) { id } }", "variable \"s\" is not defined"},
      {"query Q($s: String) { repo(slug: $s) { id } }",
       "variable \"s\" of type String is used where String! is expected"},
      {"query Q($s: Int!) { repo(slug: $s) { id } }",
       "variable \"s\" of type Int! is used where String! is expected"},
      {"query Q($s: Kind!) { repos(input: {kinds: $s}) { id } }",
       "variable \"s\" of type Kind! is used where [Kind!] is expected"},
      {"query Q($s: String) { never }", "variable \"s\" is not used"},
      {"query Q($s: Nope) { report(input: {id: \"\", free: $s}) }",
       "variable \"s\" has the type Nope, which is no input type"},
      {"query Q($s: Repo) { report(input: {id: \"\", free: [$s]}) }",
       "variable \"s\" has the type Repo, which is no input type"},
      {"query Q($n: Int = \"x\") { count(n: $n) }",
       "default of variable \"n\" is \"x\"; it must be of type Int"},
      {"query Q($n: Int, $n: Int) { count(n: $n) }", "variable \"n\" is defined twice"},
      {"query A($s: String!) { ...F } query B { ...F } fragment F on Query { repo(slug: $s) { id } "
       "}",
       "variable \"s\" is not defined"},
      {"query A { never } query A { never }", "operation \"A\" is defined twice"},
      {"query A { never } { never }",
       "an operation without a name must be the only one of the document"},
      {"subscription { never }", "this server has no operations of kind subscription"},
      {"{ ...F }", "fragment \"F\" is not defined"},
      {"{ never } fragment F on Query { never }", "fragment \"F\" is not used"},
      {"{ ...F } fragment F on Query { never } fragment F on Query { never }",
       "fragment \"F\" is defined twice"},
      {"{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
       "fragment \"F\" contains itself"},
      {"{ ...F } fragment F on Nope { never }",
       "fragment \"F\" is on \"Nope\", which is no type with fields"},
      {"{ ...F } fragment F on Kind { never }",
       "fragment \"F\" is on \"Kind\", which is no type with fields"},
      {"{ ...F } fragment F on Repo { id }", "fragment \"F\" on Repo never fits type Query"},
      {"{ ... on Repo { id } }", "fragment on Repo never fits type Query"},
      {"{ ... on Int { id } }", "fragment on \"Int\", which is no type with fields"},
      {"{ pet { ... on Repo { id } } }", "fragment on Repo never fits type Pet"},
      {"{ never @nope }", "directive @nope is not defined"},
      {"query Q @skip(if: true) { never }", "directive @skip is not allowed here"},
      {"{ never @skip }", "directive @skip lacks the argument \"if\" of type Boolean!"},
      {"{ never @skip(if: 1) }", "argument \"if\" is 1; it must be of type Boolean"},
      {"{ never @skip(if: true) @skip(if: true) }", "directive @skip is given twice"},
      {"{ a: never a: must }", "\"a\" is selected twice with different meanings; use an alias"},
      {"{ x: repo(slug: \"a\") { id } x: repo(slug: \"b\") { id } }",
       "\"x\" is selected twice with different meanings; use an alias"},
      {"{ repo(slug: \"a\") { x: id } ...F } fragment F on Query { repo(slug: \"a\") { x: name } }",
       "\"x\" is selected twice with different meanings; use an alias"},
      {"{ pet { ... on Cat { lives } ... on Dog { lives } } }",
       "\"lives\" is selected twice with different meanings; use an alias"},
      {"{ named { name ... on Cat { name: lives } } }",
       "\"name\" is selected twice with different meanings; use an alias"},
  };
  for (const Case& c : cases) {
    const Diagnostics diagnostics = check(c.source);
    ASSERT_FALSE(diagnostics.empty()) << c.source;
    EXPECT_EQ(diagnostics.errors().front().message(), c.message) << c.source;
    EXPECT_TRUE(diagnostics.errors().front().span().has_value()) << c.source;
  }
}

TEST_F(GraphqlValidation, ReportsEveryProblemWithItsPosition) {
  const Diagnostics diagnostics = check("{\n  nope\n  repo { id }\n}");
  ASSERT_EQ(diagnostics.errors().size(), 2U);
  EXPECT_EQ(diagnostics.errors()[0].span()->begin.line, 2U);
  EXPECT_EQ(diagnostics.errors()[0].span()->begin.column, 3U);
  EXPECT_EQ(diagnostics.errors()[1].span()->begin.line, 3U);
}

TEST_F(GraphqlValidation, BoundsDepthAndFields) {
  std::string deep = "{ repo(slug: \"a\") {";
  for (size_t i = 0; i < Limits{}.depth_max; ++i) {
    deep += " parent {";
  }
  deep += " id ";
  deep += std::string(Limits{}.depth_max + 2, '}');
  const Diagnostics too_deep = check(deep);
  ASSERT_FALSE(too_deep.empty());
  EXPECT_EQ(too_deep.errors().front().code(), ErrorCode::kLimit);
  EXPECT_EQ(check("{ repo(slug: \"a\") { parent { id } } }", {.depth_max = 3}).errors().size(), 0U);
  EXPECT_EQ(check("{ repo(slug: \"a\") { parent { id } } }", {.depth_max = 2}).errors().size(), 1U);
}

TEST_F(GraphqlValidation, BoundsFragmentsThatMultiply) {
  std::string source = "{ repo(slug: \"a\") { ...F0 } }";
  for (int i = 0; i < 40; ++i) {
    const std::string next = "F" + std::to_string(i + 1);
    source += " fragment F" + std::to_string(i) + " on Repo { id ..." + next + " ..." + next + " }";
  }
  source += " fragment F40 on Repo { id }";
  const Diagnostics diagnostics = check(source);
  ASSERT_EQ(diagnostics.errors().size(), 1U);
  EXPECT_EQ(diagnostics.errors().front().code(), ErrorCode::kLimit);
}

}  // namespace
}  // namespace rhumb::graphql
