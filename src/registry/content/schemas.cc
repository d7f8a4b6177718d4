#include "registry/content/schemas.h"

#include <fmt/format.h>

#include "codec/hex.h"
#include "codec/sha256.h"
#include "migrate/new_migration.h"
#include "registry/content/states.h"
#include "registry/names.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

constexpr size_t kDescriptionMax = 4096;
constexpr int64_t kSecondNs = 1'000'000'000;

/// A push with all that can be done before the writer's turn.
struct ReadySchema {
  SchemaPush push;  ///< without its texts
  Body hcl;
  std::optional<Body> sql;
  std::string run_context;
};

Result<void> check_push(const SchemaPush& push) {
  TRY(check_slug(push.slug));
  if (!push.tag.empty()) {
    TRY(check_tag(push.tag));
  }
  TRY(check_name("hash", push.hash));
  TRY(check_length("driver", push.driver));
  TRY(check_length("version", push.version));
  if (push.description.value_or("").size() > kDescriptionMax) {
    return invalid(fmt::format("desc must not be longer than {} bytes", kDescriptionMax));
  }
  return {};
}

Result<ReadySchema> prepare(SchemaPush push) {
  TRY(check_push(push));
  ReadySchema ready;
  ready.hcl = TRY(make_bounded_body("hcl", push.hcl));
  push.hcl.clear();
  ready.sql = TRY(make_optional_body("sql", push.sql.value_or("")));
  push.sql.reset();
  if (push.context) {
    ready.run_context = codec::format_json(registry_api::to_json(*push.context));
  }
  if (push.tag.empty()) {
    push.tag = kLatestTag;
  }
  ready.push = std::move(push);
  return ready;
}

/// What makes two pushes the same state.
Blob digest_content(const ReadySchema& ready, std::string_view version) {
  codec::Sha256Hasher hasher;
  for (const std::string_view part :
       {std::string_view("schema"), version, std::string_view(ready.push.hash),
        std::string_view(ready.hcl.sha256.bytes)}) {
    hasher.update(fmt::format("{}:", part.size())).update(part);
  }
  return Blob{codec::to_string(hasher.digest())};
}

struct KnownState {
  int64_t id = 0;
  std::string version;
};

/// Carries out one prepared push in a transaction.
class SchemaJob {
 public:
  SchemaJob(Registry& registry, const Caller& caller, const ReadySchema& ready, Session& session)
      : registry_(registry), caller_(caller), ready_(ready), session_(session) {}

  Result<SchemaPushOutcome> run() {
    now_ = registry_.now();
    const SchemaPush& push = ready_.push;
    const Repo repo = TRY(ensure_pushed_repo(
        session_, caller_,
        {.slug = push.slug, .driver = driver_from_wire(push.driver), .type = kSchemaType}, now_));
    const KnownState state = TRY(ensure_state(repo.id));
    const TagOutcome tag = TRY(tag_push(registry_, caller_, session_, repo,
                                        {.state_id = state.id,
                                         .tag = push.tag,
                                         .hash = push.hash,
                                         .version = state.version,
                                         .run_context = ready_.run_context,
                                         .action = "schema.push"}));
    return SchemaPushOutcome{.repo_id = repo.id,
                             .slug = repo.slug,
                             .tag = push.tag,
                             .version = state.version,
                             .hash = push.hash,
                             .changed = tag.changed};
  }

 private:
  Result<KnownState> ensure_state(int64_t repo_id) {
    const bool is_named = !ready_.push.version.empty();
    const std::optional<KnownState> known =
        TRY(is_named ? find_version(repo_id) : find_same(repo_id));
    return known ? Result<KnownState>(*known) : insert_state(repo_id);
  }

  Result<std::optional<KnownState>> find_same(int64_t repo_id) {
    const std::optional<Row> row = TRY(session_.find_row(
        "SELECT s.id, s.version FROM dir_states s JOIN schema_contents c ON c.state_id = s.id "
        "WHERE s.repo_id = ? AND s.hash = ? AND c.hcl_body = ? ORDER BY s.id DESC LIMIT 1",
        {repo_id, ready_.push.hash, ready_.hcl.sha256}));
    return row ? std::optional<KnownState>(KnownState{(*row)[0].number(), (*row)[1].text()})
               : std::nullopt;
  }

  /// Errors: kConflict when the version holds another schema: what was pushed never changes.
  Result<std::optional<KnownState>> find_version(int64_t repo_id) {
    const std::string& version = ready_.push.version;
    const std::optional<Row> row = TRY(session_.find_row(
        "SELECT id, content_sha256 FROM dir_states WHERE repo_id = ? AND version = ?",
        {repo_id, version}));
    if (!row) {
      return std::optional<KnownState>();
    }
    if ((*row)[1].text() != digest_content(ready_, version).bytes) {
      return Error(
          ErrorCode::kConflict,
          fmt::format("version \"{}\" of \"{}\" holds another schema", version, ready_.push.slug));
    }
    return std::optional<KnownState>(KnownState{(*row)[0].number(), version});
  }

  /// The time of the push; of several within a second each takes the next one that is free.
  Result<std::string> free_version(int64_t repo_id) {
    for (std::chrono::sys_seconds second(std::chrono::seconds(now_ / kSecondNs));;
         second += std::chrono::seconds(1)) {
      const std::string version = migrate::format_version(second);
      const Value taken = TRY(session_.scalar(
          "SELECT id FROM dir_states WHERE repo_id = ? AND version = ?", {repo_id, version}));
      if (taken.is_null()) {
        return version;
      }
    }
  }

  Result<KnownState> insert_state(int64_t repo_id) {
    const SchemaPush& push = ready_.push;
    std::string version = push.version;
    if (version.empty()) {
      version = TRY(free_version(repo_id));
    }
    TRY(put_body(session_, ready_.hcl));
    TRY(put_body(session_, ready_.sql));
    const Value id = TRY(session_.scalar(
        "INSERT INTO dir_states (repo_id, content_sha256, hash, version, dir_format, created_at) "
        "VALUES (?, ?, ?, ?, '', ?) RETURNING id",
        {repo_id, digest_content(ready_, version), push.hash, version, now_}));
    TRY(
        session_.run("INSERT INTO schema_contents (state_id, hcl_body, sql_body, description) "
                     "VALUES (?, ?, ?, ?)",
                     {id, ready_.hcl.sha256, to_value(ready_.sql), push.description}));
    return KnownState{id.number(), version};
  }

  Registry& registry_;
  const Caller& caller_;
  const ReadySchema& ready_;
  Session& session_;
  int64_t now_ = 0;
};

Error no_state(const Repo& repo, std::string_view version) {
  return Error(ErrorCode::kNotFound, fmt::format("no state found for version \"{}\" of {} \"{}\"",
                                                 version, noun_of_type(repo.type), repo.slug));
}

/// A row of hash, HCL, SQL and version.
Result<SchemaState> read_state(Session& session, const Repo& repo, const Row& row) {
  SchemaState state;
  state.hash = row[0].text();
  state.hcl = TRY(read_body(session, row[1]));
  if (!row[2].is_null()) {
    state.sql = TRY(read_body(session, row[2]));
  }
  state.version = row[3].text();
  state.driver = repo.driver;
  return state;
}

Result<SchemaState> read_version(Session& session, const Repo& repo, const std::string& version) {
  const std::string_view sql =
      repo.type == kSchemaType
          ? "SELECT s.hash, c.hcl_body, c.sql_body, s.version FROM dir_states s JOIN "
            "schema_contents c ON c.state_id = s.id WHERE s.repo_id = ? AND s.version = ?"
          : "SELECT hash, body, NULL, version FROM version_states WHERE repo_id = ? AND version = "
            "?";
  const std::optional<Row> row = TRY(session.find_row(sql, {repo.id, version}));
  return row ? read_state(session, repo, *row) : Result<SchemaState>(no_state(repo, version));
}

}  // namespace

Result<SchemaPushOutcome> push_schema(Registry& registry, const Caller& caller, SchemaPush push) {
  TRY(require(caller, "schema:push", {.repo = push.slug}));
  const ReadySchema ready = TRY(prepare(std::move(push)));
  return write_value<SchemaPushOutcome>(registry.store, [&](Session& session) {
    return SchemaJob(registry, caller, ready, session).run();
  });
}

Result<SchemaState> read_schema_state(Session& session,
                                      const Repo& repo,
                                      const SchemaSelector& selector) {
  if (!selector.version.empty()) {
    return selector.tag.empty()
               ? read_version(session, repo, selector.version)
               : Result<SchemaState>(invalid("tag and version exclude each other"));
  }
  const FoundState found = TRY(find_state(session, repo, selector.tag));
  const Value version =
      TRY(session.scalar("SELECT version FROM dir_states WHERE id = ?", {found.state_id}));
  SchemaState state = TRY(read_version(session, repo, version.text()));
  state.tag = found.tag;
  return state;
}

std::string schema_link(const Registry& registry, int64_t repo_id) {
  return fmt::format("{}/schemas/{}", registry.public_url, repo_id);
}

}  // namespace rhumb::registry
