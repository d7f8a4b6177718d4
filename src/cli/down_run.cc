#include "cli/down_run.h"

#include <memory>
#include <utility>

#include "base/go_format.h"
#include "cli/apply_report.h"
#include "cli/apply_target.h"
#include "cli/down_gate.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "cli/provisional_id.h"
#include "cli/report_value.h"
#include "cli/revisions_guard.h"
#include "cli/run_connection.h"
#include "cli/run_observers.h"
#include "codec/redact.h"
#include "codec/url.h"
#include "codec/uuid.h"
#include "driver/url.h"
#include "migrate/checkpoint.h"
#include "migrate/revert.h"
#include "report/masking_renderer.h"
#include "report/run_text.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

/// The version of a tag: of a checkpoint file, or of what a directory of the registry held then.
/// Errors: no such tag; a state without files.
Result<std::string> tagged_version(const Invocation& invocation,
                                   PreparedDirectory& prepared,
                                   const std::string& tag) {
  const CommandDirectory& opened = prepared.opened;
  const std::vector<migrate::File>& files = prepared.files.files;
  if (opened.source != DirectorySource::kRegistry) {
    const size_t index = TRY(migrate::find_checkpoint(files, tag));
    return files[index].version();
  }
  const std::string url = "atlas://" + opened.slug + "?tag=" + codec::query_escape(tag);
  const CommandDirectory tagged =
      TRY(open_directory_at(url, invocation, prepared.environment, prepared.session));
  const std::vector<std::string> names = TRY(tagged.directory->list());
  if (names.empty()) {
    return Error(ErrorCode::kNotFound, go_quote(url) + " holds no migration file");
  }
  return migrate::file_version(names.back(), tagged.directory->format());
}

/// How far the person wants to go back. Errors: of parse_amount and tagged_version; an empty text;
/// more than one answer.
Result<migrate::RevertLimits> read_limits(const Invocation& invocation,
                                          PreparedDirectory& prepared) {
  const FlagSet& flags = invocation.flags;
  migrate::RevertLimits limits;
  limits.amount = TRY(parse_amount(invocation.positionals, "revert"));
  for (const char* name : {"to-version", "to-tag"}) {
    if (flags.changed(name) && flags.text(name).empty()) {
      return invalid(std::string("--") + name + " cannot be empty");
    }
    if (limits.amount && flags.changed(name)) {
      return invalid(std::string("an amount and --") + name + " are mutually exclusive");
    }
  }
  limits.to_version = flags.text("to-version");
  if (flags.changed("to-tag")) {
    limits.to_version = TRY(tagged_version(invocation, prepared, flags.text("to-tag")));
  }
  return limits;
}

/// Shows a run as it goes on, up to where its plan keeps it from being executed.
class HoldingPrinter final : public migrate::RunObserver {
 public:
  HoldingPrinter(migrate::RunObserver& inner, const DownGate& gate) : inner_(inner), gate_(gate) {}
  void on_event(const migrate::RunEvent& event) override {
    if (!gate_.held()) {
      inner_.on_event(event);
    }
  }

 private:
  migrate::RunObserver& inner_;
  const DownGate& gate_;
};

/// One revert: what it does, what is printed of it, and its report.
class DownRun {
 public:
  DownRun(Invocation& invocation,
          PreparedDirectory& prepared,
          std::optional<registry_api::DeployContext> context)
      : invocation_(invocation),
        prepared_(prepared),
        is_remote_(prepared.opened.source == DirectorySource::kRegistry),
        gate_(prepared.session,
              {.repo = prepared.opened.slug,
               .env_name = invocation.flags.text("env"),
               .project = prepared.session.cloud().project,
               .context = context,
               .dry_run = is_dry()}),
        report_(invocation,
                prepared.session,
                {.required = is_required(),
                 .print = invocation.flags.boolean("print-report"),
                 .timeout = invocation.flags.duration("report-timeout")}) {
    report_.set_context(std::move(context));
    const project::MigrationConfig& migration = prepared.environment.migration;
    if (is_remote_ && !migration.skip_report.value_or(false)) {
      report_.add_target(0, {.url = codec::redact_url(invocation.flags.text("url")),
                             .dir_url = prepared.opened.url,
                             .dir_name = prepared.opened.slug,
                             .dir_source = "REGISTRY"});
    }
    if (!migration.report_masking.empty()) {
      report_.set_masking(migration.report_masking);
    }
  }

  Result<int> run() {
    const Result<void> ended = revert();
    const bool delivered = deliver();
    if (const auto held = gate_.held()) {
      return tell_held(*held);
    }
    const bool has_document = has_plan() && !format_text(invocation_).empty();
    if (has_document) {
      TRY(print_document(""));
    }
    if (!ended.has_value()) {
      return has_document && !target().error.empty() ? silent_failure() : ended.error();
    }
    return delivered || !is_required() ? 0 : 1;
  }

 private:
  [[nodiscard]] bool is_dry() const { return invocation_.flags.boolean("dry-run"); }
  [[nodiscard]] bool is_required() const {
    return invocation_.flags.boolean("require-report") ||
           prepared_.environment.migration.report_required;
  }
  [[nodiscard]] bool has_plan() const {
    return !summary_.targets().empty() && summary_.targets().front().planned;
  }
  [[nodiscard]] const report::TargetSummary& target() const { return summary_.targets().front(); }

  Result<migrate::RevertOptions> make_options(const driver::ConnectionInfo& info) {
    migrate::RevertOptions options;
    options.limits = TRY(read_limits(invocation_, prepared_));
    options.has_dev_url = !invocation_.flags.text("dev-url").empty();
    fill_run_options(options, invocation_, prepared_.environment, prepared_.opened);
    if (is_remote_) {
      options.identity_candidate = codec::Uuid::random().to_string();
      options.provisional_identity = provisional_identity(info);
      options.identity_required = is_required();
      options.find_former = [this] { return gate_.ask(); };
    }
    return options;
  }

  /// Runs it; the summary holds what there is to report when this returns.
  Result<void> revert() {
    App& app = invocation_.app;
    const bool explain = format_text(invocation_).empty();
    const std::string url = TRY(require_url(invocation_, prepared_.environment));
    TRY(read_limits(invocation_, prepared_));
    const std::unique_ptr<driver::Connection> connection =
        TRY(open_run_connection(invocation_, url));
    report::MaskingRenderer renderer(mask_options(prepared_.environment, prepared_.opened,
                                                  connection->info().engine, report_.is_needed()),
                                     secrets_of(prepared_.environment, url));
    migrate::RevertOptions options = TRY(make_options(connection->info()));
    options.admit = [&](const migrate::Planned& planned) -> Result<void> {
      TRY(renderer.check());
      return is_remote_ ? gate_.admit(planned) : Result<void>();
    };
    NoticePrinter notices(app.err);
    report::RunTextPrinter printer(app.out, app.style, invocation_.flags.boolean("verbose"));
    HoldingPrinter holding(printer, gate_);
    std::vector<migrate::RunObserver*> observers = {&summary_, &gate_, &report_, &notices};
    if (explain) {
      observers.push_back(&holding);
    }
    Fan fan(std::move(observers));
    migrate::RunStream stream(codec::Uuid::at_time(app.clock.now()).to_string(), app.clock, fan,
                              renderer);
    stream.emit(migrate::RunStarted{.command = "down",
                                    .env = invocation_.flags.text("env"),
                                    .planned_targets = 1,
                                    .dry_run = is_dry(),
                                    .context = invocation_.flags.text("context")});
    const Result<migrate::RunOutcome> outcome =
        explain_ambiguity(invocation_,
                          migrate::revert_migrations(*connection, *prepared_.opened.directory,
                                                     prepared_.files, options, stream),
                          explain);
    stream.emit(migrate::RunDone{});
    if (!outcome.has_value()) {
      return outcome.error();
    }
    const migrate::RunOutcome& ended = outcome.value();
    if (ended.error) {
      return *ended.error;
    }
    return ended.unlock_error ? Result<void>(*ended.unlock_error) : Result<void>();
  }

  /// Tells the registry what was done, or that nothing was to do; not what never began.
  bool deliver() {
    const bool is_due =
        report_.is_needed() && has_plan() && (target().pending.empty() || gate_.has_passed());
    if (!is_due) {
      return true;
    }
    report_.set_revert(gate_.plan_id());
    return report_.deliver();
  }

  Result<void> print_document(std::string held) {
    const App& app = invocation_.app;
    return print_format(app, format_text(invocation_),
                        revert_value(target(),
                                     {.dry_run = is_dry(),
                                      .held = std::move(held),
                                      .url = gate_.url().empty() ? report_.url() : gate_.url()},
                                     ZonedTimes(app.clock)),
                        run_format(app));
  }

  /// A plan that may not be executed, or not again. Source: spec registry.md 4.7, clients.md 3.4.
  Result<int> tell_held(registry_api::PlanStatus status) {
    const App& app = invocation_.app;
    const std::string name(registry_api::to_text(status));
    if (!format_text(invocation_).empty()) {
      TRY(print_document(name));
    } else if (status == registry_api::PlanStatus::kPendingUser) {
      app.out << report::format_planned_text(target(), report::TextForm::kShown, app.style)
              << "\nTo approve the plan visit: " << gate_.url() << "\n";
    } else {
      app.out << "\nThe plan is " << name << ": " << gate_.url() << "\n";
    }
    if (status == registry_api::PlanStatus::kPendingUser) {
      return silent_failure();
    }
    if (status == registry_api::PlanStatus::kAborted) {
      return Error(ErrorCode::kDenied, "migration plan was aborted");
    }
    invocation_.warn("the registry has this revert as done, and the database still has version " +
                     go_quote(target().current) + "; nothing was reverted");
    return 0;
  }

  Invocation& invocation_;
  PreparedDirectory& prepared_;
  bool is_remote_;
  DownGate gate_;
  report::RunSummary summary_;
  ApplyReport report_;
};

}  // namespace

Result<int> run_revert(Invocation& invocation,
                       PreparedDirectory& prepared,
                       std::optional<registry_api::DeployContext> context) {
  return DownRun(invocation, prepared, std::move(context)).run();
}

}  // namespace rhumb::cli
