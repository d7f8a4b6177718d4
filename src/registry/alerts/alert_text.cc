#include "registry/alerts/alert_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kNamesShown = 5;

/// What every description needs.
struct Told {
  const Json& body;
  const Json& detail;
  std::string repo;  ///< `app: `, or nothing
};

const Json& member(const Json& object, std::string_view name) {
  static const Json none;
  const Json* found = object.find(name);
  return found == nullptr ? none : *found;
}

std::string text_of(const Json& object, std::string_view name) {
  return object.string_or_empty(name);
}

size_t count_of(const Json& object, std::string_view name) {
  const std::optional<int64_t> count = object.find_int(name);
  return count && *count > 0 ? static_cast<size_t>(*count) : 0;
}

void add_fact(AlertText& text, std::string name, std::string value) {
  if (!value.empty()) {
    text.facts.emplace_back(std::move(name), std::move(value));
  }
}

std::string quoted(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("\"{}\"", text);
}

/// ` in "prod"`, or nothing.
std::string in_env(const Json& detail) {
  const std::string env = text_of(detail, "env");
  return env.empty() ? "" : fmt::format(" in {}", quoted(env));
}

/// `tenant_1, tenant_2 and 3 more`.
std::string names_of(const Json& detail) {
  const Json::Array* names = detail.find_array("databases");
  if (names == nullptr || names->empty()) {
    return "";
  }
  std::vector<std::string> shown;
  for (const Json& name : *names) {
    if (shown.size() < kNamesShown && name.is_string()) {
      shown.push_back(name.as_string());
    }
  }
  const size_t count = std::max(count_of(detail, "count"), names->size());
  const std::string list = join(shown, ", ");
  return count > shown.size() ? fmt::format("{} and {} more", list, count - shown.size()) : list;
}

/// `database "a"`, or `3 databases`.
std::string subject_of(const Json& detail) {
  const size_t count = std::max<size_t>(count_of(detail, "count"), 1);
  const Json::Array* names = detail.find_array("databases");
  const bool is_named = count == 1 && names != nullptr && names->size() == 1;
  return is_named ? fmt::format("database {}", quoted(names->front().as_string()))
                  : plural(count, "database", "databases");
}

void add_databases(AlertText& text, const Json& detail) {
  if (count_of(detail, "count") > 1) {
    add_fact(text, "Databases", names_of(detail));
  }
}

/// `1 → 3`; one of them alone when the other is not known, or is the same.
std::string way_of(const Json& detail) {
  const std::string from = text_of(detail, "fromVersion");
  const std::string to = text_of(detail, "toVersion");
  return from.empty() || from == to ? to : to.empty() ? from : from + " → " + to;
}

void add_actor(AlertText& text, const Json& body, std::string name) {
  add_fact(text, std::move(name), text_of(member(body, "actor"), "name"));
}

void add_context(AlertText& text, const Json& detail) {
  const Json& context = member(detail, "context");
  add_fact(text, "Branch", text_of(context, "branch"));
  add_fact(text, "Commit", text_of(context, "commit"));
  add_fact(text, "Source", text_of(context, "url"));
}

// ------------------------------------------------------------------------------- deployments

/// `version 3 of app`, as far as it is known.
std::string version_of(std::string_view version) {
  return version.empty() ? "" : fmt::format(" to version {}", version);
}

AlertText describe_deployment(const Told& told) {
  const Json& detail = told.detail;
  const std::string status = text_of(detail, "status");
  const bool is_revert = text_of(detail, "kind") == "DOWN";
  const std::string run = is_revert ? "revert" : "deployment";
  const std::string what = fmt::format("{} of {}{}", run, subject_of(detail), in_env(detail));
  const std::string to = version_of(text_of(detail, "toVersion"));
  AlertText text;
  if (status == "FAILED") {
    text.title = fmt::format("{}{}{} failed", told.repo, what, to);
    text.tone = AlertTone::kBad;
    text.next_step =
        is_revert ? "Open the run to see what was reverted; 'migrate down' goes on from there."
                  : "Open the run, mend the file and push it; 'migrate apply' goes on where "
                    "this run stopped.";
  } else if (status == "NO_ACTION") {
    text.title = fmt::format("{}{} had nothing to do", told.repo, what);
  } else if (status == "DRY_RUN") {
    text.title =
        fmt::format("{}dry {} of {}{}{}", told.repo, run, subject_of(detail), in_env(detail), to);
  } else {
    text.title = fmt::format("{}{}{} passed", told.repo, what, to);
    text.tone = AlertTone::kGood;
  }
  const Json& failure = member(detail, "failure");
  add_databases(text, detail);
  add_fact(text, "Version", way_of(detail));
  add_fact(text, "File", text_of(failure, "file"));
  add_actor(text, told.body, "By");
  add_fact(text, "Trigger", text_of(detail, "trigger"));
  text.statement = text_of(failure, "statement");
  text.error = text_of(failure, "text");
  return text;
}

std::string failure_line(const Json& failure) {
  const size_t count = count_of(failure, "count");
  const std::string where =
      count > 1 ? plural(count, "database", "databases") : text_of(failure, "database");
  const std::string file = text_of(failure, "file");
  return fmt::format("{}{}: {}", where, file.empty() ? "" : ", " + file, text_of(failure, "text"));
}

AlertText describe_set(const Told& told) {
  const Json& detail = told.detail;
  const std::string status = text_of(detail, "status");
  const size_t planned = count_of(detail, "planned");
  const size_t succeeded = count_of(detail, "succeeded");
  const std::string of_all =
      fmt::format("{} of {}", succeeded, plural(planned, "database", "databases"));
  AlertText text;
  if (status == "FAILED") {
    text.title =
        fmt::format("{}deployment{} failed: {} succeeded", told.repo, in_env(detail), of_all);
    text.tone = AlertTone::kBad;
    text.next_step =
        "Open the set to see the databases that failed; run it again and only they have work left.";
  } else {
    text.title = fmt::format("{}{} of {}{}: {} succeeded", told.repo,
                             status == "DRY_RUN" ? "dry run" : "deployment",
                             plural(planned, "database", "databases"), in_env(detail), of_all);
    text.tone = status == "PASSED" ? AlertTone::kGood : AlertTone::kPlain;
  }
  add_fact(text, "Failed",
           count_of(detail, "failed") == 0 ? "" : std::to_string(count_of(detail, "failed")));
  const size_t completed = count_of(detail, "completed");
  add_fact(text, "Not reached", planned > completed ? std::to_string(planned - completed) : "");
  add_actor(text, told.body, "By");
  std::vector<std::string> errors;
  const Json::Array* failures = detail.find_array("failures");
  if (failures != nullptr) {
    for (const Json& failure : *failures) {
      errors.push_back(failure_line(failure));
    }
    if (failures->size() == 1) {
      text.statement = text_of(failures->front(), "statement");
    }
  }
  if (const std::string error = text_of(detail, "error"); errors.empty() && !error.empty()) {
    errors.push_back(error);
  }
  text.error = join(errors, "\n");
  return text;
}

AlertText describe_database(const Told& told) {
  const Json& detail = told.detail;
  const std::string status = text_of(detail, "status");
  const std::string what = subject_of(detail) + in_env(detail);
  const bool several = count_of(detail, "count") > 1;
  AlertText text;
  if (status == "FAILED") {
    text.title = fmt::format("{}the last deployment of {} failed", told.repo, what);
    text.tone = AlertTone::kBad;
  } else if (status == "PENDING") {
    text.title = fmt::format("{}{} {} behind version {}", told.repo, what, several ? "are" : "is",
                             text_of(detail, "latestVersion"));
    text.tone = AlertTone::kWaiting;
    text.next_step = "Run 'migrate apply' to bring it up to date.";
    if (several) {
      text.next_step = "Run 'migrate apply' to bring them up to date.";
    }
  } else {
    text.title =
        fmt::format("{}{} {} at the latest version", told.repo, what, several ? "are" : "is");
    text.tone = AlertTone::kGood;
  }
  add_databases(text, detail);
  add_fact(text, "Before", text_of(detail, "before"));
  add_fact(text, "Latest version", text_of(detail, "latestVersion"));
  return text;
}

AlertText describe_policy(const Told& told) {
  const Json& detail = told.detail;
  AlertText text;
  text.title =
      fmt::format("{}deployment of {}{}{} went against a policy", told.repo, subject_of(detail),
                  in_env(detail), version_of(text_of(detail, "version")));
  text.tone = AlertTone::kBad;
  add_databases(text, detail);
  add_actor(text, told.body, "By");
  std::vector<std::string> lines;
  if (const Json::Array* reasons = detail.find_array("reasons")) {
    for (const Json& reason : *reasons) {
      lines.push_back(fmt::format("{}: {}", text_of(reason, "policy"), text_of(reason, "message")));
    }
  }
  text.error = join(lines, "\n");
  text.next_step = "The run was made without asking; find out who made it, and why.";
  return text;
}

// ------------------------------------------------------------------------------------- content

AlertText describe_push(const Told& told) {
  const Json& detail = told.detail;
  const bool is_move = text_of(told.body, "event") == "tag.moved";
  const std::string tag = text_of(detail, "tag");
  const std::string version = text_of(detail, "version");
  AlertText text;
  text.title =
      is_move ? fmt::format("{}tag {} was moved{}", told.repo, quoted(tag), version_of(version))
              : fmt::format("{}{} was pushed as {}", told.repo,
                            version.empty() ? "a state" : "version " + version, quoted(tag));
  add_actor(text, told.body, "By");
  add_context(text, detail);
  return text;
}

AlertText describe_ci(const Told& told) {
  const Json& detail = told.detail;
  const bool failed = text_of(detail, "status") == "FAILED";
  AlertText text;
  text.title = fmt::format("{}the check of changes {}", told.repo, failed ? "failed" : "passed");
  text.tone = failed ? AlertTone::kBad : AlertTone::kGood;
  add_actor(text, told.body, "By");
  add_context(text, detail);
  std::vector<std::string> problems;
  if (const Json::Array* list = detail.find_array("problems")) {
    for (const Json& problem : *list) {
      problems.push_back(problem.is_string() ? problem.as_string() : "");
    }
  }
  text.error = join(problems, "\n");
  text.next_step = failed ? "Open the run to see every finding." : "";
  return text;
}

AlertText describe_plan(const Told& told) {
  const Json& detail = told.detail;
  const bool waits = text_of(detail, "status") == "PENDING";
  AlertText text;
  text.title = fmt::format("{}plan {} {}", told.repo, quoted(text_of(detail, "name")),
                           waits ? "waits for approval" : "is approved");
  text.tone = waits ? AlertTone::kWaiting : AlertTone::kGood;
  add_actor(text, told.body, waits ? "Asked by" : "By");
  add_fact(text, "Plan", text_of(detail, "url"));
  add_context(text, detail);
  text.next_step = waits ? "Open the plan, read its SQL and approve it." : "";
  return text;
}

AlertText describe_down(const Told& told) {
  const Json& detail = told.detail;
  const std::string status = text_of(detail, "status");
  const bool waits = status == "PENDING_USER";
  AlertText text;
  text.title = fmt::format("{}a revert of {}{} {}", told.repo, subject_of(detail), in_env(detail),
                           waits                  ? "waits for approval"
                           : status == "APPROVED" ? "is approved"
                                                  : "will not be made");
  text.tone = waits                  ? AlertTone::kWaiting
              : status == "APPROVED" ? AlertTone::kGood
                                     : AlertTone::kPlain;
  add_fact(text, "Version", way_of(detail));
  add_fact(text, "Asked by", text_of(detail, "requestedBy"));
  if (!waits && text_of(detail, "because").empty()) {
    add_actor(text, told.body, "Decided by");
  }
  add_fact(text, "Comment", text_of(detail, "comment"));
  add_fact(text, "Because", text_of(detail, "because"));
  text.next_step = waits                  ? "Open the plan to approve or abort it."
                   : status == "APPROVED" ? "Run the same 'migrate down' again to carry it out."
                                          : "";
  return text;
}

AlertText describe_drift(const Told& told) {
  const Json& detail = told.detail;
  const bool is_over = text_of(told.body, "event") == "drift.resolved";
  const std::string version = text_of(detail, "version");
  AlertText text;
  text.title =
      fmt::format("{}{}{} {}", told.repo, subject_of(detail), in_env(detail),
                  is_over           ? "is again what it should be"
                  : version.empty() ? "is not what it should be"
                                    : fmt::format("is not what version {} makes of it", version));
  text.tone = is_over ? AlertTone::kGood : AlertTone::kBad;
  add_fact(text, "Version", version);
  add_fact(text, "Found by", text_of(detail, "source"));
  text.statement = text_of(detail, "diff");
  text.next_step = is_over ? ""
                           : "Open the database to see the difference; put it into a migration, or "
                             "take it back.";
  return text;
}

AlertText describe_token(const Told& told) {
  const Json& detail = told.detail;
  AlertText text;
  text.title = fmt::format("the token {}...{} of {} ends at {}", text_of(detail, "prefix"),
                           text_of(detail, "lastFour"), quoted(text_of(detail, "owner")),
                           text_of(detail, "expiresAt"));
  text.tone = AlertTone::kWaiting;
  text.next_step =
      "Make another one with 'rhumb cloud token create', put it where this one is used, and revoke "
      "this one.";
  return text;
}

AlertText describe_ping(const Told& told) {
  AlertText text;
  text.title = "this is a test message of the registry";
  add_fact(text, "Organization", text_of(told.body, "org"));
  add_actor(text, told.body, "Sent by");
  text.next_step = "What you chose to be told of arrives here from now on.";
  return text;
}

struct Describer {
  std::string_view part;
  AlertText (*describe)(const Told&);
};

}  // namespace

AlertText describe_alert(const Json& body) {
  static constexpr Describer kDescribers[] = {
      {"deployment", describe_deployment},
      {"deploymentSet", describe_set},
      {"database", describe_database},
      {"policy", describe_policy},
      {"push", describe_push},
      {"ciRun", describe_ci},
      {"plan", describe_plan},
      {"down", describe_down},
      {"drift", describe_drift},
      {"token", describe_token},
  };
  const std::string slug = text_of(member(body, "repo"), "slug");
  const std::string repo = slug.empty() ? "" : slug + ": ";
  AlertText text;
  const auto describe = [&](const Json& detail, AlertText (*by)(const Told&)) {
    text = by(Told{.body = body, .detail = detail, .repo = repo});
  };
  describe(Json(), describe_ping);
  for (const Describer& describer : kDescribers) {
    if (const Json* detail = body.find_object(describer.part)) {
      describe(*detail, describer.describe);
    }
  }
  text.url = text_of(body, "url");
  if (repo.empty() && !text.title.empty()) {
    text.title = to_upper_ascii(text.title.substr(0, 1)) + text.title.substr(1);
  }
  return text;
}

}  // namespace rhumb::registry
