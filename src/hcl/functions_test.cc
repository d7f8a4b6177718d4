#include "hcl/functions.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "hcl/diagnostic.h"
#include "hcl/evaluate.h"
#include "hcl/json.h"

namespace rhumb::hcl {
namespace {

// A directory tree in memory.
class FakeHost : public FunctionHost {
 public:
  void print(std::string_view line) override { printed += std::string(line) + "\n"; }
  std::string environment(const std::string& name) override {
    return name == "DB" ? "sqlite://x" : "";
  }
  Result<std::string> read_file(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) {
      return Error(ErrorCode::kNotFound, "open " + path + ": no such file or directory");
    }
    return found->second;
  }
  std::vector<Entry> list_directory(const std::string& path) override {
    const std::string prefix = path == "/" ? "/" : path + "/";
    std::map<std::string, bool> names;
    for (const auto& [file, content] : files) {
      if (file.starts_with(prefix)) {
        const std::string rest = file.substr(prefix.size());
        const size_t slash = rest.find('/');
        names[rest.substr(0, slash)] |= slash != std::string::npos;
      }
    }
    std::vector<Entry> entries;
    for (const auto& [name, directory] : names) {
      entries.push_back({name, directory});
    }
    return entries;
  }

  std::map<std::string, std::string> files;
  std::string printed;
};

class FunctionsTest : public testing::Test {
 protected:
  FunctionsTest() : table_(standard_functions(host_)) {
    host_.files = {{"/w/conf/a.txt", "hello\n"},
                   {"/w/conf/empty.txt", ""},
                   {"/w/conf/p.hcl", "x"},
                   {"/w/conf/sub/b.txt", "deep\n"},
                   {"/w/conf/sub/deep/c.txt", "deeper\n"}};
    add_project_functions(table_, host_, "/w/conf");
    context_.functions = &table_;
  }

  std::string eval_json(std::string_view text) {
    Diagnostics diagnostics;
    const ExprPtr expr = parse_expression("a.hcl", text, diagnostics);
    if (expr == nullptr) {
      return format_diagnostics(diagnostics);
    }
    const auto value = evaluate(*expr, context_);
    if (!value) {
      return value.error().message();
    }
    const auto json = format_value_json(*value);
    return json ? *json : json.error().message();
  }

  FakeHost host_;
  FunctionTable table_;
  EvalContext context_;
};

struct Case {
  const char* input;
  const char* want;
};

TEST_F(FunctionsTest, FilesAreRelativeToTheirDirectory) {
  const Case cases[] = {
      {"file(\"a.txt\")", "\"hello\\n\""},
      {"file(\"./sub/../sub/b.txt\")", "\"deep\\n\""},
      {"file(\"nope\")",
       "a.hcl:1,1-6: Error in function call; Call to function \"file\" failed: open /w/conf/nope: "
       "no "
       "such file or directory."},
      {"fileset(\"*.txt\")", "[\"/w/conf/a.txt\",\"/w/conf/empty.txt\"]"},
      {"fileset(\"{empty,a}.txt\")", "[\"/w/conf/a.txt\",\"/w/conf/empty.txt\"]"},
      {"fileset(\"[a-b].txt\")", "[\"/w/conf/a.txt\"]"},
      {"fileset(\"**/*.txt\")",
       "[\"/w/conf/sub/deep/c.txt\",\"/w/conf/sub/b.txt\",\"/w/conf/a.txt\",\"/w/conf/"
       "empty.txt\"]"},
      {"fileset(\"sub/*\")", "[\"/w/conf/sub/b.txt\",\"/w/conf/sub/deep\"]"},
      {"fileset(\"sub\")", "[\"/w/conf/sub\"]"},
      {"fileset(\"nope*\")", "[]"},
      {"fileset(\"[!a].txt\")", "[\"/w/conf/a.txt\"]"},
      {"fileset(\"[^b].txt\")", "[\"/w/conf/a.txt\"]"},
      {"fileset(\"sub/**\")",
       "[\"/w/conf/sub/b.txt\",\"/w/conf/sub/deep\",\"/w/conf/sub/deep/c.txt\"]"},
      {"fileset(\"[a\")",
       "a.hcl:1,1-9: Error in function call; Call to function \"fileset\" failed: syntax error in "
       "pattern."},
      {"fileset(\"{a\")",
       "a.hcl:1,1-9: Error in function call; Call to function \"fileset\" failed: syntax error in "
       "pattern."},
      {"glob(\"**/*.txt\")", "[\"/w/conf/sub/b.txt\"]"},
      {"glob(\"{a,empty}.txt\")", "[]"},
      {"getenv(\"DB\")", "\"sqlite://x\""},
      {"getenv(\"NONE\")", "\"\""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(eval_json(c.input), c.want) << c.input;
  }
}

TEST_F(FunctionsTest, PrintWritesOneLineAndGivesItsArgumentBack) {
  EXPECT_EQ(eval_json("[print(\"a\"), print([1, \"b\"]), print(1.50)]"), "[\"a\",[1,\"b\"],1.5]");
  EXPECT_EQ(host_.printed, "a\n[1,\"b\"]\n1.5\n");
}

TEST_F(FunctionsTest, TextFunctionsKnowUnicode) {
  const Case cases[] = {
      {"upper(\"straße é\")", "\"STRAßE É\""},
      {"lower(\"ÄB\")", "\"äb\""},
      {"title(\"hello wörld foo-bar_baz\")", "\"Hello Wörld Foo-Bar_baz\""},
      {"strrev(\"ae\\u0301b\")", "\"béa\""},
      {"substr(\"héllo\", 1, 3)", "\"éll\""},
      {"substr(\"hello\", -3, -1)", "\"llo\""},
      {"substr(\"hello\", 10, 2)", "\"\""},
      {"substr(\"hello\", 1, 0)", "\"\""},
      {"chomp(\"a\\n\\r\\n\")", "\"a\""},
      {"trim(\"xxaxx\", \"x\")", "\"a\""},
      {"trimspace(\"\\t a \\n\")", "\"a\""},
      {"trimprefix(\"abc\", \"ab\")", "\"c\""},
      {"trimsuffix(\"abc\", \"bc\")", "\"a\""},
      {"split(\",\", \"a,,b\")", "[\"a\",\"\",\"b\"]"},
      {"split(\"\", \"aé\")", "[\"a\",\"é\"]"},
      {"join(\"-\", [\"a\", 1], [true])", "\"a-1-true\""},
      {"replace(\"aXbX\", \"X\", \"$1\")", "\"a$1b$1\""},
      {"indent(2, \"a\\nb\\n\")", "\"a\\n  b\\n  \""},
      {"startswith(\"abc\", \"ab\")", "true"},
      {"endswith(\"abc\", \"ab\")", "false"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(eval_json(c.input), c.want) << c.input;
  }
}

TEST_F(FunctionsTest, RegularExpressionsFollowRe2) {
  const Case cases[] = {
      {"regex(\"[a-z]+\", \"12ab\")", "\"ab\""},
      {"regex(\"(\\\\d)(x)?\", \"a1\")", "[\"1\",null]"},
      {"regex(\"(?P<y>\\\\d+)-(?P<m>\\\\d+)\", \"2024-05\")", "{\"m\":\"05\",\"y\":\"2024\"}"},
      {"regexall(\"a*\", \"baac\")", "[\"\",\"aa\",\"\"]"},
      {"regexall(\"x\", \"b\")", "[]"},
      {"regexreplace(\"a1b2\", \"([a-z])(\\\\d)\", \"$${2}$1x$1\")", "\"1a2b\""},
      {"regexreplace(\"abc\", \"(?P<n>b)\", \"[$${n}]$$\")", "\"a[b]$c\""},
      {"regexpescape(\"a.b*\")", "\"a\\\\.b\\\\*\""},
      {"regex(\"x\", \"y\")",
       "a.hcl:1,1-7: Error in function call; Call to function \"regex\" failed: pattern did not "
       "match "
       "any part of the given string."},
      {"regex(\"(\", \"y\")",
       "a.hcl:1,8-9: Invalid function argument; Invalid value for \"pattern\" parameter: invalid "
       "regexp pattern: missing closing ) in (."},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(eval_json(c.input), c.want) << c.input;
  }
}

TEST_F(FunctionsTest, CollectionFunctions) {
  const Case cases[] = {
      {"alltrue([true, 1])", "false"},
      {"alltrue([])", "true"},
      {"alltrue({})",
       "a.hcl:1,1-9: Error in function call; Call to function \"alltrue\" failed: collection must "
       "be "
       "a list, a map or a tuple."},
      {"chunklist([1, 2, 3], 2)", "[[1,2],[3]]"},
      {"coalescelist([], [1])", "[1]"},
      {"compact([\"a\", \"\", null, \"b\"])", "[\"a\",\"b\"]"},
      {"concat([1], [\"a\"])", "[1,\"a\"]"},
      {"contains([\"a\", \"b\"], \"b\")", "true"},
      {"contains([1], \"1\")", "false"},
      {"distinct([\"a\", \"b\", \"a\"])", "[\"a\",\"b\"]"},
      {"element([\"a\", \"b\"], 3)", "\"b\""},
      {"flatten([1, [2, [3]], toset([4])])", "[1,2,3,4]"},
      {"index([\"a\", \"b\"], 1)", "\"b\""},
      {"keys({ b = 1, a = 2 })", "[\"a\",\"b\"]"},
      {"length(\"abc\")",
       "a.hcl:1,1-8: Error in function call; Call to function \"length\" failed: collection must "
       "be a "
       "list, a map or a tuple."},
      {"empty(toset([]))", "true"},
      {"zipmap([\"a\"], [1, 2])",
       "a.hcl:1,1-8: Error in function call; Call to function \"zipmap\" failed: number of keys "
       "(1) "
       "does not match number of values (2)."},
      {"range(5000)",
       "a.hcl:1,1-7: Error in function call; Call to function \"range\" failed: more than 1024 "
       "values "
       "were generated; either decrease the difference between start and end or use a smaller "
       "step."},
      {"slice([1, 2], 0, 3)",
       "a.hcl:1,18-19: Invalid function argument; Invalid value for \"end_index\" parameter: end "
       "index "
       "must not be greater than the length of the list."},
      {"can(nope)", "false"},
      {"try(nope, 1)", "1"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(eval_json(c.input), c.want) << c.input;
  }
}

TEST_F(FunctionsTest, TimesKeepTheirOffset) {
  const Case cases[] = {
      {"formatdate(\"EEEE, DD-MMM-YY hh:mm:ss ZZZ\", \"2018-01-02T23:12:01Z\")",
       "\"Tuesday, 02-Jan-18 23:12:01 UTC\""},
      {"formatdate(\"H'h'mm AA Z ZZZZ\", \"2018-01-02T23:12:01-08:00\")",
       "\"11h12 PM -08:00 -0800\""},
      {"timeadd(\"2024-02-28T23:30:00+01:00\", \"1h30m\")", "\"2024-02-29T01:00:00+01:00\""},
      {"timeadd(\"2024-01-01T00:00:00Z\", \"-1s\")", "\"2023-12-31T23:59:59Z\""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(eval_json(c.input), c.want) << c.input;
  }
}

TEST_F(FunctionsTest, TypesAreValues) {
  context_.variables = type_names();
  Diagnostics diagnostics;
  const ExprPtr expr = parse_expression(
      "a.hcl", "object({ a : list(string), b : tuple([int, bool]) })", diagnostics);
  ASSERT_NE(expr, nullptr);
  const auto value = evaluate(*expr, context_);
  ASSERT_TRUE(value.has_value()) << value.error().message();
  const auto* type = value->find_capsule<TypeCapsule>();
  ASSERT_NE(type, nullptr);
  EXPECT_TRUE(type->type() ==
              Type::object({{"a", Type::list(Type::string())},
                            {"b", Type::tuple({Type::number(), Type::boolean()})}}));
}

TEST_F(FunctionsTest, YamlAliasBombsAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) {
      text += (j > 0 ? ", " : "") + before;
    }
    text += "]\\n";
  }
  EXPECT_NE(eval_json("yamldecode(\"" + text + "\")").find("too large"), std::string::npos);
}

}  // namespace
}  // namespace rhumb::hcl
