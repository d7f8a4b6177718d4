#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "driver/sqlite/test_database.h"
#include "migrate/executor.h"
#include "migrate/memory_directory.h"

namespace rhumb::migrate {

/// Writes the events of a run as short lines, without times: what a test compares.
class EventLog final : public RunObserver {
 public:
  void on_event(const RunEvent& event) override {
    std::visit(*this, event.body);
    if (hook) {
      hook(event);
    }
    times_ordered_ = times_ordered_ && event.time >= last_time_;
    last_time_ = event.time;
  }

  void operator()(const RunStarted&) { line("run"); }
  void operator()(const TargetStarted& e) { target_ = e; }
  void operator()(const Planned& e) {
    line(fmt::format("plan {}->{} files={}", e.current, e.target, e.files.size()));
  }
  void operator()(const Refused& e) { line("refused " + e.text); }
  void operator()(const Notice& e) { line("notice " + e.text); }
  void operator()(const FileStarted& e) {
    line(fmt::format("file {}{}", e.file->file().version,
                     e.skipped > 0 ? fmt::format(" skip={}", e.skipped) : ""));
  }
  void operator()(const CheckDone& e) {
    line(fmt::format("check [{}] {}: {}{}", e.group, e.statement.shown, e.ok ? "ok" : "failed ",
                     e.error.shown));
  }
  void operator()(const StatementStarted& e) {
    line(fmt::format("{}: {}", e.number, e.text.in(TextForm::kShown)));
  }
  void operator()(const StatementDone& e) {
    if (e.result != StatementResult::kOk) {
      line("failed: " + e.error.shown);
    }
  }
  void operator()(const FileRetried& e) { line("again " + e.file.version); }
  void operator()(const FileDone& e) {
    static constexpr const char* kNames[] = {"ok", "failed", "rolled back"};
    line(fmt::format("{} {}", kNames[static_cast<size_t>(e.result)], e.file.version));
  }
  void operator()(const TargetDone& e) {
    line(fmt::format("done {}{}", e.current, e.error.empty() ? "" : " error " + e.error.shown));
  }
  void operator()(const RunDone&) { line("end"); }

  std::function<void(const RunEvent&)> hook;

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const TargetStarted& target() const { return target_; }
  [[nodiscard]] bool times_ordered() const { return times_ordered_; }

 private:
  void line(const std::string& text) { text_ += text + "\n"; }

  std::string text_;
  TargetStarted target_;
  sys::Instant last_time_{};
  bool times_ordered_ = true;
};

/// A directory and a database for one test.
class RunTest : public testing::Test {
 protected:
  RunTest() : directory_("mem://test", Format::kAtlas) {
    clock_.advance_each_call(std::chrono::microseconds(1));
    options_.holder = "apply test@host:1 since 2026-01-02T03:04:05Z";
    options_.operator_version = "Atlas CLI - development";
    options_.lock_timeout = {};
  }

  void put(const std::string& name, const std::string& text) {
    ASSERT_TRUE(directory_.write(name, text).has_value());
  }

  driver::Connection& database() {
    if (!connection_) {
      connection_ = driver::sqlite::must_open(folder_.file("app.db") + parameters_);
    }
    return *connection_;
  }
  void reopen(const std::string& parameters = "") {
    connection_.reset();
    parameters_ = parameters;
  }

  /// Applies, and gives the error of the command: that of planning, or of the run.
  std::string apply() { return apply(options_); }
  std::string apply(const ApplyOptions& options) {
    const DirectoryFiles files = load_files(directory_).value();
    log_ = std::make_unique<EventLog>();
    log_->hook = hook_;
    PlainTextRenderer texts;
    RunStream stream("run", clock_, *log_, texts);
    const Result<RunOutcome> outcome =
        apply_migrations(runs_on_ != nullptr ? *runs_on_ : database(), files, options, stream);
    EXPECT_TRUE(log_->times_ordered());
    if (!outcome) {
      return "no report: " + outcome.error().message();
    }
    return outcome->error ? outcome->error->message() : std::string();
  }

  [[nodiscard]] const std::string& events() const { return log_->text(); }
  std::string rows(const std::string& sql) { return driver::rows_of(database(), sql); }
  /// version|applied|total|error of every row.
  std::string history() {
    return rows(
        "SELECT version, applied, total, error FROM atlas_schema_revisions ORDER BY version");
  }
  /// Names of the tables that the files made.
  std::string tables() {
    return rows("SELECT name FROM sqlite_master WHERE type = 'table' AND length(name) = 1");
  }
  void sql(const std::string& text) { driver::must_run(database(), text); }

  driver::sqlite::TestFolder folder_;
  MemoryDirectory directory_;
  sys::FakeClock clock_;
  ApplyOptions options_;
  std::unique_ptr<EventLog> log_;
  std::function<void(const RunEvent&)> hook_;
  std::unique_ptr<driver::Connection> connection_;
  driver::Connection* runs_on_ = nullptr;  // stands before the database; null: nothing does
  std::string parameters_;
};

}  // namespace rhumb::migrate
