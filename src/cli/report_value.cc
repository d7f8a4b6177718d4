#include "cli/report_value.h"

#include <utility>

#include "base/text.h"
#include "codec/url.h"
#include "report/run_text.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

using gotmpl::Function;
using gotmpl::Param;
using gotmpl::Struct;
using gotmpl::Value;

/// The statements behind the first `skipped`, as the terminal shows them.
std::vector<std::string> shown_statements(const migrate::PlannedFile& file,
                                          size_t skipped,
                                          size_t count) {
  std::vector<std::string> texts;
  file.visit_statements(skipped, count, [&](const migrate::StatementText& statement) {
    texts.push_back(statement.in(migrate::TextForm::kShown));
  });
  return texts;
}

Value declared_statements(const migrate::PlannedFile& file) {
  constexpr migrate::TextForm kForm = migrate::TextForm::kShown;
  Value::Items declarations;
  file.visit_statements(0, file.statement_count(), [&](const migrate::StatementText& statement) {
    declarations.push_back(Struct("*migrate.Stmt")
                               .field("Pos", static_cast<int64_t>(statement.position()))
                               .field("Text", statement.in(kForm))
                               .field("Comments", Value::strings(statement.comments(kForm))));
  });
  return Value::list_of("[]*migrate.Stmt", std::move(declarations));
}

Value statement_error(const migrate::RunText& statement, const migrate::RunText& text) {
  return Struct("*cmdlog.StmtError")
      .optional_field("Stmt", statement.shown)
      .optional_field("Text", text.shown);
}

Value failure_value(const report::FileSummary& file) {
  if (!file.failure) {
    return Value::nil_pointer("*cmdlog.StmtError");
  }
  return statement_error(file.failure->statement, file.failure->text);
}

Value checks_value(const report::FileSummary& file, const ZonedTimes& times) {
  Value::Items groups;
  for (const report::CheckGroup& group : file.checks) {
    Value::Items statements;
    for (const report::CheckStatement& check : group.statements) {
      statements.push_back(Struct("*cmdlog.Check")
                               .optional_field("Stmt", check.statement.shown)
                               .optional_field("Error", check.error.shown));
    }
    const Value error = group.error.empty() ? Value::nil_pointer("*cmdlog.StmtError")
                                            : statement_error({}, group.error);
    groups.push_back(Struct("*cmdlog.FileChecks")
                         .optional_field("Name", group.name)
                         .optional_field("Stmts", Value::list_of("[]*cmdlog.Check", statements))
                         .optional_field("Error", error)
                         .field("Start", times(group.start))
                         .field("End", times(group.end)));
  }
  return Value::list_of("[]*cmdlog.FileChecks", std::move(groups));
}

Struct file_fields(const migrate::RunFile& file, const std::string& type) {
  return std::move(Struct(type)
                       .optional_field("Name", file.name)
                       .optional_field("Version", file.version)
                       .optional_field("Description", file.description));
}

/// A file that was executed; `type` is its name without the package.
Value executed_file_value(const std::string& type,
                          const report::FileSummary& file,
                          const ZonedTimes& times) {
  const Value applied =
      Value::strings(shown_statements(*file.planned, file.skipped, file.attempted));
  const Value checks = checks_value(file, times);
  const Value error = failure_value(file);
  const Value skipped(static_cast<int64_t>(file.skipped));
  const Value json = file_fields(file.file(), "cmdlog." + type)
                         .field("Start", times(file.start))
                         .field("End", times(file.end))
                         .optional_field("Skipped", skipped)
                         .optional_field("Applied", applied)
                         .optional_field("Checks", checks)
                         .optional_field("Error", error);
  return Struct("*cmdlog." + type)
      .field("File", file_value(file.file(), file.planned),
             {.json = {}, .omit_empty = false, .embedded = true})
      .field("Start", times(file.start))
      .field("End", times(file.end))
      .field("Skipped", skipped)
      .field("Applied", applied)
      .field("Checks", checks)
      .field("Error", error)
      .json(json);
}

Value pending_value(const report::TargetSummary& target) {
  Value::Items files;
  for (const auto& planned : target.pending) {
    files.push_back(file_value(planned->file(), planned));
  }
  return Value::list_of("cmdlog.Files", std::move(files), "migrate.File");
}

Value executed_value(const std::string& type,
                     const report::TargetSummary& target,
                     const ZonedTimes& times) {
  Value::Items files;
  for (const report::FileSummary& file : target.files) {
    files.push_back(executed_file_value(type, file, times));
  }
  return Value::list_of("[]*cmdlog." + type, std::move(files));
}

/// `.Query.Get "key"`: the first value, or "".
Function query_getter(const codec::Url& url) {
  return {.params = {Param::text()},
          .variadic = std::nullopt,
          .call = [url](std::span<const Value> arguments) -> Result<Value> {
            return Value(url.find_query(arguments[0].as_string()).value_or(""));
          },
          .type = "func(string) string"};
}

std::string outcome_message(const report::TargetSummary& target) {
  if (!target.error.empty()) {
    return "";
  }
  if (target.files.empty()) {
    return "No migration files to execute";
  }
  return "Migrated to version " + target.target + " from " + target.current + " (" +
         std::to_string(target.files.size()) + " migrations in total)";
}

/// `.Summary "<indent>"`.
Function summary_function(const report::TargetSummary& target) {
  return {.params = {Param::text()},
          .variadic = std::nullopt,
          .call = [target](std::span<const Value> arguments) -> Result<Value> {
            const std::string totals =
                report::format_run_totals(target, arguments[0].as_string(), {});
            const size_t first = arguments[0].as_string().size();
            return Value(trim_right(std::string_view(totals).substr(first)));
          },
          .type = "func(string) string"};
}

}  // namespace

Value ZonedTimes::operator()(report::Time instant) const {
  const std::chrono::minutes offset = clock_.local_offset(instant);
  const gotmpl::TimeZone zone{.offset = offset,
                              .abbreviation = offset.count() == 0 ? "UTC" : "",
                              .location = offset.count() == 0 ? "UTC" : "Local"};
  return Value::time({.instant = instant, .zone = zone, .local = zone});
}

Value url_value(const std::string& redacted_url, std::string_view schema) {
  const Result<codec::Url> parsed = codec::parse_url(redacted_url);
  if (!parsed.has_value()) {
    return Value(redacted_url);
  }
  const codec::Url& url = parsed.value();
  const Value user = url.user ? Struct("*url.Userinfo").text(url.user->name).value()
                              : Value::nil_pointer("*url.Userinfo").with_text("");
  Value::Entries query;
  for (const auto& [key, values] : url.query()) {
    query.emplace(key, Value::strings(values));
  }
  const Value query_value =
      Value::map_of("url.Values", std::move(query)).with_method("Get", query_getter(url));
  return Struct("*sqlclient.URL")
      .field("Scheme", url.scheme)
      .field("Opaque", url.opaque)
      .field("User", user)
      .field("Host", url.host)
      .field("Path", url.path)
      .field("Fragment", url.fragment)
      .field("RawQuery", url.raw_query)
      .field("RawPath", url.raw_path)
      .field("RawFragment", url.raw_fragment)
      .field("ForceQuery", url.force_query)
      .field("OmitHost", url.omit_host)
      .field("Schema", schema)
      .method("String", [redacted_url] { return Value(redacted_url); })
      .method("Redacted", [redacted_url] { return Value(redacted_url); })
      .method("Hostname", [name = url.hostname()] { return Value(name); })
      .method("Port", [port = url.port()] { return Value(port); })
      .method("Query", [query_value] { return Value(query_value); })
      .text(redacted_url);
}

Value env_value(const ReportEnv& env) {
  const Value url =
      env.url.empty() ? Value::nil_pointer("*sqlclient.URL") : url_value(env.url, env.schema);
  return Struct("cmdlog.Env")
      .optional_field("Driver", env.driver)
      .optional_field("URL", url)
      .optional_field("Dir", env.dir);
}

Value file_value(const migrate::RunFile& file,
                 const std::shared_ptr<const migrate::PlannedFile>& planned) {
  Struct value("cmdlog.File");
  value.method("Name", [name = file.name] { return Value(name); })
      .method("Version", [version = file.version] { return Value(version); })
      .method("Desc", [description = file.description] { return Value(description); })
      .method("Bytes",
              [planned] {
                return Value::bytes(planned ? planned->content(migrate::TextForm::kShown) : "");
              })
      .method("Stmts",
              [planned] {
                return Value::strings(
                    planned ? shown_statements(*planned, 0, planned->statement_count())
                            : std::vector<std::string>());
              })
      .method("StmtDecls", [planned] {
        return planned ? declared_statements(*planned)
                       : Value::list_of("[]*migrate.Stmt", Value::Items());
      });
  return std::move(value).json(file_fields(file, "cmdlog.File"));
}

Value apply_value(const report::TargetSummary& target, const ZonedTimes& times) {
  const Value env = env_value({.driver = target.info.driver,
                               .url = target.info.url,
                               .schema = target.info.schema,
                               .dir = target.info.dir_url});
  const gotmpl::FieldOptions embedded = {.json = {}, .omit_empty = false, .embedded = true};
  const Value pending = pending_value(target);
  const Value applied = executed_value("AppliedFile", target, times);
  const Value start = times(target.start);
  const Value end = times(target.end);
  const auto fields = [&](const std::string& type) {
    return std::move(Struct(type)
                         .field("Env", env, embedded)
                         .optional_field("Pending", pending)
                         .optional_field("Applied", applied)
                         .optional_field("Current", target.current)
                         .optional_field("Target", target.target)
                         .field("Start", start)
                         .field("End", end)
                         .optional_field("Error", target.error.shown));
  };
  const Value json =
      fields("cmdlog.MigrateApply").optional_field("Message", outcome_message(target));
  return fields("*cmdlog.MigrateApply")
      .method("Header", [target] { return Value(report::format_run_header(target, {})); })
      .method("Summary", summary_function(target))
      .json(json);
}

Value revert_value(const report::TargetSummary& target,
                   const RevertVerdict& verdict,
                   const ZonedTimes& times) {
  const bool done = target.error.empty() && !verdict.dry_run;
  const Value reverted =
      executed_value("RevertedFile", verdict.dry_run ? report::TargetSummary() : target, times);
  return Struct("*cmdlog.MigrateDown")
      .optional_field("Planned", pending_value(target))
      .optional_field("Reverted", reverted)
      .field("Current", target.current)
      .field("Target", target.target)
      .field("Total", static_cast<int64_t>(target.pending.size()))
      .field("Start", times(target.start))
      .field("End", times(target.end))
      .optional_field("URL", verdict.url)
      .optional_field("Status", done ? "APPLIED" : verdict.held)
      .optional_field("Error", verdict.held.empty() ? target.error.shown : "");
}

}  // namespace rhumb::cli
