#include <gtest/gtest.h>

#include <string>

#include "graphql/engine.h"
#include "graphql/test_schema.h"

namespace rhumb::graphql {
namespace {

class NoContext : public Context {};

std::string ask(const std::string& query, bool allowed = true) {
  const auto engine = Engine::create(kTestSchema, {});
  EXPECT_TRUE(engine.has_value());
  NoContext context;
  Request request;
  request.query = query;
  request.introspection = allowed;
  return codec::format_json(to_json(engine->execute(request, context), ""));
}

TEST(GraphqlIntrospection, DescribesTypes) {
  struct Case {
    const char* query;
    const char* want;
  };
  const Case cases[] = {
      {R"({ __type(name: "Kind") { kind name fields { name } enumValues { name isDeprecated } } })",
       R"({"data":{"__type":{"kind":"ENUM","name":"Kind","fields":null,"enumValues":)"
       R"([{"name":"A","isDeprecated":false},{"name":"B","isDeprecated":false}]}}})"},
      {R"({ __type(name: "Nope") { kind } })", R"({"data":{"__type":null}})"},
      {R"({ __type(name: "Pet") { kind possibleTypes { name } interfaces { name } } })",
       R"({"data":{"__type":{"kind":"UNION","possibleTypes":[{"name":"Cat"},{"name":"Dog"}],)"
       R"("interfaces":null}}})"},
      {R"({ __type(name: "Named") { kind possibleTypes { name } } })",
       R"({"data":{"__type":{"kind":"INTERFACE","possibleTypes":)"
       R"([{"name":"Repo"},{"name":"Cat"},{"name":"Dog"}]}}})"},
      {R"({ __type(name: "PageInput") { kind )"
       R"(inputFields { name defaultValue type { kind ofType { name } } } } })",
       R"({"data":{"__type":{"kind":"INPUT_OBJECT","inputFields":[{"name":"page","defaultValue":"1",)"
       R"("type":{"kind":"SCALAR","ofType":null}},{"name":"size","defaultValue":"20","type":)"
       R"({"kind":"NON_NULL","ofType":{"name":"Int"}}}]}}})"},
      {R"({ __type(name: "Owner") )"
       R"({ fields { name args { name type { name } defaultValue } type { kind name } } } })",
       R"({"data":{"__type":{"fields":[{"name":"name","args":[{"name":"upper","type":{"name":)"
       R"("Boolean"},"defaultValue":"false"}],"type":{"kind":"SCALAR","name":"String"}}]}}})"},
      {R"({ __schema { queryType { name } mutationType { name } subscriptionType { name } } })",
       R"({"data":{"__schema":{"queryType":{"name":"Query"},"mutationType":{"name":"Mutation"},)"
       R"("subscriptionType":null}}})"},
      {R"({ __schema { directives { name args { name } } } })",
       R"({"data":{"__schema":{"directives":[{"name":"include","args":[{"name":"if"}]},)"
       R"({"name":"skip","args":[{"name":"if"}]},{"name":"deprecated","args":[{"name":"reason"}]},)"
       R"({"name":"specifiedBy","args":[{"name":"url"}]}]}}})"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ask(c.query), c.want) << c.query;
  }
}

TEST(GraphqlIntrospection, AnswersTheStandardQuery) {
  // The query that GraphQL tools send first.
  const std::string answer = ask(R"(
    query IntrospectionQuery {
      __schema {
        queryType { name } mutationType { name } subscriptionType { name }
        types { ...FullType }
        directives { name description locations args { ...InputValue } }
      }
    }
    fragment FullType on __Type {
      kind name description
      fields(includeDeprecated: true) {
        name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
      }
      inputFields { ...InputValue }
      interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef }
    }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
    fragment TypeRef on __Type {
      kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name ofType { kind name } } } } } } }
    })");
  EXPECT_EQ(answer.find("errors"), std::string::npos) << answer.substr(0, 400);
  EXPECT_NE(answer.find("\"name\":\"__DirectiveLocation\""), std::string::npos);
}

TEST(GraphqlIntrospection, CanBeRefused) {
  EXPECT_NE(ask("{ ...F } fragment F on Query { s: __schema { types { name } } }", false)
                .find("introspection needs a valid token"),
            std::string::npos);
  EXPECT_EQ(ask("{ __typename }", false), R"({"data":{"__typename":"Query"}})");
}

}  // namespace
}  // namespace rhumb::graphql
