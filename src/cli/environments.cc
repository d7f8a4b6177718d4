#include "cli/environments.h"

#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/go_format.h"
#include "base/text.h"
#include "cli/http_access.h"
#include "cli/registry_session.h"
#include "sys/process.h"
#include "sys/signals.h"

namespace rhumb::cli {
namespace {

/// Whether an environment that expands to no target is fine.
bool allows_no_targets(const FlagSet& flags) {
  return !flags.text("env").empty() && flags.find("allow-empty-targets") != nullptr &&
         flags.boolean("allow-empty-targets");
}

bool names_registry(const Invocation& invocation) {
  for (const FlagSpec& spec : invocation.flags.specs()) {
    const bool is_text = spec.kind == FlagKind::kString || spec.kind == FlagKind::kList;
    if (is_text && std::ranges::any_of(invocation.flags.list(spec.name), [](const auto& text) {
          return text.starts_with("atlas://");
        })) {
      return true;
    }
  }
  return false;
}

/// `migrate.apply` for `atlas migrate apply`.
std::string format_key(const Invocation& invocation) {
  const auto words = cut(invocation.path, " ");
  const std::string key = replace_all(words ? words->second : "", " ", ".");
  return key == "migrate.checkpoint" ? "migrate.diff" : key;
}

/// Attributes that are passed on as they are: flag and value.
std::vector<std::pair<std::string_view, std::string>> text_values(
    const Invocation& invocation, const project::Environment& environment) {
  const project::MigrationConfig& migration = environment.migration;
  std::vector<std::pair<std::string_view, std::string>> values = {
      {"url", environment.url},
      {"dev-url", environment.dev},
      {"dir", migration.dir},
      {"dir-format", migration.format},
      {"baseline", migration.baseline},
      {"revisions-schema", migration.revisions_schema},
      {"lock-timeout", migration.lock_timeout},
      {"lock-name", migration.lock_name},
      {"tx-mode", environment.tx_mode},
      {"exec-order", migration.exec_order},
  };
  if (invocation.command.name == "apply") {
    values.emplace_back("to-version", migration.to_version);  // never how far a revert goes
  }
  const auto format = environment.formats.find(format_key(invocation));
  if (format != environment.formats.end()) {
    values.emplace_back("format", format->second);
  }
  return values;
}

Result<project::Project> load_project(const Invocation& invocation, ProjectWishes wishes) {
  const FlagSet& flags = invocation.flags;
  App& app = invocation.app;
  const bool names_directory = flags.find("dir") != nullptr && flags.changed("dir");
  const project::ProjectRequest request{
      .config = flags.text("config"),
      .config_given = flags.changed("config"),
      .env = wishes.selects_none ? "" : flags.text("env"),
      .vars = flags.list("var"),
      .needs_registry = wishes.needs_registry || names_registry(invocation),
      .directory = names_directory ? flags.text("dir") : "",
      .allow_no_targets = allows_no_targets(flags)};
  std::optional<sys::SignalWatcher> signals;
  if (!invocation.command.ends_in_order) {
    signals.emplace();  // a program that a data source runs must not outlive this process
    app.http.stop_with(signals->token());
  }
  const sys::CancellationToken stop = signals ? signals->token() : app.stop;
  sys::SystemProcessRunner processes;
  Result<project::Project> loaded = project::load_project(request, make_host(app, processes, stop));
  app.http.stop_with(app.stop);
  if (stop.is_cancelled()) {
    return Error(ErrorCode::kCancelled, "interrupted");
  }
  project::Project project = TRY(std::move(loaded));
  for (const std::string& warning : project.warnings) {
    invocation.warn(warning);
  }
  return project;
}

Result<void> keep_targets(const Invocation& invocation, project::Project& project) {
  if (invocation.flags.find("target") == nullptr || invocation.flags.list("target").empty()) {
    return {};
  }
  std::vector<project::Environment> kept;
  for (const std::string& glob : invocation.flags.list("target")) {
    const auto matches = [&](const project::Environment& environment) {
      return fnmatch(glob.c_str(), environment.key.c_str(), 0) == 0;
    };
    if (std::ranges::none_of(project.environments, matches)) {
      return invalid("no target matching " + go_quote(glob) + " in env " +
                     go_quote(invocation.flags.text("env")));
    }
  }
  for (project::Environment& environment : project.environments) {
    const bool wanted = std::ranges::any_of(invocation.flags.list("target"), [&](const auto& glob) {
      return fnmatch(glob.c_str(), environment.key.c_str(), 0) == 0;
    });
    if (wanted) {
      kept.push_back(std::move(environment));
    }
  }
  project.environments = std::move(kept);
  return {};
}

}  // namespace

Result<project::Project> load_environments(const Invocation& invocation, ProjectWishes wishes) {
  project::Project project = TRY(load_project(invocation, wishes));
  if (project.environments.empty() && allows_no_targets(invocation.flags)) {
    return project;
  }
  TRY(keep_targets(invocation, project));
  if (!wishes.several && project.environments.size() > 1) {
    return invalid("multiple envs found for " + go_quote(invocation.flags.text("env")));
  }
  if (project.environments.empty()) {
    project.environments.push_back(std::move(project.defaults));
  }
  return project;
}

project::Host make_host(App& app,
                        sys::ProcessRunner& processes,
                        const sys::CancellationToken& stop) {
  return {.environment = app.environment,
          .drivers = app.drivers,
          .processes = processes,
          .http = app.http,
          .registry = app.http,
          .provider = app.http,
          .clock = app.clock,
          .user_agent = user_agent(app),
          .cancellation = stop,
          .print = [&app](std::string_view line) { app.err << line << "\n"; }};
}

Result<void> enter_environment(Invocation& invocation, const project::Environment& environment) {
  invocation.flags.reset_config_values();
  for (const auto& [flag, value] : text_values(invocation, environment)) {
    if (!value.empty()) {
      TRY(invocation.flags.set_from_config(flag, {value}));
    }
  }
  const FlagSpec* const to = invocation.flags.find("to");
  if (to != nullptr && to->kind == FlagKind::kList) {  // elsewhere it names no schema
    TRY(invocation.flags.set_from_config("to", environment.src));
  }
  TRY(invocation.flags.set_from_config("schema", environment.schemas));
  TRY(invocation.flags.set_from_config("exclude", environment.exclude));
  TRY(invocation.flags.set_from_config("include", environment.include));
  return {};
}

Result<std::string> resolve_url(const std::string& url, const project::Environment& environment) {
  if (!url.starts_with("env://")) {
    return url;
  }
  if (environment.name.empty()) {
    return invalid("cannot use env:// variables without selecting an environment");
  }
  const std::vector<std::string> urls = TRY(project::resolve_env_url(url, environment));
  if (urls.size() != 1) {
    return invalid(url + ": expect one schema in env " + go_quote(environment.name) + ", got " +
                   std::to_string(urls.size()));
  }
  return urls.front();
}

Result<std::string> require_url(const Invocation& invocation,
                                const project::Environment& environment) {
  if (invocation.flags.text("url").empty()) {
    return invalid("required flag \"url\" not set");
  }
  return resolve_url(invocation.flags.text("url"), environment);
}

Result<void> check_flags(const Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return check_flag_groups(invocation.command, invocation.flags);
}

}  // namespace rhumb::cli
