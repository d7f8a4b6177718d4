#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migrate/sum.h"
#include "registry/content/push.h"
#include "registry/identity/tokens.h"
#include "registry/ingest/ingest.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/registry.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {

inline constexpr std::string_view kTestToken = "token-of-the-tests-0123456789";

/// A registry on a fresh store with a clock that is moved by hand; for tests only.
class TestRegistry {
 public:
  TestRegistry() {
    const Result<AdminAccess> admin = write_value<AdminAccess>(*store_, [this](Session& session) {
      return ensure_admin(session, std::string(kTestToken), registry_.now());
    });
    RHUMB_CHECK(admin.has_value(), "a fresh store gets its admin");
    caller_.origin = Origin{Actor{"BOT", 1, "admin"}, "", "127.0.0.1", "test", "req-1"};
    caller_.org_id = 1;
    caller_.org_slug = "default";
    caller_.org_name = "default";
    caller_.rights.scopes = known_scopes();
    caller_.rights.grants = {Grant{"OWNER", {}, {}, {}}};
    caller_.bot_id = 1;
    registry_.seal = StoreSeal(codec::SealKey{}, "seal.key");
  }

  Registry& operator*() { return registry_; }
  Registry* operator->() { return &registry_; }
  TestStore& store() { return store_; }
  Caller& caller() { return caller_; }
  sys::FakeClock& clock() { return clock_; }
  Value scalar(std::string_view sql, const Params& params = {}) {
    return store_.scalar(sql, params);
  }

  /// Files with a correct `atlas.sum`.
  static std::vector<codec::ArchiveFile> directory(
      const std::vector<std::pair<std::string, std::string>>& files) {
    migrate::SumBuilder builder;
    std::vector<codec::ArchiveFile> out(1);
    for (const auto& [name, bytes] : files) {
      builder.begin_file(name);
      builder.update(bytes);
      builder.end_file();
      out.push_back({name, bytes});
    }
    out[0] = {std::string(migrate::kSumFileName), migrate::format_sum(builder.take())};
    return out;
  }

  /// Pushes files named `<version>_x.sql`.
  Result<PushOutcome> push(std::string slug,
                           std::string tag,
                           const std::vector<std::string>& versions) {
    std::vector<std::pair<std::string, std::string>> files;
    files.reserve(versions.size());
    for (const std::string& version : versions) {
      files.emplace_back(version + "_x.sql", "SELECT " + version + ";\n");
    }
    PushRequest request;
    request.slug = std::move(slug);
    request.tag = std::move(tag);
    request.driver = "SQLITE";
    request.files = directory(files);
    return push_directory(registry_, caller_, std::move(request));
  }

  /// A report of a run that ended now and left the database `id` at `to`.
  registry_api::MigrationReport report(const std::string& id,
                                       const std::string& from,
                                       const std::string& to) {
    registry_api::MigrationReport out;
    out.env_name = "prod";
    out.dir_name = "app";
    out.atlas_version = "Atlas CLI v1";
    out.target = {id, "main", "sqlite://" + id + ".db"};
    out.start = clock_.now() - std::chrono::seconds(1);
    out.end = clock_.now();
    out.from_version = from;
    out.to_version = to;
    out.current_version = to;
    out.files.emplace();
    if (!to.empty()) {
      registry_api::DeployedFile file;
      file.name = to + "_x.sql";
      file.content = "SELECT " + to + ";\n";
      file.start = out.start;
      file.end = out.end;
      file.applied = 1;
      out.files->push_back(file);
    }
    out.log = "Migrating to version " + to + "\n";
    return out;
  }

  /// Asks to take the database `a` back from `from` to `to` (empty: to nothing).
  static registry_api::RevertPlan revert_plan(const std::string& from, const std::string& to) {
    registry_api::RevertPlan plan;
    plan.id = "digest";
    plan.dir_name = "app";
    plan.env_name = "prod";
    plan.atlas_version = "v1";
    plan.target = {"a", "main", "sqlite://a.db"};
    plan.from_version = from;
    plan.to_version = to;
    plan.files = {{from + "_x.sql", from, {"DROP TABLE c"}, {}}};
    return plan;
  }

  Result<IngestOutcome> ingest(registry_api::MigrationReport report) {
    return ingest_report(registry_, caller_, std::move(report));
  }

  /// `status current` of a database.
  std::string database(const std::string& id) {
    return scalar(
               "SELECT status || ' ' || coalesce(current_version, '-') FROM databases "
               "WHERE ext_id = ?",
               {id})
        .text();
  }

 private:
  TestStore store_;
  sys::FakeClock clock_;
  Registry registry_{*store_, clock_, "https://registry.test"};
  Caller caller_;
};

/// A set as its client makes it, the way the API takes it.
inline Result<IngestOutcome> ingest_set(Registry& registry,
                                        const Caller& caller,
                                        const registry_api::MigrationSetReport& report) {
  const codec::Json input = registry_api::to_json(report);
  SetEntries entries(kApplyKind, report.completed.size());
  for (const registry_api::MigrationReport& entry : report.completed) {
    entries.add(registry_api::to_json(entry));
  }
  return ingest_set(registry, caller, TRY(registry_api::read_migration_set(input)), entries);
}

}  // namespace rhumb::registry
