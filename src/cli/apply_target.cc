#include "cli/apply_target.h"

#include <charconv>
#include <ostream>

#include "base/go_format.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/holder.h"
#include "cli/provisional_id.h"
#include "cli/revisions_guard.h"
#include "cli/run_connection.h"
#include "cli/run_observers.h"
#include "cli/version.h"
#include "codec/redact.h"
#include "codec/url.h"
#include "codec/uuid.h"
#include "driver/url.h"
#include "migrate/directory_url.h"
#include "migrate/executor.h"
#include "report/masking_renderer.h"

namespace rhumb::cli {
namespace {

/// Keeps what the run said of its target, for the question that comes before the first statement.
class TargetCapture final : public migrate::RunObserver {
 public:
  void on_event(const migrate::RunEvent& event) override {
    if (const auto* started = std::get_if<migrate::TargetStarted>(&event.body)) {
      target_ = *started;
    }
  }
  [[nodiscard]] const migrate::TargetStarted& target() const { return target_; }

 private:
  migrate::TargetStarted target_;
};

report::LiteralMasking masking_of(const project::MigrationConfig& migration) {
  if (migration.report_masking == "NONE") {
    return report::LiteralMasking::kNone;
  }
  return migration.report_masking == "VALUES" ? report::LiteralMasking::kValues
                                              : report::LiteralMasking::kAll;
}

sql::LexOptions lex_options(driver::Engine engine) {
  switch (engine) {
    case driver::Engine::kSqlite:
    case driver::Engine::kLibsql:
      return {.dialect = sql::Dialect::kSqlite};
    case driver::Engine::kPostgres:
    case driver::Engine::kCockroach:
      return {.dialect = sql::Dialect::kPostgres};
    case driver::Engine::kMysql:
    case driver::Engine::kMariadb:
    case driver::Engine::kTidb:
      return {.dialect = sql::Dialect::kMysql};
  }
  return {};
}

migrate::ApplyOptions make_options(const Invocation& invocation,
                                   const ApplyTarget& target,
                                   const CommandDirectory& opened,
                                   std::optional<size_t> amount) {
  const FlagSet& flags = invocation.flags;
  migrate::ApplyOptions options;
  fill_run_options(options, invocation, target.environment, opened);
  options.amount = amount;
  options.to_version = flags.text("to-version");
  options.baseline = flags.text("baseline");
  options.tx_mode = flags.text("tx-mode");
  options.exec_order = flags.text("exec-order");
  options.allow_dirty = flags.boolean("allow-dirty");
  return options;
}

void add_identity(migrate::ApplyOptions& options,
                  const ApplyTarget& target,
                  const driver::ConnectionInfo& info) {
  if (!target.reported) {
    return;
  }
  options.identity_candidate = codec::Uuid::random().to_string();
  options.provisional_identity = provisional_identity(info);
  options.identity_required = target.report_required;
}

/// A URL that is none is told apart, as scripts know it from this command.
Result<std::shared_ptr<const VerifiedDirectory>> open_apply_directory(
    const Invocation& invocation,
    const project::Environment& environment,
    RegistrySession& session,
    VerifiedDirectories& directories) {
  const bool explain = format_text(invocation).empty();
  Result<std::shared_ptr<const VerifiedDirectory>> opened =
      directories.open(invocation, environment, session, explain);
  if (!opened.has_value() && opened.error().message().starts_with("parse \"")) {
    return opened.error().context("parse dir-url");
  }
  return opened;
}

}  // namespace

std::vector<std::string> secrets_of(const project::Environment& environment,
                                    const std::string& url) {
  std::vector<std::string> secrets = environment.secrets;
  const Result<codec::Url> parsed = codec::parse_url(url);
  const codec::UserInfo user =
      parsed.has_value() ? parsed.value().user.value_or(codec::UserInfo{}) : codec::UserInfo{};
  if (user.password) {
    secrets.push_back(*user.password);
  }
  return secrets;
}

report::FileMaskOptions mask_options(const project::Environment& environment,
                                     const CommandDirectory& opened,
                                     driver::Engine engine,
                                     bool is_reported) {
  report::FileMaskOptions options{.lex = lex_options(engine),
                                  .report_literals = masking_of(environment.migration),
                                  .template_values = {},
                                  .is_reported = is_reported};
  const auto values = environment.template_values.find(opened.directory->url());
  if (values != environment.template_values.end()) {
    options.template_values = values->second;
  }
  return options;
}

void fill_run_options(migrate::RunOptions& options,
                      const Invocation& invocation,
                      const project::Environment& environment,
                      const CommandDirectory& opened) {
  const FlagSet& flags = invocation.flags;
  App& app = invocation.app;
  options.target.key = environment.key;
  options.target.dir_url = opened.url;
  options.target.slug = opened.slug;
  options.target.tag = opened.tag;
  options.target.version = opened.version;
  options.revisions_schema = flags.text("revisions-schema");
  options.on_unknown = flags.text("on-unknown");
  options.dry_run = flags.boolean("dry-run");
  options.hooks = environment.hooks;
  options.lock_name = flags.text("lock-name");
  options.lock_timeout = flags.duration("lock-timeout");
  options.limits = {.statement = flags.duration("statement-timeout"),
                    .table_lock = flags.duration("table-lock-timeout")};
  options.holder = lock_holder(app, invocation.command.name);
  options.operator_version = operator_version();
  options.stop = app.stop;
  options.on_lock_wait = [&app](std::string_view held_by) {
    if (app.err_is_terminal) {
      app.err << "Waiting for the database lock (held by " << held_by << ")\n" << std::flush;
    }
  };
}

Result<std::optional<size_t>> parse_amount(const std::vector<std::string>& arguments,
                                           std::string_view verb) {
  if (arguments.empty()) {
    return std::optional<size_t>{};
  }
  std::string_view digits = arguments[0];
  digits.remove_prefix(digits.starts_with('+') ? 1 : 0);
  int64_t amount = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), amount);
  const bool out_of_range = code == std::errc::result_out_of_range;
  if (code != std::errc{} || end != digits.data() + digits.size()) {
    return invalid("invalid amount argument " + go_quote(arguments[0]) + " (" +
                   (out_of_range ? "value out of range" : "invalid syntax") +
                   "). Omit the argument or pass a valid integer instead");
  }
  if (amount <= 0) {
    return invalid("cannot " + std::string(verb) + " '" + std::to_string(amount) +
                   "' migration files");
  }
  return std::optional(static_cast<size_t>(amount));
}

Result<void> apply_to_target(Invocation& invocation,
                             const ApplyTarget& target,
                             RegistrySession& session,
                             VerifiedDirectories& directories,
                             const std::string& run_id,
                             migrate::RunObserver& observer) {
  App& app = invocation.app;
  const bool explain = format_text(invocation).empty();
  const std::optional<size_t> amount = TRY(parse_amount(invocation.positionals, "apply"));
  const std::shared_ptr<const VerifiedDirectory> verified =
      TRY(open_apply_directory(invocation, target.environment, session, directories));
  const CommandDirectory& opened = verified->opened;
  const migrate::DirectoryFiles& files = verified->files;
  const std::string url = TRY(require_url(invocation, target.environment));
  const std::unique_ptr<driver::Connection> connection = TRY(open_run_connection(invocation, url));
  report::MaskingRenderer renderer(
      mask_options(target.environment, opened, connection->info().engine, target.run_reported),
      secrets_of(target.environment, url));
  TargetCapture capture;
  NoticePrinter notices(app.err);
  Fan fan({&capture, &notices, &observer});
  migrate::RunStream stream(run_id, app.clock, fan, renderer);
  stream.select_target(target.number);
  migrate::ApplyOptions options = make_options(invocation, target, opened, amount);
  add_identity(options, target, connection->info());
  options.prepared = verified->prepared.get();
  options.admit = [&](const migrate::Planned& planned) -> Result<void> {
    TRY(renderer.check());
    TRY(ask_checks(invocation, target.environment, planned));
    if (!target.reported || options.dry_run || target.gate == nullptr) {
      return {};
    }
    target.on_permit(
        TRY(target.gate->ask({.number = target.number,
                              .repo = target.repo,
                              .environment = target.environment,
                              .target = capture.target(),
                              .version = planned.target,
                              .from_registry = opened.source == DirectorySource::kRegistry})));
    return {};
  };
  const migrate::RunOutcome outcome = TRY(explain_ambiguity(
      invocation, migrate::apply_migrations(*connection, files, options, stream), explain));
  if (outcome.error) {
    return *outcome.error;
  }
  if (outcome.unlock_error) {
    return *outcome.unlock_error;
  }
  return {};
}

}  // namespace rhumb::cli
