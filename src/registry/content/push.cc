#include "registry/content/push.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "codec/hex.h"
#include "codec/sha256.h"
#include "migrate/file_header.h"
#include "migrate/sum.h"
#include "registry/content/states.h"
#include "registry/names.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::ArchiveFile;

struct ReadyFile {
  std::string name;
  bool listed = false;  ///< a migration file, not something lying beside
  std::string version;
  std::string hash;
  Body body;
};

/// A push with all that can be done before the writer's turn.
struct ReadyPush {
  PushRequest request;
  std::string hash;
  std::string version;
  Blob content_sha256;
  std::vector<ReadyFile> files;  ///< `atlas.sum` is not among them: it is made of their hashes
  std::optional<Body> sum;
  std::vector<Body> states;
  std::string run_context;
};

const ArchiveFile* find_file(const std::vector<ArchiveFile>& files, std::string_view name) {
  auto found = std::find_if(files.begin(), files.end(),
                            [name](const ArchiveFile& file) { return file.name == name; });
  return found == files.end() ? nullptr : &*found;
}

/// Migration files in the order they run, then what lies beside them, by name.
std::vector<std::string> ordered_names(const PushRequest& request, size_t& listed) {
  std::vector<std::string> names;
  for (const ArchiveFile& file : request.files) {
    if (file.name != migrate::kSumFileName) {
      names.push_back(file.name);
    }
  }
  std::sort(names.begin(), names.end());
  std::vector<std::string> ordered = migrate::order_files(names, request.format);
  listed = ordered.size();
  for (const std::string& name : names) {
    if (std::find(ordered.begin(), ordered.begin() + static_cast<std::ptrdiff_t>(listed), name) ==
        ordered.begin() + static_cast<std::ptrdiff_t>(listed)) {
      ordered.push_back(name);
    }
  }
  return ordered;
}

Result<void> check_names(const PushRequest& request) {
  TRY(check_slug(request.slug));
  if (!request.tag.empty()) {
    TRY(check_tag(request.tag));
  }
  TRY(check_length("driver", request.driver));
  for (const ArchiveFile& file : request.files) {
    TRY(check_length("file name", file.name));
  }
  return {};
}

Result<migrate::Sum> check_content(const PushRequest& request,
                                   const std::vector<std::string>& names,
                                   size_t listed) {
  migrate::SumBuilder builder;
  for (size_t i = 0; i < listed; ++i) {
    const ArchiveFile& file = *find_file(request.files, names[i]);
    builder.begin_file(file.name);
    if (!migrate::read_header(file.content, request.format).is_sum_ignored) {
      builder.update(file.content);
      builder.end_file();
    }
  }
  migrate::Sum computed = builder.take();
  const ArchiveFile* stored = find_file(request.files, migrate::kSumFileName);
  std::optional<migrate::SumProblem> problem = migrate::check_sum(
      stored == nullptr ? std::nullopt : std::optional<std::string_view>(stored->content), computed,
      listed > 0);
  if (problem.has_value()) {
    const std::string detail = problem->detail();
    return invalid(problem->to_error().message() + (detail.empty() ? "" : ": " + detail));
  }
  return computed;
}

Blob digest_content(const ReadyPush& push) {
  codec::Sha256Hasher hasher;
  auto add = [&hasher](std::string_view text) {
    hasher.update(fmt::format("{}:", text.size())).update(text);
  };
  add(migrate::format_name(push.request.format));
  add(push.sum.has_value() ? push.sum->sha256.bytes : "");
  for (const ReadyFile& file : push.files) {
    add(file.name);
    add(file.body.sha256.bytes);
  }
  return Blob{codec::to_string(hasher.digest())};
}

Result<ReadyPush> prepare(PushRequest request) {
  TRY(check_names(request));
  size_t listed = 0;
  std::vector<std::string> names = ordered_names(request, listed);
  const migrate::Sum sum = TRY(check_content(request, names, listed));
  ReadyPush push;
  push.hash = "h1:" + sum.total();
  for (size_t i = 0; i < names.size(); ++i) {
    ReadyFile file;
    file.name = names[i];
    file.listed = i < listed;
    file.body = make_body(find_file(request.files, file.name)->content);
    if (file.listed) {
      file.version = migrate::file_version(file.name, request.format);
      file.hash = sum.hash_of(file.name).value_or("");
      push.version = file.version;
    }
    push.files.push_back(std::move(file));
  }
  if (const ArchiveFile* stored = find_file(request.files, migrate::kSumFileName)) {
    push.sum = make_body(stored->content);
  }
  for (const VersionState& state : request.states) {
    TRY(check_length("version", state.version));
    push.states.push_back(make_body(state.hcl));
  }
  if (request.context.has_value()) {
    push.run_context = codec::format_json(registry_api::to_json(*request.context));
  }
  if (request.tag.empty()) {
    request.tag = kLatestTag;
  }
  push.request = std::move(request);
  push.content_sha256 = digest_content(push);
  return push;
}

/// Carries out one prepared push in a transaction.
class PushJob {
 public:
  PushJob(Registry& registry, const Caller& caller, const ReadyPush& push, Session& session)
      : registry_(registry), caller_(caller), push_(push), session_(session) {}

  Result<PushOutcome> run() {
    now_ = registry_.now();
    const Repo repo = TRY(ensure_pushed_repo(
        session_, caller_,
        {.slug = push_.request.slug, .driver = driver_from_wire(push_.request.driver)}, now_));
    const int64_t state = TRY(ensure_state(repo.id));
    TRY(store_version_states(repo.id));
    const TagOutcome tag = TRY(tag_push(registry_, caller_, session_, repo,
                                        {.state_id = state,
                                         .tag = push_.request.tag,
                                         .hash = push_.hash,
                                         .version = push_.version,
                                         .run_context = push_.run_context,
                                         .action = "dir.push"}));
    return PushOutcome{.repo_id = repo.id,
                       .tag_id = tag.tag_id,
                       .slug = repo.slug,
                       .hash = push_.hash,
                       .version = push_.version,
                       .changed = tag.changed};
  }

 private:
  Result<int64_t> ensure_state(int64_t repo_id) {
    const Value found =
        TRY(session_.scalar("SELECT id FROM dir_states WHERE repo_id = ? AND content_sha256 = ?",
                            {repo_id, push_.content_sha256}));
    if (!found.is_null()) {
      return found.number();
    }
    Value sum;
    if (push_.sum.has_value()) {
      TRY(put_body(session_, *push_.sum));
      sum = push_.sum->sha256;
    }
    const Value made = TRY(session_.scalar(
        "INSERT INTO dir_states (repo_id, content_sha256, hash, version, dir_format, sum_body, "
        "created_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        {repo_id, push_.content_sha256, push_.hash, push_.version,
         migrate::format_name(push_.request.format), sum, now_}));
    int64_t position = 0;
    for (const ReadyFile& file : push_.files) {
      TRY(put_body(session_, file.body));
      TRY(session_.run(
          "INSERT INTO dir_files (state_id, position, name, listed, version, hash, body) "
          "VALUES (?, ?, ?, ?, ?, ?, ?)",
          {made, position++, file.name, file.listed, file.version, file.hash, file.body.sha256}));
    }
    return made.number();
  }

  Result<void> store_version_states(int64_t repo_id) {
    for (size_t i = 0; i < push_.states.size(); ++i) {
      const VersionState& state = push_.request.states[i];
      TRY(put_body(session_, push_.states[i]));
      TRY(session_.run(
          "INSERT INTO version_states (repo_id, version, hash, body, created_at) "
          "VALUES (?, ?, ?, ?, ?) ON CONFLICT (repo_id, version) DO UPDATE SET "
          "hash = excluded.hash, body = excluded.body, created_at = excluded.created_at",
          {repo_id, state.version, state.hash, push_.states[i].sha256, now_}));
    }
    return {};
  }

  Registry& registry_;
  const Caller& caller_;
  const ReadyPush& push_;
  Session& session_;
  int64_t now_ = 0;
};

}  // namespace

Result<PushOutcome> push_directory(Registry& registry, const Caller& caller, PushRequest request) {
  TRY(require(caller, "dir:push", {.repo = request.slug}));
  const ReadyPush push = TRY(prepare(std::move(request)));
  return write_value<PushOutcome>(registry.store, [&](Session& session) {
    return PushJob(registry, caller, push, session).run();
  });
}

}  // namespace rhumb::registry
