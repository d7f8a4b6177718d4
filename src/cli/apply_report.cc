#include "cli/apply_report.h"

#include <algorithm>

#include "cli/format.h"
#include "cli/holder.h"
#include "cli/report_spool.h"
#include "cli/version.h"
#include "codec/json.h"
#include "codec/uuid.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

constexpr std::chrono::seconds kInterruptedBudget{5};
constexpr std::chrono::seconds kProgressBudget{2};  // a page that is not live must not slow a run

}  // namespace

ApplyReport::ApplyReport(const Invocation& invocation,
                         RegistrySession& session,
                         ReportWishes wishes)
    : invocation_(invocation),
      session_(session),
      wishes_(wishes),
      set_id_(codec::Uuid::random().to_string()) {
  facts_.operator_version = operator_version();
  facts_.actor = actor_name(invocation.app);
  const std::string& project = session.cloud().project;
  facts_.project_name = project.empty() ? "default" : project;
}

void ApplyReport::add_target(size_t number, report::PlannedTarget planned) {
  planned.report_id = codec::Uuid::random().to_string();
  planned_.push_back({.number = number, .planned = std::move(planned)});
}

bool ApplyReport::is_reported(size_t number) const {
  return std::ranges::find(planned_, number, &Entry::number) != planned_.end();
}

std::string ApplyReport::repo_of(size_t number) const {
  const auto entry = std::ranges::find(planned_, number, &Entry::number);
  return entry == planned_.end() ? "" : entry->planned.dir_name;
}

void ApplyReport::set_permit(size_t number, std::string permit) {
  const auto entry = std::ranges::find(planned_, number, &Entry::number);
  if (entry != planned_.end()) {
    entry->planned.permit = std::move(permit);
  }
}

void ApplyReport::on_event(const migrate::RunEvent& event) {
  const bool is_of_run = std::holds_alternative<migrate::RunStarted>(event.body) ||
                         std::holds_alternative<migrate::RunDone>(event.body);
  if (!is_of_run && !is_reported(event.target)) {
    return;  // before the copy: a plan holds every text of the run
  }
  migrate::RunEvent mine = event;
  if (auto* started = std::get_if<migrate::RunStarted>(&mine.body)) {
    started->planned_targets = planned_.size();
  } else if (auto* done = std::get_if<migrate::RunDone>(&mine.body)) {
    done->not_started = planned_.size() - std::min(planned_.size(), summary_.targets().size());
  } else {
    const auto entry = std::ranges::find(planned_, event.target, &Entry::number);
    mine.target = place_of(entry);
  }
  summary_.on_event(mine);
  if (live_ && std::holds_alternative<migrate::TargetDone>(mine.body)) {
    send_progress();
  }
}

size_t ApplyReport::place_of(std::vector<Entry>::iterator entry) {
  const auto place = static_cast<size_t>(entry - planned_.begin());
  const size_t begun = summary_.targets().size();
  if (place <= begun) {
    return place;
  }
  std::rotate(planned_.begin() + static_cast<std::ptrdiff_t>(begun), entry, entry + 1);
  return begun;
}

void ApplyReport::begin() {
  if (planned_.size() < 2 || wishes_.print) {
    return;
  }
  const Result<registry_api::RegistryClient*> client = session_.connect_for_report();
  if (!client.has_value() || session_.refused() || !client.value()->has_feature("live")) {
    return;
  }
  registry_api::BeginSet set{.id = set_id_,
                             .planned = static_cast<int64_t>(planned_.size()),
                             .start = summary_.start(),
                             .env_name = invocation_.flags.text("env"),
                             .dir_name = planned_.front().planned.dir_name,
                             .targets = {},
                             .context = facts_.context};
  for (const Entry& entry : planned_) {
    set.targets.push_back(entry.planned.url);
  }
  live_ = briefly([&] { return client.value()->begin_set(set).has_value(); });
}

void ApplyReport::send_progress() {
  if (summary_.targets().size() >= planned_.size()) {
    return;  // the whole report follows at once
  }
  registry_api::RegistryClient* client = session_.connect_for_report().value_or(nullptr);
  report::ReportFacts facts = facts_;
  facts.with_extras = takes_extras(*client);
  live_ = briefly([&] {
    return client->report(report::make_set_report(summary_, planned_targets(), set_id_, facts))
        .has_value();
  });
}

bool ApplyReport::briefly(const std::function<bool()>& call) {
  bool succeeded = false;
  session_.within(kProgressBudget, Attempts::kOne, [&] { succeeded = call(); });
  return succeeded;
}

std::vector<report::PlannedTarget> ApplyReport::planned_targets() const {
  std::vector<report::PlannedTarget> targets;
  targets.reserve(planned_.size());
  for (const Entry& entry : planned_) {
    targets.push_back(entry.planned);
  }
  return targets;
}

bool ApplyReport::takes_extras(const registry_api::RegistryClient& client) const {
  const auto has_permit = [](const Entry& entry) { return !entry.planned.permit.empty(); };
  // Whoever gives permits takes them, although it does not answer now.
  return client.has_feature("ext") || std::ranges::any_of(planned_, has_permit);
}

bool ApplyReport::is_single() const {
  return planned_.size() == 1 && summary_.targets().size() == 1 &&
         report::has_result(summary_.targets().front());
}

report::Delivery::Outgoing ApplyReport::outgoing() const {
  if (!is_single()) {
    return report::Delivery::outgoing(
        report::make_set_report(summary_, planned_targets(), set_id_, facts_));
  }
  const report::PlannedTarget& planned = planned_.front().planned;
  registry_api::MigrationReport report =
      report::make_migration_report(summary_, summary_.targets().front(), planned, facts_);
  if (!revert_plan_) {
    return report::Delivery::outgoing(report, planned.report_id);
  }
  return report::Delivery::outgoing(
      registry_api::RevertReport{.plan_id = revert_plan_, .run = std::move(report)},
      planned.report_id);
}

void ApplyReport::print_report() {
  facts_.with_extras = true;
  invocation_.app.out << codec::format_json(outgoing().input, {.prefix = "", .indent = "  "})
                      << "\n";
}

void ApplyReport::show_failure(const std::string& error) const {
  App& app = invocation_.app;
  app.out.flush();
  if (!format_text(invocation_).empty()) {
    app.err << "\n";
  }
  app.err << "Error: " << error << "\n";
}

bool ApplyReport::conclude(const report::DeliveryOutcome& outcome) {
  if (outcome.state == report::DeliveryState::kDelivered) {
    url_ = outcome.url;
    if (!outcome.url.empty() && format_text(invocation_).empty()) {
      invocation_.app.out << outcome.url << "\n";
    }
    return true;
  }
  show_failure(outcome.error);
  return false;
}

void ApplyReport::flush_spool(report::Delivery& delivery) {
  const Result<report::Delivery::Flushed> flushed = delivery.flush();
  if (!flushed.has_value()) {
    return;  // the spool's own trouble must not disturb a deployment; `cloud report show` tells
  }
  for (const std::string& warning : flushed.value().warnings) {
    invocation_.warn(warning);
  }
}

report::DeliveryOutcome ApplyReport::send(report::Delivery& delivery) const {
  return session_.refused() ? delivery.keep(outgoing(), "Unauthorized") : delivery.send(outgoing());
}

bool ApplyReport::deliver() {
  if (wishes_.print) {
    print_report();
    return true;
  }
  if (session_.is_foreign()) {
    return false;
  }
  const Result<registry_api::RegistryClient*> client = session_.connect_for_report();
  if (!client.has_value()) {
    show_failure(client.error().message());
    return false;
  }
  const Result<project::Login> login = session_.require_login();
  if (!login.has_value()) {
    show_failure(login.error().message());
    return false;
  }
  const App& app = invocation_.app;
  const bool interrupted = app.stop.is_cancelled();
  facts_.with_extras = takes_extras(*client.value());
  const std::optional<report::Spool> spool = find_spool(app);
  report::Delivery delivery(*client.value(), session_.transport(), login.value().endpoint,
                            spool ? &*spool : nullptr);
  bool delivered = false;
  session_.within(interrupted ? kInterruptedBudget : wishes_.timeout, Attempts::kUsual, [&] {
    delivered = conclude(send(delivery));
    if (delivered && !interrupted) {
      flush_spool(delivery);
    }
  });
  return delivered;
}

}  // namespace rhumb::cli
