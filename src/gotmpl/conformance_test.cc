// The recorded table of Go's template language: every case, in both ways that Rhumb uses templates.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/utf8.h"
#include "codec/json.h"
#include "gotmpl/template.h"
#include "gotmpl/unicode.h"

namespace rhumb::gotmpl {
namespace {

std::filesystem::path shared_folder() {
  const char* from_environment = std::getenv("RHUMB_SHARED");
  return from_environment != nullptr ? std::filesystem::path(from_environment)
                                     : std::filesystem::path(RHUMB_SOURCE_DIR) / ".." / "shared";
}

std::optional<codec::Json> read_table() {
  std::ifstream file(shared_folder() / "conformance" / "go-templates.json");
  if (!file) {
    return std::nullopt;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Result<codec::Json> parsed = codec::parse_json(text);
  EXPECT_TRUE(parsed.has_value());
  return parsed.has_value() ? std::optional(std::move(*parsed)) : std::nullopt;
}

/// Data of a case: a number written as an integer that fits 64 bits is an int, any other a float.
Value to_value(const codec::Json& json) {
  switch (json.kind()) {
    case codec::Json::Kind::kNull:
      return {};
    case codec::Json::Kind::kBool:
      return json.as_bool();
    case codec::Json::Kind::kInt:
      return *json.to_int();
    case codec::Json::Kind::kString:
      return json.as_string();
    case codec::Json::Kind::kArray: {
      Value::Items items;
      for (const codec::Json& element : json.as_array()) {
        items.push_back(to_value(element));
      }
      return Value::list(std::move(items));
    }
    case codec::Json::Kind::kObject: {
      Value::Entries entries;
      for (const codec::Json::Member& member : json.as_object()) {
        entries.emplace(member.key, to_value(member.value));
      }
      return Value::map(std::move(entries));
    }
    default:
      return *json.to_double();
  }
}

FunctionMap test_functions() {
  using Args = std::span<const Value>;
  FunctionMap functions;
  functions["upper"] = {.params = {Param::text()}, .call = [](Args args) {
                          return Result<Value>(to_upper(args[0].as_string()));
                        }};
  functions["add"] = {.params = {Param::integer(), Param::integer()}, .call = [](Args args) {
                        return Result<Value>(args[0].as_int() + args[1].as_int());
                      }};
  functions["fail"] = {.params = {Param::text()}, .call = [](Args args) {
                         return Result<Value>(invalid("failed: " + args[0].as_string()));
                       }};
  functions["list"] = {.params = {}, .variadic = Param::any(), .call = [](Args args) {
                         return Result<Value>(Value::list({args.begin(), args.end()}));
                       }};
  return functions;
}

MissingKey missing_key(std::string_view option) {
  if (option == "missingkey=error") {
    return MissingKey::kError;
  }
  return option == "missingkey=zero" ? MissingKey::kZero : MissingKey::kNoValue;
}

/// As the table was written: each byte that is not UTF-8 as U+FFFD.
std::string to_valid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const DecodedRune next = decode_rune(text);
    append_rune(out, next.rune);
    text.remove_prefix(next.size);
  }
  return out;
}

void expect_message(const codec::Json& test, std::string_view key, const Error& error) {
  std::string want = test.string_or_empty(key);
  std::string got = error.message();
  if (test.find_bool("loose").value_or(false)) {
    want = want.substr(0, want.find("reflect:"));
    got = got.substr(0, want.size());
  }
  EXPECT_EQ(to_valid_utf8(got), want);
}

void run_case(const codec::Json& table, const codec::Json& test) {
  SCOPED_TRACE(test.string_or_empty("name") + ": " + test.string_or_empty("template"));
  const TemplateOptions options{.missing_key = missing_key(test.string_or_empty("option"))};
  const Result<Template> parsed =
      parse_template("t", test.string_or_empty("template"), test_functions(), options);
  if (!parsed.has_value()) {
    EXPECT_TRUE(test.contains("parse_error")) << parsed.error().message();
    expect_message(test, "parse_error", parsed.error());
    return;
  }
  ASSERT_FALSE(test.contains("parse_error"));
  const codec::Json& data = test.contains("dataset")
                                ? table.at("datasets").at(test.string_or_empty("dataset"))
                                : test.at("data");
  std::string out;
  const Result<void> result = execute(*parsed, to_value(data), out);
  if (!result.has_value()) {
    EXPECT_TRUE(test.contains("exec_error")) << result.error().message();
    expect_message(test, "exec_error", result.error());
  } else {
    EXPECT_FALSE(test.contains("exec_error")) << out;
  }
  if (test.contains("output")) {
    EXPECT_EQ(to_valid_utf8(out), test.string_or_empty("output"));
  }
}

TEST(Conformance, EveryRecordedTemplateBehavesAsRecorded) {
  const std::optional<codec::Json> table = read_table();
  if (!table.has_value()) {
    GTEST_SKIP() << "no recorded table; set RHUMB_SHARED";
  }
  const auto& cases = table->at("cases").as_array();
  EXPECT_GT(cases.size(), 700U);
  for (const codec::Json& test : cases) {
    run_case(*table, test);
  }
}

TEST(Conformance, PrintedTemplatesParseToThemselves) {
  const std::optional<codec::Json> table = read_table();
  if (!table.has_value()) {
    GTEST_SKIP() << "no recorded table; set RHUMB_SHARED";
  }
  for (const codec::Json& test : table->at("cases").as_array()) {
    const Result<Template> parsed =
        parse_template("t", test.string_or_empty("template"), test_functions());
    if (!parsed.has_value()) {
      continue;
    }
    const std::string printed = format_node(parsed->root());
    const Result<Template> again = parse_template("t", printed, test_functions());
    ASSERT_TRUE(again.has_value()) << printed << ": " << again.error().message();
    EXPECT_EQ(format_node(again->root()), printed);
  }
}

}  // namespace
}  // namespace rhumb::gotmpl
