#include "project/case_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/go_format.h"
#include "hcl/diagnostic.h"
#include "project/body_reader.h"

namespace rhumb::project {
namespace {

Error at_place(std::string_view summary, std::string_view detail, const SourceSpan& span) {
  return invalid(hcl::format_diagnostic(hcl::diagnostic(summary, detail, span)));
}

/// The value of an attribute that is there.
SourceSpan value_span(const hcl::Block& block, std::string_view name) {
  return block.body.find_attribute(name)->expr->span;
}

std::optional<std::string> find_text(const BodyValues& values, std::string_view name) {
  const hcl::Value* value = values.find(name);
  return value == nullptr ? std::nullopt : std::optional(value->as_string());
}

Result<std::optional<codec::Pattern>> read_pattern(const hcl::Block& block,
                                                   const BodyValues& values,
                                                   std::string_view name) {
  const std::optional<std::string> text = find_text(values, name);
  if (!text) {
    return std::optional<codec::Pattern>();
  }
  const Result<codec::Pattern> pattern = codec::Pattern::create(*text);
  if (!pattern.has_value()) {
    return at_place("Invalid regular expression", pattern.error().message(),
                    value_span(block, name));
  }
  return std::optional(pattern.value());
}

Result<migrate::Expectation> read_expectation(const hcl::Block& block, const BodyValues& values) {
  if (values.find("output") != nullptr && values.find("match") != nullptr) {
    return at_place("Conflicting arguments", "Only one of output and match can be set.",
                    value_span(block, "match"));
  }
  migrate::Expectation expected;
  expected.output = find_text(values, "output");
  expected.match = TRY(read_pattern(block, values, "match"));
  return expected;
}

using Action = migrate::CaseAction;

Result<Action> read_migrate(const hcl::Block& block, const hcl::EvalContext& context) {
  const BodyValues values = TRY(read_body(
      block, context, {{.name = "to", .type = hcl::Type::string(), .is_required = true}}, true));
  if (values.text("to").empty()) {
    return at_place("Unsuitable value", "to must name a version.", value_span(block, "to"));
  }
  return Action(migrate::MigrateCommand{.to = values.text("to")});
}

Result<migrate::OutputFormat> read_format(const hcl::Block& block, const BodyValues& values) {
  const std::string name = find_text(values, "format").value_or("csv");
  if (name != "csv" && name != "table") {
    return at_place("Unsuitable value", "format must be csv or table, got: " + go_quote(name) + ".",
                    value_span(block, "format"));
  }
  return name == "csv" ? migrate::OutputFormat::kCsv : migrate::OutputFormat::kTable;
}

Result<Action> read_exec(const hcl::Block& block, const hcl::EvalContext& context) {
  hcl::EvalContext words;
  words.parent = &context;
  words.variables.emplace("csv", hcl::Value::string("csv"));
  words.variables.emplace("table", hcl::Value::string("table"));
  const BodyValues values =
      TRY(read_body(block, words,
                    {{.name = "sql", .type = hcl::Type::string(), .is_required = true},
                     {.name = "format", .type = hcl::Type::string()},
                     {.name = "output", .type = hcl::Type::string()},
                     {.name = "match", .type = hcl::Type::string()}},
                    true));
  migrate::ExecCommand command;
  command.sql = values.text("sql");
  command.format = TRY(read_format(block, values));
  command.expected = TRY(read_expectation(block, values));
  return Action(std::move(command));
}

Result<Action> read_catch(const hcl::Block& block, const hcl::EvalContext& context) {
  const BodyValues values =
      TRY(read_body(block, context,
                    {{.name = "sql", .type = hcl::Type::string(), .is_required = true},
                     {.name = "error", .type = hcl::Type::string()}},
                    true));
  migrate::CatchCommand command;
  command.sql = values.text("sql");
  command.error = TRY(read_pattern(block, values, "error"));
  return Action(std::move(command));
}

Result<Action> read_assert(const hcl::Block& block, const hcl::EvalContext& context) {
  const BodyValues values =
      TRY(read_body(block, context,
                    {{.name = "sql", .type = hcl::Type::string(), .is_required = true},
                     {.name = "error_message", .type = hcl::Type::string()}},
                    true));
  return Action(migrate::AssertCommand{.sql = values.text("sql"),
                                       .error_message = values.text("error_message")});
}

Result<Action> read_log(const hcl::Block& block, const hcl::EvalContext& context) {
  const BodyValues values =
      TRY(read_body(block, context,
                    {{.name = "message", .type = hcl::Type::string(), .is_required = true}}, true));
  return Action(migrate::LogCommand{.message = values.text("message")});
}

Result<Action> read_external_command(const hcl::Block& block, const hcl::EvalContext& context) {
  const BodyValues values = TRY(read_body(
      block, context,
      {{.name = "program", .type = hcl::Type::list(hcl::Type::string()), .is_required = true},
       {.name = "working_dir", .type = hcl::Type::string()},
       {.name = "output", .type = hcl::Type::string()},
       {.name = "match", .type = hcl::Type::string()}},
      true));
  migrate::ExternalCommand command;
  command.program = TRY(values.texts("program"));
  command.working_dir = values.text("working_dir");
  command.expected = TRY(read_expectation(block, values));
  return Action(std::move(command));
}

struct Reader {
  std::string_view word;
  Result<Action> (*read)(const hcl::Block&, const hcl::EvalContext&);
};

constexpr Reader kReaders[] = {
    {"migrate", read_migrate}, {"exec", read_exec}, {"catch", read_catch},
    {"assert", read_assert},   {"log", read_log},   {"external", read_external_command},
};

Error unknown_command(const hcl::Block& block) {
  std::vector<std::string> words;
  for (const Reader& reader : kReaders) {
    words.emplace_back(reader.word);
  }
  std::string detail = "Blocks of type " + go_quote(block.type) + " are not expected here.";
  if (const auto suggestion = hcl::suggest_name(block.type, words)) {
    detail += " Did you mean " + go_quote(*suggestion) + "?";
  }
  return at_place("Unsupported block type", detail, block.type_span);
}

Result<migrate::CaseCommand> read_command(const hcl::Block& block,
                                          const hcl::EvalContext& context) {
  const auto* reader = std::ranges::find(kReaders, block.type, &Reader::word);
  if (reader == std::end(kReaders)) {
    return unknown_command(block);
  }
  migrate::CaseCommand command;
  command.file = block.type_span.file;
  command.line = block.type_span.begin.line;
  command.word = block.type;
  command.action = TRY(reader->read(block, context).context(block.type));
  return command;
}

}  // namespace

Result<bool> read_skip(const hcl::Block& test, const hcl::EvalContext& context) {
  const BodyValues values =
      TRY(read_body(test, context, {{.name = "skip", .type = hcl::Type::boolean()}}, false));
  TRY(check_no_other_attributes(test, {"skip", "for_each"}));
  const hcl::Value* skip = values.find("skip");
  return skip != nullptr && skip->as_bool();
}

Result<std::vector<migrate::CaseCommand>> read_commands(const hcl::Block& test,
                                                        const hcl::EvalContext& context) {
  std::vector<migrate::CaseCommand> commands;
  commands.reserve(test.body.blocks.size());
  for (const hcl::Block& block : test.body.blocks) {
    commands.push_back(TRY(read_command(block, context)));
  }
  return commands;
}

}  // namespace rhumb::project
