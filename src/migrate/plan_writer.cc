#include "migrate/plan_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/go_format.h"
#include "base/text.h"
#include "sql/directives.h"

namespace rhumb::migrate {
namespace {

std::string file_stem(const MigrationPlan& plan, std::string_view separator) {
  return plan.name.empty() ? plan.version
                           : fmt::format("{}{}{}", plan.version, separator, plan.name);
}

std::string escape_delimiter(std::string_view delimiter) {
  std::string text = replace_all(delimiter, "\n", "\\n");
  text = replace_all(text, "\r", "\\r");
  return replace_all(text, "\t", "\\t");
}

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

/// The lines above the statements of an atlas file, with the empty line below them.
Result<std::string> atlas_header(const MigrationPlan& plan) {
  std::string header;
  if (!plan.delimiter.empty()) {
    header += fmt::format("-- atlas:delimiter {}\n", escape_delimiter(plan.delimiter));
  }
  for (const std::string& line : plan.directives) {
    const auto directive = sql::parse_directive(line);
    if (!directive || line.find('\n') != std::string::npos) {
      return invalid(fmt::format("invalid directive: {}", go_quote(line)));
    }
    if (directive->name == "delimiter" && !plan.delimiter.empty()) {
      return invalid(fmt::format("duplicate directive: {}. delimiter already set", go_quote(line)));
    }
    header += line + "\n";
  }
  return header.empty() ? header : header + "\n";
}

Result<std::string> atlas_body(const MigrationPlan& plan) {
  std::string body = TRY(atlas_header(plan));
  const std::string_view delimiter =
      plan.delimiter.empty() ? ";" : std::string_view(plan.delimiter);
  for (const PlannedChange& change : plan.changes) {
    if (!change.comment.empty()) {
      body += fmt::format("-- {}\n", capitalised(change.comment));
    }
    body += fmt::format("{}{}\n", change.statement, delimiter);
  }
  return body;
}

std::string up_body(const MigrationPlan& plan) {
  std::string body;
  for (const PlannedChange& change : plan.changes) {
    if (!change.comment.empty()) {
      body += fmt::format("-- {}\n", change.comment);
    }
    body += change.statement + ";\n";
  }
  return body;
}

std::string down_body(const MigrationPlan& plan) {
  std::string body;
  for (auto change = plan.changes.rbegin(); change != plan.changes.rend(); ++change) {
    if (change->reverse.empty()) {
      continue;
    }
    if (!change->comment.empty()) {
      body += fmt::format("-- reverse: {}\n", change->comment);
    }
    for (const std::string& statement : change->reverse) {
      body += statement + ";\n";
    }
  }
  return body;
}

std::string liquibase_body(const MigrationPlan& plan) {
  std::string body = "--liquibase formatted sql";
  size_t number = 0;
  for (const PlannedChange& change : plan.changes) {
    body += fmt::format("\n--changeset atlas:{}-{}\n", plan.version, ++number);
    if (!change.comment.empty()) {
      body += fmt::format("--comment: {}", change.comment);
    }
    body += fmt::format("\n{};\n", change.statement);
    for (const std::string& statement : change.reverse) {
      body += fmt::format("--rollback: {};\n", statement);
    }
  }
  return body;
}

}  // namespace

Result<std::vector<NewFile>> format_plan(const MigrationPlan& plan, Format format) {
  const std::string stem = file_stem(plan, "_");
  switch (format) {
    case Format::kAtlas: {
      std::string body = TRY(atlas_body(plan));
      return std::vector<NewFile>{{stem + ".sql", std::move(body)}};
    }
    case Format::kGolangMigrate:
      return std::vector<NewFile>{{stem + ".up.sql", up_body(plan)},
                                  {stem + ".down.sql", down_body(plan)}};
    case Format::kFlyway: {
      const std::string flyway = file_stem(plan, "__");
      return std::vector<NewFile>{{"V" + flyway + ".sql", up_body(plan)},
                                  {"U" + flyway + ".sql", down_body(plan)}};
    }
    case Format::kGoose:
      return std::vector<NewFile>{
          {stem + ".sql",
           fmt::format("-- +goose Up\n{}\n-- +goose Down\n{}", up_body(plan), down_body(plan))}};
    case Format::kDbmate:
      return std::vector<NewFile>{
          {stem + ".sql",
           fmt::format("-- migrate:up\n{}\n-- migrate:down\n{}", up_body(plan), down_body(plan))}};
    case Format::kLiquibase:
      break;
  }
  return std::vector<NewFile>{{stem + ".sql", liquibase_body(plan)}};
}

bool is_single_file(Format format) {
  return format != Format::kGolangMigrate && format != Format::kFlyway;
}

}  // namespace rhumb::migrate
