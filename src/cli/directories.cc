#include "cli/directories.h"

#include <optional>

#include "cli/environments.h"
#include "migrate/directory_url.h"
#include "migrate/memory_directory.h"
#include "migrate/open_directory.h"

namespace rhumb::cli {
namespace {

Result<std::string> directory_url(const Invocation& invocation,
                                  const project::Environment& environment) {
  const FlagSet& flags = invocation.flags;
  const std::string url = TRY(resolve_url(flags.text("dir"), environment));
  if (flags.find("dir-format") == nullptr) {
    return url;
  }
  return migrate::with_format(url, flags.text("dir-format"));
}

bool allows_stale(const Invocation& invocation, const project::Environment& environment) {
  const FlagSet& flags = invocation.flags;
  const bool by_flag = flags.find("allow-stale") != nullptr && flags.boolean("allow-stale");
  return by_flag || (environment.migration.repo && environment.migration.repo->allow_stale);
}

/// Fills in what a `mem://` URL stands for: a repository or a rendered template.
void describe_source(CommandDirectory& opened,
                     const migrate::DirectoryUrl& url,
                     const project::Environment& environment) {
  if (url.scheme == "atlas") {
    opened.source = DirectorySource::kRegistry;
    opened.slug = url.path;
    opened.tag = url.query_value("tag");
    opened.version = url.query_value("version");
  } else if (url.scheme == "mem") {
    opened.source = DirectorySource::kTemplate;
    const auto remote = environment.remote_directories.find("mem://" + url.path);
    if (remote != environment.remote_directories.end()) {
      opened.source = DirectorySource::kRegistry;
      opened.slug = remote->second.slug;
      opened.tag = remote->second.tag;
    }
  }
}

Error explain_problem(const Invocation& invocation,
                      const migrate::SumProblem& problem,
                      bool show_advice) {
  if (show_advice) {
    const App& app = invocation.app;
    app.out << migrate::sum_advice(problem, app.style.cyan("atlas migrate hash"));
  }
  return problem.to_error();
}

}  // namespace

Result<CommandDirectory> open_command_directory(const Invocation& invocation,
                                                const project::Environment& environment,
                                                RegistrySession& session,
                                                bool create) {
  const std::string url = TRY(directory_url(invocation, environment));
  return open_directory_at(url, invocation, environment, session, create);
}

Result<CommandDirectory> open_directory_at(const std::string& text,
                                           const Invocation& invocation,
                                           const project::Environment& environment,
                                           RegistrySession& session,
                                           bool create) {
  const migrate::DirectorySources sources{.memory = environment.directories.get(),
                                          .open_registry = [&](const migrate::DirectoryUrl& url) {
                                            return session.open_directory(
                                                url, allows_stale(invocation, environment));
                                          }};
  CommandDirectory opened;
  opened.directory = TRY(migrate::open_directory(text, sources, create));
  const migrate::DirectoryUrl url = TRY(migrate::parse_directory_url(text));
  opened.url = url.shown;
  describe_source(opened, url, environment);
  return opened;
}

Result<migrate::DirectoryFiles> load_verified(const Invocation& invocation,
                                              const migrate::Directory& directory,
                                              bool show_advice) {
  migrate::DirectoryFiles files = TRY(migrate::load_files(directory));
  const std::optional<migrate::SumProblem> problem = TRY(migrate::verify(directory, files));
  if (!problem) {
    return files;
  }
  return explain_problem(invocation, *problem, show_advice);
}

Result<migrate::DirectoryFiles> load_foreign(const Invocation& invocation,
                                             const migrate::Directory& directory,
                                             bool show_advice) {
  migrate::DirectoryFiles files = TRY(migrate::load_files(directory));
  const std::optional<migrate::SumProblem> problem = TRY(migrate::verify(directory, files));
  if (problem && problem->kind != migrate::SumProblem::Kind::kNotFound) {
    return explain_problem(invocation, *problem, show_advice);
  }
  return files;
}

Result<std::shared_ptr<const VerifiedDirectory>> VerifiedDirectories::open(
    const Invocation& invocation,
    const project::Environment& environment,
    RegistrySession& session,
    bool show_advice) {
  const Result<std::string> url = directory_url(invocation, environment);
  const bool is_local = url.has_value() && url.value().starts_with("file://");
  if (is_local) {
    const auto known = local_.find(url.value());
    if (known != local_.end()) {
      return known->second;
    }
  }
  auto directory = std::make_shared<VerifiedDirectory>();
  directory->opened = TRY(open_command_directory(invocation, environment, session));
  directory->files = TRY(load_verified(invocation, *directory->opened.directory, show_advice));
  directory->prepared = std::make_unique<migrate::PreparedFiles>(directory->files);
  if (is_local) {
    local_.emplace(url.value(), directory);
  }
  return std::shared_ptr<const VerifiedDirectory>(std::move(directory));
}

}  // namespace rhumb::cli
