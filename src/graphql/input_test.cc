#include "graphql/input.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "graphql/engine.h"
#include "graphql/parser.h"
#include "graphql/sdl.h"
#include "graphql/test_schema.h"

namespace rhumb::graphql {
namespace {

using codec::Json;

/// Writes down what it is given one by one.
class TakingContext : public Context {
 public:
  int64_t begin_list(std::string_view type, size_t elements) override {
    taken += fmt::format("{}({})", type, elements);
    return ++lists;
  }
  void take_element(int64_t list, const Json& element) override {
    taken += fmt::format(" {}:{}", list, codec::format_json(element));
  }

  void clear() {
    taken.clear();
    lists = 40;
  }

  std::string taken;
  int64_t lists = 40;
};

class GraphqlInput : public testing::Test {
 protected:
  Result<Json> read(const std::string& type, const std::string& json) {
    const auto document = parse_document("query Q($v: " + type + ") { never }");
    const auto value = codec::parse_json(json);
    EXPECT_TRUE(value.has_value()) << json;
    reader_ = std::make_unique<InputReader>(*schema_, rules_, context_);
    return reader_->read(*value, document->operations[0].variables[0].type, "variable \"v\"");
  }

  Result<Schema> schema_ = parse_schema(kTestSchema);
  InputRules rules_{
      .lenient_type = [](std::string_view type) { return type.starts_with("Report"); },
      .scalars = {{"Bytes", check_base64}, {"Time", check_rfc3339}},
      .null_lists = true};
  TakingContext context_;
  std::unique_ptr<InputReader> reader_;
};

TEST_F(GraphqlInput, CoercesValues) {
  struct Case {
    const char* type;
    const char* json;
    const char* want;
  };
  const Case cases[] = {
      {"Int", "7", "7"},
      {"Int", "7.0", "7"},
      {"Int", "-2147483648", "-2147483648"},
      {"Int", "null", "null"},
      {"Float", "1.5", "1.5"},
      {"Float!", "2", "2"},
      {"Boolean", "false", "false"},
      {"String", "\"\"", "\"\""},
      {"ID", "\"a\"", "\"a\""},
      {"ID", "12", "\"12\""},
      {"Kind", "\"B\"", "\"B\""},
      {"[Int!]", "[1,2]", "[1,2]"},
      {"[Int!]", "3", "[3]"},
      {"[[Int]]", "3", "[[3]]"},
      {"[Int!]!", "null", "[]"},
      {"[Int!]", "null", "null"},
      {"JSON", "{\"a\":[1,{}]}", "{\"a\":[1,{}]}"},
      {"PageInput", "{}", "{\"page\":1,\"size\":20}"},
      {"PageInput", "{\"page\":null,\"size\":5}", "{\"page\":null,\"size\":5}"},
      {"ReposInput", "{\"page\":{\"size\":1},\"kinds\":\"A\"}",
       "{\"page\":{\"size\":1,\"page\":1},\"kinds\":[\"A\"]}"},
      {"EchoInput", "{\"text\":\"x\"}", "{\"text\":\"x\",\"kind\":\"A\",\"must\":[]}"},
      {"EchoInput", "{\"text\":\"x\",\"must\":null}",
       "{\"text\":\"x\",\"must\":[],\"kind\":\"A\"}"},
      {"ReportInput",
       "{\"id\":\"x\",\"new\":1,\"files\":[{\"name\":\"n\",\"checks\":null,\"n\":2}]}",
       "{\"id\":\"x\",\"files\":[{\"name\":\"n\",\"checks\":[]}]}"},
      {"Bytes", "\"aGk=\"", "\"aGk=\""},
      {"Bytes", "\"\"", "\"\""},
      {"Time", "\"0001-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00Z\""},
      {"Time", "\"2024-02-29T23:59:59.123456789+02:00\"",
       "\"2024-02-29T23:59:59.123456789+02:00\""},
      {"Time", "\"9999-12-31T23:59:59Z\"", "\"9999-12-31T23:59:59Z\""},
  };
  for (const Case& c : cases) {
    const Result<Json> value = read(c.type, c.json);
    ASSERT_TRUE(value.has_value()) << c.type << " " << c.json << ": " << value.error().message();
    EXPECT_EQ(codec::format_json(*value), c.want) << c.type << " " << c.json;
  }
}

TEST_F(GraphqlInput, RefusesValuesThatDoNotFit) {
  struct Case {
    const char* type;
    const char* json;
    const char* message;
  };
  const Case cases[] = {
      {"Int!", "null", "variable \"v\" must be of type Int!, found null"},
      {"Int", "1.5", "variable \"v\" must be of type Int, found 1.5"},
      {"Int", "2147483648", "variable \"v\" must be of type Int, found 2147483648"},
      {"Int", "\"1\"", "variable \"v\" must be of type Int, found \"1\""},
      {"Float", "\"1\"", "variable \"v\" must be of type Float, found \"1\""},
      {"Boolean", "0", "variable \"v\" must be of type Boolean, found 0"},
      {"String", "1", "variable \"v\" must be of type String, found 1"},
      {"ID", "1.5", "variable \"v\" must be of type ID, found 1.5"},
      {"ID", "true", "variable \"v\" must be of type ID, found a boolean"},
      {"Kind", "\"C\"", "variable \"v\" must be of type Kind, found \"C\""},
      {"Kind", "1", "variable \"v\" must be of type Kind, found 1"},
      {"[Int!]", "[1,null]", "variable \"v\"[1] must be of type Int!, found null"},
      {"PageInput", "[]", "variable \"v\" must be of type PageInput, found a list"},
      {"PageInput", "{\"sise\":1}",
       "variable \"v\".sise is unknown; type PageInput does not define it"},
      {"EchoInput", "{}", "variable \"v\".text is missing; it must be of type String!"},
      {"EchoInput", "{\"text\":null}", "variable \"v\".text must be of type String!, found null"},
      {"ReportInput", "{\"id\":\"x\",\"files\":[{\"name\":\"n\"}]}",
       "variable \"v\".files[0].checks is missing; it must be of type [String!]!"},
      {"Bytes", "\"aGk\"", "variable \"v\" must be of type Bytes: standard base64 with padding"},
      {"Bytes", "\"a-k=\"", "variable \"v\" must be of type Bytes: standard base64 with padding"},
      {"Bytes", "\"a===\"", "variable \"v\" must be of type Bytes: standard base64 with padding"},
      {"Bytes", "7", "variable \"v\" must be of type Bytes: standard base64 with padding"},
      {"Time", "\"2023-02-29T00:00:00Z\"",
       "variable \"v\" must be of type Time: a time like 2006-01-02T15:04:05Z"},
      {"Time", "\"2023-02-28T00:00:00\"",
       "variable \"v\" must be of type Time: a time like 2006-01-02T15:04:05Z"},
      {"Time", "\"2023-02-28T00:00:00.Z\"",
       "variable \"v\" must be of type Time: a time like 2006-01-02T15:04:05Z"},
      {"Time", "\"2023-02-28T24:00:00Z\"",
       "variable \"v\" must be of type Time: a time like 2006-01-02T15:04:05Z"},
      {"Time", "\"-001-02-28T23:00:00Z\"",
       "variable \"v\" must be of type Time: a time like 2006-01-02T15:04:05Z"},
      {"Time", "1", "variable \"v\" must be of type Time: a time like 2006-01-02T15:04:05Z"},
  };
  for (const Case& c : cases) {
    const Result<Json> value = read(c.type, c.json);
    ASSERT_FALSE(value.has_value()) << c.type << " " << c.json;
    EXPECT_EQ(value.error().message(), c.message) << c.type << " " << c.json;
    EXPECT_EQ(value.error().code(), ErrorCode::kInvalid);
  }
}

TEST_F(GraphqlInput, CountsMembersItIgnores) {
  const Result<Json> value =
      read("ReportInput", R"({"id":"x","a":1,"files":[{"name":"n","checks":[],"b":2}]})");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(reader_->ignored_count(), 2U);
  EXPECT_EQ(reader_->ignored(),
            (std::vector<std::string>{"variable \"v\".a", "variable \"v\".files[0].b"}));
}

TEST_F(GraphqlInput, NullListsAreRefusedWithoutTheRule) {
  rules_.null_lists = false;
  EXPECT_FALSE(read("[Int!]!", "null").has_value());
}

TEST_F(GraphqlInput, GivesElementsOneByOne) {
  rules_.one_by_one["ReportInput"] = "files";
  const auto reads = [this](const std::string& json) {
    context_.clear();
    const Result<Json> value = read("ReportInput!", json);
    return value ? codec::format_json(*value) + " " + context_.taken : value.error().message();
  };
  EXPECT_EQ(reads(R"({"files":[{"name":"x","checks":null},{"name":"y","checks":"z"}],"id":"s"})"),
            R"({"files":41,"id":"s"} ReportInput(2) 41:{"name":"x","checks":[]} )"
            R"(41:{"name":"y","checks":["z"]})");
  EXPECT_EQ(reads(R"({"id":"s","files":{"name":"x","checks":[]}})"),
            R"({"id":"s","files":41} ReportInput(1) 41:{"name":"x","checks":[]})");
  EXPECT_EQ(reads(R"({"id":"s","files":[]})"), R"({"id":"s","files":41} ReportInput(0))");
  EXPECT_EQ(reads(R"({"id":"s","files":null})"), R"({"id":"s","files":null} )");
  EXPECT_EQ(reads(R"({"id":"s"})"), R"({"id":"s"} )");
  EXPECT_EQ(reads(R"({"id":"s","files":[{"name":"x","checks":[]},{"name":1}]})"),
            "variable \"v\".files[1].name must be of type String, found 1");
  EXPECT_EQ(reads(R"({"id":"s","files":[null]})"),
            "variable \"v\".files[0] must be of type FileInput!, found null");
  EXPECT_EQ(reads(R"({"id":"s","files":7})"),
            "variable \"v\".files must be of type FileInput, found 7");
}

/// Whether it stays text or not, a list says the same.
TEST_F(GraphqlInput, ReadsListsThatAreStillText) {
  rules_.one_by_one["ReportInput"] = "files";
  const auto document = parse_document("query Q($i: ReportInput, $other: EchoInput) { never }");
  const auto reads = [&](const std::string& variables, std::string_view late) {
    context_.clear();
    InputReader reader(*schema_, rules_, context_);
    const std::string body = R"({"query":"q","variables":)" + variables + "}";
    Result<Request> request = parse_request(body, late);
    if (!request) {
      return request.error().message();
    }
    EXPECT_TRUE(!request->late || request->late->member == "files") << body;
    const Result<Json> read =
        reader.read_variables(document->operations.front(), std::move(request->variables),
                              request->late ? &*request->late : nullptr);
    return read ? codec::format_json(*read) + " " + context_.taken : read.error().message();
  };
  const std::string one = R"({"name":"x","checks":[]})";
  const std::string cases[] = {R"({"i":{"id":"s","files":[)" + one + ",\n " + one + "]}}",
                               R"({"i":{"id":"s","files":[]}})",
                               R"({"i":{"id":"s","files":[)" + one + R"(,{"name":3}]}})",
                               R"({"i":{"files":[)" + one + R"(],"files":7,"id":"s"}})",
                               R"({"i":{"files":7,"files":[)" + one + R"(],"id":"s"}})",
                               R"({"i":{"id":"s","files":[)" + one + R"(,],"free":1}})",
                               R"({"i":{"id":"s","files":[)" + one + R"(] "free":1}})",
                               R"({"i":{"files":[{"name":"x\u0000","checks":[]}],"id":"s"}})",
                               R"({"i":{"id":"s","free":{"files":[1,2]}}})",
                               R"({"other":{"files":[1,2]}})",
                               R"({"none":{"files":[1,2]}})"};
  for (const std::string& variables : cases) {
    EXPECT_EQ(reads(variables, "files"), reads(variables, "")) << variables;
  }
}

TEST_F(GraphqlInput, ReadsVariables) {
  const auto document =
      parse_document("query Q($a: Int!, $b: Int = 5, $c: Int, $d: [Kind!] = A) { never }");
  InputReader reader(*schema_, rules_, context_);
  const Operation& operation = document->operations.front();
  const auto good = reader.read_variables(operation, Json::object({{"a", 1}, {"other", 2}}));
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(codec::format_json(*good), R"({"a":1,"b":5,"d":["A"]})");
  const auto missing = reader.read_variables(operation, Json());
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().message(), "variable \"a\" is missing; it must be of type Int!");
}

}  // namespace
}  // namespace rhumb::graphql
