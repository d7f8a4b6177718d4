#include "graphql/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "graphql/token_stream.h"

namespace rhumb::graphql {
namespace {

TEST(GraphqlParser, ReadsAnOperation) {
  const auto document = parse_document(R"(
    query Find($input: [In!]! = [{a: 1, b: [X, null]}] @d, $n: Int) @live(on: true) {
      first: repo(slug: "a", input: $input) @include(if: $yes) { ...Parts ... on Repo { id } }
      ... @skip(if: false) { plain }
    }
    fragment Parts on Repo @mark { name })");
  ASSERT_TRUE(document.has_value()) << document.error().message();
  ASSERT_EQ(document->operations.size(), 1U);
  const Operation& operation = document->operations.front();
  EXPECT_EQ(operation.kind, OperationKind::kQuery);
  EXPECT_EQ(operation.name, "Find");
  ASSERT_EQ(operation.variables.size(), 2U);
  EXPECT_EQ(format_type(operation.variables[0].type), "[In!]!");
  EXPECT_EQ(format_value(*operation.variables[0].default_value), "[{a: 1, b: [X, null]}]");
  EXPECT_EQ(operation.variables[0].directives.size(), 1U);
  EXPECT_FALSE(operation.variables[1].default_value.has_value());
  ASSERT_EQ(operation.selections.size(), 2U);
  const Selection& repo = operation.selections[0];
  EXPECT_EQ(repo.response_key(), "first");
  EXPECT_EQ(repo.name, "repo");
  EXPECT_EQ(format_value(repo.arguments[1].value), "$input");
  EXPECT_EQ(repo.selections[0].kind, SelectionKind::kFragmentSpread);
  EXPECT_EQ(repo.selections[1].name, "Repo");
  EXPECT_EQ(operation.selections[1].kind, SelectionKind::kInlineFragment);
  EXPECT_EQ(operation.selections[1].name, "");
  EXPECT_EQ(document->find_fragment("Parts")->type_condition, "Repo");
  EXPECT_EQ(document->find_fragment("Others"), nullptr);
}

TEST(GraphqlParser, AcceptsTheWholeLanguage) {
  const char* cases[] = {
      "{a}",
      "query{a}",
      "mutation M{a}",
      "subscription S{a}",
      "query query{query}",
      "{on fragment:on true:null}",
      "{a(x:{})}",
      "{a(x:[])}",
      "{a(x:\"\"\"block\"\"\")}",
      "{a(x:-0.1E-2,y:true,z:null,w:ENUM)}",
      "query($a:[[Int!]]!=[[1]]){a(x:$a)}",
      "{...on A{a}...F}fragment F on A{...on B@skip(if:true){b}}",
      "query A{a}query B{b}",
      "fragment F on A{a}",
      "\n\t\tmutation ReportMigration($input: ReportMigrationInput!) {\n\t\t   "
      "reportMigration(input: $input) {\n\t\t     url\n\t\t   }\n\t\t}",
  };
  for (const char* source : cases) {
    const auto document = parse_document(source);
    EXPECT_TRUE(document.has_value()) << source << ": " << document.error().message();
  }
}

TEST(GraphqlParser, RefusesWhatIsNotTheLanguage) {
  struct Case {
    const char* source;
    const char* message;
    size_t column;
  };
  const Case cases[] = {
      {"", "expected an operation or a fragment, found the end of the document", 1},
      {"{}", "expected a field, found \"}\"", 2},
      {"{a", "expected a field, found the end of the document", 3},
      {"{a}}", "expected an operation or a fragment, found \"}\"", 4},
      {"{a(}", "expected an argument name, found \"}\"", 4},
      {"{a()}", "expected an argument name, found \")\"", 4},
      {"{a(x)}", "expected \":\", found \")\"", 5},
      {"{a(x:)}", "expected a value, found \")\"", 6},
      {"{a(x:[)}", "expected a value, found \")\"", 7},
      {"{a(x:{b})}", "expected \":\", found \"}\"", 8},
      {"{a(x:{b:1,b:2})}", "member \"b\" is given twice", 11},
      {"{a{}}", "expected a field, found \"}\"", 4},
      {"{a:}", "expected a field, found \"}\"", 4},
      {"{a @}", "expected a directive name, found \"}\"", 5},
      {"{...}", "expected \"{\", found \"}\"", 5},
      {"query Q(){a}", "expected \"$\", found \")\"", 9},
      {"query($a){b}", "expected \":\", found \")\"", 9},
      {"query($a:Int=$b){c}", "expected a constant value, found \"$\"", 14},
      {"query($a:[Int){b}", "expected \"]\", found \")\"", 14},
      {"query($a:Int!!){b}", "expected \"$\", found \"!\"", 14},
      {"fragment on on A{a}", "expected a fragment name, found \"on\"", 10},
      {"fragment F{a}", "expected \"on\", found \"{\"", 11},
      {"fragment F on A", "expected \"{\", found the end of the document", 16},
      {"type A{a:Int}", "expected an operation or a fragment, found \"type\"", 1},
      {"\"doc\" {a}", "expected an operation or a fragment, found a string", 1},
  };
  for (const Case& c : cases) {
    const auto document = parse_document(c.source);
    ASSERT_FALSE(document.has_value()) << c.source;
    EXPECT_EQ(document.error().message(), c.message) << c.source;
    ASSERT_TRUE(document.error().span().has_value()) << c.source;
    EXPECT_EQ(document.error().span()->begin.column, c.column) << c.source;
  }
}

TEST(GraphqlParser, RefusesDeepNesting) {
  const auto nested = [](const std::string& open, const std::string& close, size_t depth) {
    std::string source = "{a";
    for (size_t i = 0; i < depth; ++i) {
      source += open;
    }
    source += close.empty() ? "" : "1";
    for (size_t i = 0; i < depth; ++i) {
      source += close;
    }
    return source;
  };
  for (const char* open : {"{a", "(x:[[", "(x:{a:{a:"}) {
    const auto document = parse_document(nested(open, "", 3000));
    EXPECT_FALSE(document.has_value()) << open;
  }
  const auto selections = parse_document(nested("{a", "", kNestingMax + 1));
  EXPECT_EQ(selections.error().code(), ErrorCode::kLimit);
  const auto values = parse_document("{a(x:" + std::string(kNestingMax + 1, '['));
  EXPECT_EQ(values.error().code(), ErrorCode::kLimit);
  const auto types = parse_document("query($a:" + std::string(kNestingMax + 1, '['));
  EXPECT_EQ(types.error().code(), ErrorCode::kLimit);
}

TEST(GraphqlAst, FormatsValuesSoThatTheyReadBack) {
  const std::string text = R"({a: [1, -2.5e3, "q\" \\ \n\u0001", true, null, RED], b: {c: $d}})";
  const auto document = parse_document("{f(x:" + text + ")}");
  ASSERT_TRUE(document.has_value()) << document.error().message();
  const Value& value = document->operations[0].selections[0].arguments[0].value;
  EXPECT_EQ(format_value(value), text);
  EXPECT_TRUE(same_value(value, value));
}

TEST(GraphqlAst, ComparesObjectsInAnyOrder) {
  const auto document = parse_document("{f(x:{a:1,b:2},y:{b:2,a:1},z:{a:1,b:3},w:{a:1})}");
  ASSERT_TRUE(document.has_value());
  const auto& arguments = document->operations[0].selections[0].arguments;
  EXPECT_TRUE(same_value(arguments[0].value, arguments[1].value));
  EXPECT_FALSE(same_value(arguments[0].value, arguments[2].value));
  EXPECT_FALSE(same_value(arguments[0].value, arguments[3].value));
}

}  // namespace
}  // namespace rhumb::graphql
