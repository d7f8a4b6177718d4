// Replays recorded project-file scenarios on the language alone: every `cNN` of `local.cases` must
// give its recorded JSON, every `x` of an `env "eNN"` its recorded message.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>

#include "base/text.h"
#include "hcl/diagnostic.h"
#include "hcl/evaluate.h"
#include "hcl/functions.h"
#include "hcl/json.h"

namespace rhumb::hcl {
namespace {

namespace fs = std::filesystem;

class NullHost : public FunctionHost {
 public:
  void print(std::string_view /*line*/) override {}
  std::string environment(const std::string& /*name*/) override { return ""; }
  Result<std::string> read_file(const std::string& path) override {
    return Error(ErrorCode::kNotFound, "open " + path + ": no such file or directory");
  }
  std::vector<Entry> list_directory(const std::string& /*path*/) override { return {}; }
};

fs::path scenario_directory() {
  const char* shared = std::getenv("RHUMB_SHARED");
  const fs::path root =
      shared != nullptr ? fs::path(shared) : fs::path(RHUMB_SOURCE_DIR) / "../shared";
  return root / "conformance/scenarios/project-file";
}

struct Section {
  std::string head;
  std::string text;
};

std::vector<Section> read_sections(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream all;
  all << in.rdbuf();
  const std::string content = all.str();
  std::vector<Section> sections;
  for (const std::string_view line : split(content, '\n')) {
    if (line.starts_with("--- ")) {
      sections.push_back({std::string(line.substr(4)), ""});
    } else if (!sections.empty()) {
      sections.back().text += std::string(line) + "\n";
    }
  }
  return sections;
}

const Section* find_section(const std::vector<Section>& sections, std::string_view prefix) {
  for (const Section& section : sections) {
    if (section.head.starts_with(prefix)) {
      return &section;
    }
  }
  return nullptr;
}

std::string masked(std::string text) {
  static const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)");
  return std::regex_replace(text, time, "<time>");
}

std::string json_of(const Expr& expr, const EvalContext& context) {
  const auto value = evaluate(expr, context);
  if (!value) {
    return value.error().message();
  }
  return masked(format_value_json(*value).value_or("?"));
}

int compared = 0;

void check_cases(const fs::path& path, const File& file, const Section& out, EvalContext& context) {
  std::map<std::string, std::string> want;
  for (const std::string_view line : split(out.text, '\n')) {
    if (const auto parts = cut(line, " ")) {
      want.emplace(parts->first, parts->second);
    }
  }
  for (const Block& block : file.body.blocks) {
    const Attribute* cases = block.body.find_attribute("cases");
    if (cases == nullptr) {
      continue;
    }
    const auto& object = std::get<ObjectExpr>(cases->expr->node);
    for (const ObjectItem& item : object.items) {
      ++compared;
      EXPECT_EQ(json_of(*item.value, context), want[item.word])
          << path.filename() << " " << item.word;
    }
  }
}

void check_errors(const fs::path& path,
                  const File& file,
                  const Section& err,
                  const EvalContext& context) {
  const bool patterns = err.head.starts_with("any");
  for (const Block& block : file.body.blocks) {
    const Attribute* x = block.body.find_attribute("x");
    if (block.labels.size() != 1 || x == nullptr) {
      continue;
    }
    ++compared;
    const auto value = evaluate(*x->expr, context);
    const std::string got =
        block.labels[0] + "\nError: " + (value ? "a value" : value.error().message()) + "\n";
    if (!patterns) {
      EXPECT_NE(err.text.find(got), std::string::npos) << path.filename() << " " << got;
      continue;
    }
    bool matched = false;
    for (const std::string_view line : split(err.text, '\n')) {
      if (line.starts_with("^" + block.labels[0] + "\\n")) {
        std::string pattern(line.substr(1));
        if (pattern.ends_with("$")) {
          pattern.replace(pattern.size() - 1, 1, "\n");
        }
        matched = matched || std::regex_search(got, std::regex(pattern));
      }
    }
    EXPECT_TRUE(matched) << path.filename() << " " << got;
  }
}

TEST(RecordedScenarios, ExpressionsGiveTheRecordedValuesAndMessages) {
  if (!fs::exists(scenario_directory())) {
    GTEST_SKIP() << "no recorded scenarios at " << scenario_directory();
  }
  NullHost host;
  const FunctionTable functions = standard_functions(host);
  int replayed = 0;
  for (const auto& entry : fs::directory_iterator(scenario_directory())) {
    const std::string name = entry.path().filename().string();
    if (!(name.starts_with("expressions-") || name.starts_with("functions-") ||
          name.starts_with("numbers-") || name.starts_with("heredocs"))) {
      continue;
    }
    const auto sections = read_sections(entry.path());
    const Section* source = find_section(sections, "file atlas.hcl");
    const Section* out = find_section(sections, "stdout");
    const Section* err = find_section(sections, "stderr");
    err = err == nullptr ? find_section(sections, "any stderr") : err;
    ASSERT_NE(source, nullptr) << name;
    Diagnostics diagnostics;
    const File file = parse_file("atlas.hcl", source->text, diagnostics);
    ASSERT_TRUE(diagnostics.empty()) << name << format_diagnostics(diagnostics);
    EvalContext context;
    context.functions = &functions;
    context.variables.emplace("atlas", Value::object({{"env", Value::string("t")}}));
    if (out != nullptr) {
      context.variables.emplace("var",
                                Value::object({{"third", Value::number(*Number::parse("3"))}}));
      context.variables.emplace("local", Value::object({{"name", Value::string("N")}}));
      check_cases(entry.path(), file, *out, context);
    } else if (err != nullptr) {
      check_errors(entry.path(), file, *err, context);
    }
    ++replayed;
  }
  EXPECT_GT(replayed, 15);
  EXPECT_GT(compared, 400);
}

TEST(RecordedScenarios, SyntaxErrorsHaveTheRecordedTexts) {
  if (!fs::exists(scenario_directory())) {
    GTEST_SKIP() << "no recorded scenarios at " << scenario_directory();
  }
  for (const char* name : {"syntax-errors.scn", "syntax-errors-more.scn"}) {
    const auto sections = read_sections(scenario_directory() / name);
    const Section* err = find_section(sections, "stderr");
    ASSERT_NE(err, nullptr);
    for (const Section& section : sections) {
      if (!section.head.starts_with("file ")) {
        continue;
      }
      const std::string file_name = section.head.substr(5);
      std::string text = section.text;
      text.pop_back();  // the blank line before the next section is layout
      Diagnostics diagnostics;
      static_cast<void>(parse_file(file_name, text, diagnostics));
      const std::string got =
          "Error: " + (diagnostics.empty() ? "none" : format_diagnostics(diagnostics)) + "\n";
      EXPECT_NE(err->text.find(got), std::string::npos) << file_name << " " << got;
    }
  }
}

}  // namespace
}  // namespace rhumb::hcl
