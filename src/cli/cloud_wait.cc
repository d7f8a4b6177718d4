// `cloud wait`: until the databases of an environment have a version.

#include <algorithm>
#include <chrono>

#include "base/go_format.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/environments.h"
#include "cli/http_access.h"
#include "cli/migrate_flags.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

using codec::Json;
using std::chrono::milliseconds;

// Exit statuses, of which scripts know.
constexpr int kReached = 0;
constexpr int kTimedOut = 2;
constexpr int kFailed = 3;

constexpr milliseconds kFirstPause{1000};
constexpr milliseconds kLongestPause{15'000};

/// How far a version has come.
struct Progress {
  std::string version{};
  int64_t total = 0;
  int64_t reached = 0;
  int64_t failed = 0;
  std::string problem{};  ///< why nothing is known yet
  bool operator==(const Progress&) const = default;

  [[nodiscard]] bool is_complete() const {
    return problem.empty() && total > 0 && reached == total;
  }
};

/// One wait.
class Wait {
 public:
  Wait(Invocation& invocation, RegistrySession& session, registry_api::RegistryClient& client)
      : invocation_(invocation), session_(session), client_(client), pause_(kFirstPause) {
    const auto timeout = invocation.flags.duration("timeout");
    deadline_ = invocation.app.clock.now() + timeout;
  }

  Result<int> run() {
    for (;;) {
      const Progress progress = TRY(look());
      show(progress);
      if (progress.is_complete()) {
        invocation_.app.out << describe(progress) << "\n";
        return kReached;
      }
      if (invocation_.flags.boolean("fail-fast") && progress.failed > 0) {
        invocation_.app.err << "Error: the last deployment of "
                            << (progress.failed == 1 ? "a database" : "databases") << " failed\n";
        return kFailed;
      }
      const auto left =
          std::chrono::duration_cast<milliseconds>(deadline_ - invocation_.app.clock.now());
      if (left <= milliseconds(0)) {
        invocation_.app.err << "Error: timed out: " << describe(progress) << "\n";
        return kTimedOut;
      }
      TRY(invocation_.app.http.wait(std::min(pause_, left)));
      pause_ = std::min(pause_ * 3 / 2, kLongestPause);
    }
  }

 private:
  [[nodiscard]] Json input() const {
    const FlagSet& flags = invocation_.flags;
    Json out = Json::object({{"repo", flags.text("repo")}, {"includeEphemeral", true}});
    out.set_unless_empty("version", flags.text("version"));
    out.set_unless_empty("tag", flags.text("tag"));
    return out;
  }

  /// Errors: what will not get better by waiting.
  Result<Progress> look() {
    const Result<Json> trace = client_.call_input(registry_api::kTrace, input());
    if (trace.has_value()) {
      return read(trace.value());
    }
    const bool may_come = session_.may_recover() || trace.error().code() == ErrorCode::kNotFound;
    if (!may_come || invocation_.app.stop.is_cancelled()) {
      return trace.error();
    }
    return Progress{.problem = trace.error().message()};
  }

  [[nodiscard]] Progress read(const Json& trace) const {
    const FlagSet& flags = invocation_.flags;
    if (trace.is_null()) {
      return Progress{.problem =
                          "repository " + go_quote(flags.text("repo")) + " is not known yet"};
    }
    Progress progress{.version = cloud_text(trace, "version")};
    const Json::Array* environments = trace.find_array("environments");
    for (size_t i = 0; environments != nullptr && i < environments->size(); ++i) {
      const Json& environment = (*environments)[i];
      if (cloud_text(environment, "name") == flags.text("env")) {
        progress.total = environment.find_int("total").value_or(0);
        progress.reached = environment.find_int("reached").value_or(0);
        progress.failed = environment.find_int("failed").value_or(0);
      }
    }
    return progress;
  }

  [[nodiscard]] std::string describe(const Progress& progress) const {
    const std::string env = go_quote(invocation_.flags.text("env"));
    if (!progress.problem.empty()) {
      return progress.problem;
    }
    if (progress.total == 0) {
      return "no database of " + env + " is known yet";
    }
    return std::to_string(progress.reached) + " of " + std::to_string(progress.total) +
           " databases of " + env + " have version " + progress.version +
           (progress.failed == 0 ? "" : ", " + std::to_string(progress.failed) + " failed");
  }

  /// Says what has changed. The first look says nothing when it is the last one too.
  void show(const Progress& progress) {
    if (!progress.is_complete() && progress != shown_) {
      invocation_.app.err << "Waiting: " << describe(progress) << "\n" << std::flush;
      shown_ = progress;
    }
  }

  Invocation& invocation_;
  RegistrySession& session_;
  registry_api::RegistryClient& client_;
  milliseconds pause_;
  sys::Instant deadline_{};
  std::optional<Progress> shown_;
};

Result<int> run_wait(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  if (invocation.flags.text("version").empty() == invocation.flags.text("tag").empty()) {
    return invalid("one of --version and --tag is required");
  }
  const project::CloudConfig cloud = TRY(load_cloud_config(invocation));
  TRY(check_flags(invocation));
  RegistrySession session(invocation, cloud);
  registry_api::RegistryClient* client = TRY(session.connect_for_report());
  if (session.refused()) {
    return Error(ErrorCode::kDenied, "Unauthorized");
  }
  return Wait(invocation, session, *client).run();
}

}  // namespace

Command make_cloud_wait_command() {
  Command command;
  command.name = "wait";
  command.arguments = "[flags]";
  command.summary = "Waits until all databases of an environment have a version.";
  command.description =
      "For init containers and pipelines: returns when every database of the environment is at "
      "the\n"
      "version, or at a later one, as far as it was reported. Waits for a repository, a tag or a\n"
      "registry that is not there yet as well. Needs a token with cloud:read.\n"
      "\n"
      "Exit status 0: they have it; 1: it can not be told; 2: the time is up; 3: with --fail-fast, "
      "the\n"
      "last deployment of a database failed. Asks once a second at first, then less and less "
      "often, and\n"
      "says on standard error what has changed.";
  command.examples =
      "  atlas cloud wait --repo app --env prod --version 20260512141500\n"
      "  atlas cloud wait --repo app --env prod --tag \"$GIT_SHA\" --timeout 30m --fail-fast";
  command.flags = {text_flag("repo", "", "slug of the repository"),
                   text_flag("env", "", "environment, as the registry knows it"),
                   text_flag("version", "", "version to wait for"),
                   text_flag("tag", "", "wait for the version that this tag leads to"),
                   with_kind(text_flag("timeout", "10m0s", "how long to wait; 0s: look once"),
                             FlagKind::kDuration),
                   bool_flag("fail-fast", "stop when the last deployment of a database failed")};
  command.required_flags = {"repo", "env"};
  command.exclusive_groups = {{"version", "tag"}};
  command.ends_in_order = true;
  command.run = run_wait;
  return command;
}

}  // namespace rhumb::cli
