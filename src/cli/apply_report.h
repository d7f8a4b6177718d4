#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/registry_session.h"
#include "migrate/run_event.h"
#include "report/delivery.h"
#include "report/run_report.h"
#include "report/run_summary.h"

namespace rhumb::cli {

/// What the person asked about reporting, flags and project file together.
struct ReportWishes {
  bool required = false;  ///< a missing or failed report is exit status 1
  bool print = false;     ///< print the report instead of sending it
  std::chrono::nanoseconds timeout = std::chrono::seconds(60);
};

/// The reported part of one run: collects the events of the targets that are reported, and sends
/// them when the run is over.
class ApplyReport final : public migrate::RunObserver {
 public:
  ApplyReport(const Invocation& invocation, RegistrySession& session, ReportWishes wishes);

  /// Adds a target that will be reported; `number` is its number in the run.
  void add_target(size_t number, report::PlannedTarget planned);
  [[nodiscard]] bool is_reported(size_t number) const;
  [[nodiscard]] std::string repo_of(size_t number) const;
  void set_permit(size_t number, std::string permit);
  [[nodiscard]] bool is_needed() const { return !planned_.empty(); }
  void set_context(std::optional<registry_api::DeployContext> context) {
    facts_.context = std::move(context);
  }
  void set_masking(std::string policy) { facts_.masking_policy = std::move(policy); }
  void set_project(std::string name) { facts_.project_name = std::move(name); }
  /// The run reverts its one target; `plan_id` names what it carried out, empty: nothing.
  void set_revert(std::string plan_id) { revert_plan_ = std::move(plan_id); }

  void on_event(const migrate::RunEvent& event) override;

  /// Announces a run over several targets, so that its page shows it while it goes on. Only to a
  /// server that has such pages; without an answer the run simply is not shown yet.
  void begin();

  /// Sends the report and prints its link, or what went wrong. Tells whether it was delivered.
  /// Source: spec reporting.md 4.
  bool deliver();
  /// Page of the deployment, once it is delivered.
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  struct Entry {
    size_t number = 0;
    report::PlannedTarget planned{};
  };

  [[nodiscard]] std::vector<report::PlannedTarget> planned_targets() const;
  /// The place of a target among those planned; one that begins moves before those left out.
  size_t place_of(std::vector<Entry>::iterator entry);
  [[nodiscard]] bool is_single() const;
  /// Whether the server takes what only some clients send.
  [[nodiscard]] bool takes_extras(const registry_api::RegistryClient& client) const;
  [[nodiscard]] report::Delivery::Outgoing outgoing() const;
  void print_report();
  void send_progress();
  /// One attempt within two seconds, for what may as well be left out.
  bool briefly(const std::function<bool()>& call);
  void show_failure(const std::string& error) const;
  [[nodiscard]] report::DeliveryOutcome send(report::Delivery& delivery) const;
  bool conclude(const report::DeliveryOutcome& outcome);
  void flush_spool(report::Delivery& delivery);

  const Invocation& invocation_;
  RegistrySession& session_;
  ReportWishes wishes_;
  report::ReportFacts facts_;
  report::RunSummary summary_;
  std::vector<Entry> planned_;
  std::string set_id_;
  std::optional<std::string> revert_plan_;  ///< set when the run reverts
  std::string url_;
  bool live_ = false;  ///< the server shows the run while it goes on
};

}  // namespace rhumb::cli
