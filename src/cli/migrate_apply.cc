// `migrate apply`: one target or several, their output, and the report at the end.

#include <algorithm>

#include "base/text.h"
#include "cli/apply_report.h"
#include "cli/apply_target.h"
#include "cli/contexts.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/report_value.h"
#include "cli/run_observers.h"
#include "codec/redact.h"
#include "codec/uuid.h"
#include "driver/url.h"
#include "migrate/directory_url.h"
#include "report/masking_renderer.h"
#include "report/run_text.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

/// Prints the default report while the run goes on, for targets without a format; a format needs the
/// whole of it. The environment of a target may bring its own.
class DefaultReport final : public migrate::RunObserver {
 public:
  explicit DefaultReport(const Invocation& invocation)
      : invocation_(invocation),
        printer_(invocation.app.out, invocation.app.style, invocation.flags.boolean("verbose")) {}
  void on_event(const migrate::RunEvent& event) override {
    if (format_text(invocation_).empty()) {
      printer_.on_event(event);
    }
  }

 private:
  const Invocation& invocation_;
  report::RunTextPrinter printer_;
};

struct Failure {
  size_t target = 0;
  Error error;
  bool shown = false;  ///< its text is in a formatted output already
};

/// One run over all its targets.
class ApplyRun {
 public:
  ApplyRun(Invocation& invocation, project::Project& project)
      : invocation_(invocation),
        project_(project),
        session_(invocation, project.cloud),
        report_(invocation, session_, wishes()),
        gate_(invocation, session_),
        printer_(invocation),
        fan_({&summary_, &report_, &printer_}),
        run_id_(codec::Uuid::at_time(invocation.app.clock.now()).to_string()),
        stream_(run_id_, invocation.app.clock, fan_, plain_),
        held_back_(project.rollout.size()) {}

  Result<int> run() {
    TRY(plan_report());
    stream_.emit(started_event());
    report_.begin();
    run_targets();
    finish();
    const bool delivered = !report_.is_needed() || report_.deliver();
    if (!failures_.empty()) {
      return combined_error();
    }
    if (missing_credentials_ && is_required_anywhere()) {
      return Error(ErrorCode::kUnavailable,
                   "the run had to be reported; run 'atlas login', or set ATLAS_TOKEN and "
                   "ATLAS_CLOUD_URL");
    }
    return delivered || !is_required_anywhere() ? 0 : 1;
  }

 private:
  [[nodiscard]] ReportWishes wishes() const {
    const FlagSet& flags = invocation_.flags;
    return {.required = flags.boolean("require-report"),
            .print = flags.boolean("print-report"),
            .timeout = flags.duration("report-timeout")};
  }

  [[nodiscard]] bool is_required(const project::Environment& environment) const {
    return invocation_.flags.boolean("require-report") || environment.migration.report_required;
  }

  [[nodiscard]] bool is_required_anywhere() const {
    return std::ranges::any_of(project_.environments,
                               [&](const auto& environment) { return is_required(environment); });
  }

  [[nodiscard]] migrate::RunStarted started_event() const {
    return {.command = "apply",
            .env = invocation_.flags.text("env"),
            .planned_targets = project_.environments.size(),
            .dry_run = invocation_.flags.boolean("dry-run"),
            .context = invocation_.flags.text("context")};
  }

  /// Whether a target's run is told the registry, by its directory and the project file.
  /// Source: spec reporting.md 4.
  [[nodiscard]] bool wants_report(const project::Environment& environment,
                                  const std::string& directory) const {
    if (invocation_.flags.text("env").empty() ||
        environment.migration.skip_report.value_or(false)) {
      return false;
    }
    return is_registry_directory(environment, directory) ||
           environment.migration.report.value_or(false);
  }

  static bool is_registry_directory(const project::Environment& environment,
                                    const std::string& directory) {
    return directory.starts_with("atlas://") ||
           environment.remote_directories.contains(directory);
  }

  /// Decides for every target, before the first one starts, whether it is reported.
  Result<void> plan_report() {
    if (!invocation_.flags.text("env").empty()) {
      report_.set_context(TRY(parse_deploy_context(invocation_.flags.text("context"))));
    }
    bool needs_identity = false;
    for (size_t i = 0; i < project_.environments.size(); ++i) {
      const project::Environment& environment = project_.environments[i];
      TRY(enter_environment(invocation_, environment));
      const std::string directory = TRY(resolve_url(invocation_.flags.text("dir"), environment));
      if (!wants_report(environment, directory)) {
        continue;
      }
      const bool registry = is_registry_directory(environment, directory);
      if (!TRY(session_.login()) && !invocation_.flags.boolean("print-report")) {
        if (!registry) {
          warn_missing_credentials();
        }
        continue;  // a registry directory fails by itself, before any database is touched
      }
      needs_identity = needs_identity || !registry;
      const report::PlannedTarget planned = planned_target(environment, directory);
      gate_.expect(i, planned.dir_name, planned.url);
      report_.add_target(i, planned);
      report_.set_masking(environment.migration.report_masking.empty()
                              ? "ALL"
                              : environment.migration.report_masking);
    }
    invocation_.flags.reset_config_values();
    if (needs_identity && !invocation_.flags.boolean("print-report")) {
      TRY(session_.connect_for_report());
    }
    return {};
  }

  void warn_missing_credentials() {
    if (!missing_credentials_) {
      invocation_.warn("migration.report is set but no registry credentials were found; this run "
                       "is not reported");
    }
    missing_credentials_ = true;
  }

  [[nodiscard]] report::PlannedTarget planned_target(const project::Environment& environment,
                                                     const std::string& directory) const {
    report::PlannedTarget planned;
    planned.url = codec::redact_url(invocation_.flags.text("url"));
    planned.dir_url = codec::redact_url(directory);
    const Result<migrate::DirectoryUrl> url = migrate::parse_directory_url(directory);
    const auto remote = environment.remote_directories.find(directory);
    if (remote != environment.remote_directories.end()) {
      planned.dir_name = remote->second.slug;
    } else if (url.has_value() && url.value().scheme == "atlas") {
      planned.dir_name = url.value().path;
    } else if (environment.migration.repo) {
      planned.dir_name = environment.migration.repo->name;
    }
    planned.dir_source = is_registry_directory(environment, directory) ? "REGISTRY"
                         : directory.starts_with("mem://")             ? "TEMPLATE"
                                                                       : "LOCAL";
    return planned;
  }

  void run_targets() {
    const bool go_on = invocation_.flags.boolean("continue-on-error");
    for (size_t i = 0; i < project_.environments.size(); ++i) {
      if (invocation_.app.stop.is_cancelled()) {
        failures_.push_back({.target = i, .error = Error(ErrorCode::kCancelled, "interrupted")});
        return;
      }
      if (is_held_back(project_.environments[i])) {
        continue;
      }
      ++attempted_;
      if (!last_output_.empty() && !last_output_.ends_with('\n')) {
        invocation_.app.out << "\n";
        last_output_.clear();
      }
      const bool goes_on = go_on || continues_after(project_.environments[i]);
      const size_t failed_before = failures_.size();
      run_target(i, goes_on);
      if (failures_.size() == failed_before || goes_on) {
        continue;
      }
      const auto& place = project_.environments[i].rollout;
      if (!place) {
        return;
      }
      hold_back(place->group);
    }
  }

  /// Whether the target's group of a rollout goes on after one of its targets fails.
  [[nodiscard]] bool continues_after(const project::Environment& environment) const {
    return environment.rollout && project_.rollout[environment.rollout->group].goes_on;
  }

  /// Nothing more starts in a group, nor in those that wait for it.
  void hold_back(size_t failed) {
    held_back_[failed] = true;
    for (const size_t group : project::group_order(project_.rollout)) {
      const bool waits = std::ranges::any_of(project_.rollout[group].after,
                                             [&](size_t before) { return held_back_[before]; });
      held_back_[group] = held_back_[group] || waits;
    }
  }

  [[nodiscard]] bool is_held_back(const project::Environment& environment) const {
    return environment.rollout && held_back_[environment.rollout->group];
  }

  void run_target(size_t number, bool go_on) {
    const project::Environment& environment = project_.environments[number];
    const Result<void> ended = attempt_target(number, environment);
    const bool has_summary = summary_.targets().size() > number;
    if (!ended.has_value() && (!has_summary || !summary_.targets()[number].done)) {
      emit_early_failure(number, environment, ended.error());
    }
    const Result<bool> printed = print_target(number, go_on);
    const bool shown = printed.has_value() && printed.value() && !format_text(invocation_).empty();
    if (!ended.has_value()) {
      failures_.push_back({.target = number,
                           .error = is_silent(ended.error()) || shown ? silent_failure()
                                                                      : ended.error(),
                           .shown = shown});
    } else if (!printed.has_value()) {
      failures_.push_back({.target = number, .error = printed.error(), .shown = false});
    }
  }

  Result<void> attempt_target(size_t number, const project::Environment& environment) {
    TRY(enter_environment(invocation_, environment));
    TRY(check_flags(invocation_));
    return apply_to_target(
        invocation_,
        {.environment = environment,
         .number = number,
         .reported = report_.is_reported(number),
         .run_reported = report_.is_needed(),
         .report_required = is_required(environment),
         .repo = report_.repo_of(number),
         .gate = &gate_,
         .on_permit = [&](std::string permit) { report_.set_permit(number, std::move(permit)); }},
        session_, directories_, run_id_, fan_);
  }

  /// A target that failed before it had anything to tell still ends, for the report's step log.
  void emit_early_failure(size_t number,
                          const project::Environment& environment,
                          const Error& error) {
    report::MaskingRenderer renderer({}, environment.secrets);
    stream_.select_target(number);
    stream_.emit(migrate::TargetDone{.current = {}, .error = renderer.message(error.message())});
  }

  /// What is known of a target that could not be opened.
  [[nodiscard]] migrate::TargetStarted unopened_target(size_t number) const {
    migrate::TargetStarted info;
    info.dir_url = codec::redact_url(invocation_.flags.text("dir"));
    const Result<std::string> resolved =
        resolve_url(invocation_.flags.text("url"), project_.environments[number]);
    const Result<driver::DatabaseUrl> url =
        driver::parse_database_url(resolved.has_value() ? resolved.value() : std::string());
    if (url.has_value()) {
      info.driver = driver::driver_name(url.value().scheme());
      info.url = url.value().redacted;
      info.schema = info.driver == "sqlite" || info.driver == "libsql" ? "main" : "";
    }
    return info;
  }

  /// Prints what one target has to show; tells whether there was anything.
  Result<bool> print_target(size_t number, bool go_on) {
    App& app = invocation_.app;
    const report::TargetSummary empty;
    const report::TargetSummary& target =
        summary_.targets().size() > number ? summary_.targets()[number] : empty;
    const std::string format = format_text(invocation_);
    const bool has_document = target.planned || (go_on && target.done && !format.empty());
    if (!has_document) {
      return false;
    }
    if (format.empty()) {
      return true;  // printed while it ran
    }
    last_output_.clear();
    report::TargetSummary unopened;
    if (!target.started) {
      unopened = target;
      unopened.info = unopened_target(number);
    }
    const Result<void> rendered = render_format(
        format, apply_value(target.started ? target : unopened, ZonedTimes(app.clock)),
        run_format(app), last_output_);
    app.out << last_output_;
    app.out.flush();
    TRY(rendered);
    return true;
  }

  void finish() {
    migrate::RunDone done;
    done.not_started = project_.environments.size() - attempted_;
    if (!failures_.empty() && summary_.targets().size() > failures_.front().target) {
      done.error = summary_.targets()[failures_.front().target].error;
    }
    stream_.emit(std::move(done));
  }

  [[nodiscard]] Error combined_error() const {
    std::vector<const Failure*> to_show;
    for (const Failure& failure : failures_) {
      if (!failure.shown) {
        to_show.push_back(&failure);
      }
    }
    if (to_show.empty()) {
      return silent_failure();
    }
    if (failures_.size() == 1) {
      return to_show.front()->error;
    }
    std::string text = std::to_string(failures_.size()) + " of " +
                       std::to_string(project_.environments.size()) + " targets failed:";
    for (const Failure* failure : to_show) {
      const std::string& key = project_.environments[failure->target].key;
      text += "\n" + (key.empty() ? "" : key + ": ") + failure->error.message();
    }
    return invalid(text);
  }

  Invocation& invocation_;
  project::Project& project_;
  RegistrySession session_;
  VerifiedDirectories directories_;
  report::RunSummary summary_;
  ApplyReport report_;
  DeploymentGate gate_;
  DefaultReport printer_;
  Fan fan_;
  migrate::PlainTextRenderer plain_;
  std::string run_id_;
  migrate::RunStream stream_;
  std::vector<Failure> failures_;
  std::vector<bool> held_back_;  // groups of the rollout in which nothing more starts
  std::string last_output_;
  size_t attempted_ = 0;
  bool missing_credentials_ = false;
};

Result<int> run_apply(Invocation& invocation) {
  project::Project project =
      TRY(load_environments(invocation, {.needs_registry = false, .several = true}));
  if (project.environments.empty()) {
    return 0;
  }
  return ApplyRun(invocation, project).run();
}

std::vector<FlagSpec> apply_flags() {
  return {
      url_flag(),
      dir_flag(),
      log_flag(),
      format_flag(),
      revisions_schema_flag(),
      verbose_flag(),
      bool_flag("dry-run", "show what would be executed; nothing is written"),
      lock_timeout_flag(),
      statement_timeout_flag(),
      table_lock_timeout_flag(),
      text_flag("lock-name", "atlas_migrate_execute", "name of the database lock"),
      lock_mode_flag(),
      text_flag("baseline", "", "version that a database with tables is declared to be on"),
      text_flag("tx-mode", "file", "transactions: none, file or all"),
      text_flag("exec-order", "linear", "order of late files: linear, linear-skip or non-linear"),
      bool_flag("allow-dirty", "start on a database that has tables but no history"),
      text_flag("to-version", "", "apply up to and including this version"),
      text_flag("on-unknown", "fail",
                "a statement whose outcome a crash left open: fail, retry or skip"),
      hide(text_flag("context", "", "JSON describing what triggered the run")),
      target_flag(),
      bool_flag("continue-on-error", "go on with the next target after one fails"),
      bool_flag("allow-empty-targets", "succeed when the environment has no target"),
      bool_flag("require-report", "fail when the run could not be reported"),
      report_timeout_flag(),
      bool_flag("print-report", "print the report to stdout instead of sending it"),
      text_flag("override-reason", "",
                "why policies of the registry are to be passed over, for its audit log"),
      bool_flag("allow-stale", "use a cached directory when the registry does not answer"),
  };
}

}  // namespace

Command make_migrate_apply_command() {
  Command command;
  command.name = "apply";
  command.arguments = "[flags] [amount]";
  command.summary = "Applies pending migration files to a database, or to all of an environment.";
  command.description =
      "Compares the migration directory with the revisions table of the database, and executes the\n"
      "files it does not have yet, in order, each in a transaction of its own. The amount limits how\n"
      "many. With --env, an environment with for_each is applied to all of its databases.";
  command.examples =
      "  atlas migrate apply --url \"sqlite://app.db\"\n"
      "  atlas migrate apply --url \"sqlite://app.db\" --dry-run\n"
      "  atlas migrate apply --env prod\n"
      "  atlas migrate apply --env prod --continue-on-error --format '{{ json . }}'";
  command.ends_in_order = true;
  command.flags = apply_flags();
  command.exclusive_groups = {{"log", "format"}};
  command.count = {.min = 0, .max = 1};
  command.run = run_apply;
  return command;
}

}  // namespace rhumb::cli
