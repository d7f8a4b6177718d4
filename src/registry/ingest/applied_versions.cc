#include "registry/ingest/applied_versions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "codec/json.h"
#include "migrate/format.h"
#include "registry_api/report.h"

namespace rhumb::registry {
namespace {

using codec::Json;

/// A file of a pushed state.
struct PushedFile {
  std::string version;
  std::string hash;
  Value body;
};
using StateFiles = std::map<std::string, PushedFile>;  // by name

/// One file of one deployment.
struct RanFile {
  int64_t event_id = 0;
  std::string name;
  std::string status;  ///< of the deployment
  std::string current_version;
  std::string dir_hash;
  int64_t received_at = 0;
};

/// Looks the files of a repository's states up, once for each deployment and each state.
class PushedStates {
 public:
  PushedStates(Session& session, int64_t repo_id) : session_(session), repo_id_(repo_id) {}

  /// The state that a deployment ran; an empty one when nothing was pushed by then.
  Result<const StateFiles*> find(const RanFile& file) {
    if (last_ == nullptr || file.event_id != last_event_id_) {
      last_ = TRY(look_up(file));
      last_event_id_ = file.event_id;
    }
    return last_;
  }

 private:
  Result<const StateFiles*> look_up(const RanFile& file) {
    const Value state = TRY(session_.scalar(
        "SELECT id FROM dir_states WHERE repo_id = ? AND (hash = ? OR created_at <= ?) "
        "ORDER BY hash = ? DESC, created_at DESC, id DESC LIMIT 1",
        {repo_id_, file.dir_hash, file.received_at, file.dir_hash}));
    const auto known = states_.find(state.number());
    if (known != states_.end()) {
      return &known->second;
    }
    StateFiles files;
    TRY(session_.for_each(
        "SELECT name, version, hash, body FROM dir_files WHERE state_id = ? AND listed = 1",
        {state}, [&files](const Row& row) {
          files[row[0].text()] = PushedFile{row[1].text(), row[2].text(), row[3]};
          return true;
        }));
    return &states_.emplace(state.number(), std::move(files)).first->second;
  }

  Session& session_;
  int64_t repo_id_;
  std::map<int64_t, StateFiles> states_;
  const StateFiles* last_ = nullptr;
  int64_t last_event_id_ = 0;
};

std::string dir_hash_of(const Value& extra) {
  const Result<Json> json = codec::parse_json(extra.text());
  return json ? json->string_or_empty("dirHash") : std::string();
}

/// Whether all of the file was executed, as far as its own entry tells.
bool has_ended_well(const Row& row) {
  if (!row[7].is_null()) {
    return false;
  }
  const Result<Json> groups = codec::parse_json(row[8].is_null() ? "[]" : row[8].text());
  const auto checks = groups ? registry_api::read_file_checks(*groups)
                             : Result<std::vector<registry_api::FileChecks>>(groups.error());
  return checks && std::none_of(checks->begin(), checks->end(),
                                [](const auto& group) { return group.failed(); });
}

/// Plays the deployments of one database in their order.
class History {
 public:
  explicit History(PushedStates& states) : states_(states) {}

  Result<void> run(const RanFile& file) {
    const StateFiles* state = TRY(states_.find(file));
    const auto pushed = state->find(file.name);
    AppliedVersion applied{.name = file.name,
                           .version = migrate::file_version(file.name, migrate::Format::kAtlas)};
    if (pushed != state->end()) {
      applied.version = pushed->second.version;
      applied.hash = pushed->second.hash;
      applied.body = pushed->second.body;
    }
    // What a failed run in one transaction had done is taken back with it.
    if (file.status != "FAILED" || applied.version <= file.current_version) {
      applied_[applied.version] = std::move(applied);
    }
    return {};
  }
  /// A revert takes the newest first.
  void go_back_to(const std::string& version) {
    applied_.erase(applied_.upper_bound(version), applied_.end());
  }
  [[nodiscard]] std::vector<AppliedVersion> take() && {
    std::vector<AppliedVersion> out;
    out.reserve(applied_.size());
    for (auto& [version, applied] : applied_) {
      out.push_back(std::move(applied));
    }
    return out;
  }

 private:
  PushedStates& states_;
  std::map<std::string, AppliedVersion> applied_;  // by version
};

}  // namespace

Result<std::optional<FoundTarget>> find_target(Session& session, const TargetSelector& selector) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT d.id, d.repo_id, r.slug, d.ext_id, d.url, d.current_version FROM databases p "
      "JOIN databases d ON d.id = coalesce(p.merged_into, p.id) "
      "JOIN repos r ON r.id = d.repo_id JOIN environments n ON n.id = d.env_id "
      "WHERE p.org_id = ?1 AND p.ext_id = ?2 AND ?3 IN ('', d.schema_name) AND "
      "?4 IN ('', r.slug, r.name) AND ?5 IN ('', n.name) ORDER BY d.last_report DESC, d.id LIMIT 1",
      {selector.org_id, selector.ext_id, selector.schema, selector.repo, selector.env}));
  if (!row || selector.ext_id.empty()) {
    return std::optional<FoundTarget>();
  }
  return std::optional(FoundTarget{.database_id = (*row)[0].number(),
                                   .repo_id = (*row)[1].number(),
                                   .repo_slug = (*row)[2].text(),
                                   .ext_id = (*row)[3].text(),
                                   .url = (*row)[4].text(),
                                   .current_version = (*row)[5].find_text()});
}

Result<std::vector<AppliedVersion>> read_applied(Session& session, const FoundTarget& target) {
  const Rows rows = TRY(session.query(
      "SELECT e.kind, e.status, coalesce(e.current_version, ''), e.extra, e.received_at, e.id, "
      "f.name, f.error_text, f.checks FROM events e JOIN event_files f ON f.event_id = e.id "
      "WHERE e.database_id = ? AND e.dry_run = 0 ORDER BY e.order_at, e.id, f.position",
      {target.database_id}));
  PushedStates states(session, target.repo_id);
  History history(states);
  for (const Row& row : rows) {
    if (row[0].text() == "DOWN") {
      history.go_back_to(row[2].text());
    } else if (has_ended_well(row)) {
      TRY(history.run({.event_id = row[5].number(),
                       .name = row[6].text(),
                       .status = row[1].text(),
                       .current_version = row[2].text(),
                       .dir_hash = dir_hash_of(row[3]),
                       .received_at = row[4].number()}));
    }
  }
  return std::move(history).take();
}

}  // namespace rhumb::registry
