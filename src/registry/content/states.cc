#include "registry/content/states.h"

#include <fmt/format.h>

#include "codec/json.h"
#include "registry/alerts/alert_content.h"
#include "registry/alerts/alert_deployments.h"
#include "registry/content/protected_flows.h"
#include "registry/ingest/projection.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;

Error not_found(std::string message) {
  return Error(ErrorCode::kNotFound, std::move(message));
}

/// `tag "t" not found in dir "x"`, with another word for `not found`.
std::string tag_message(const Repo& repo, std::string_view tag, std::string_view what) {
  return fmt::format("tag \"{}\" {} in {} \"{}\"", tag, what, noun_of_type(repo.type), repo.slug);
}

/// Every character that LIKE gives a meaning is impossible in a hexadecimal prefix.
Result<FoundState> find_by_prefix(Session& session, const Repo& repo, const std::string& tag) {
  const Rows rows = TRY(session.query(
      "SELECT state_id, name FROM tags WHERE repo_id = ? AND name >= ? AND name < ? LIMIT 2",
      {repo.id, tag, tag + "g"}));
  if (rows.size() > 1) {
    return invalid(tag_message(repo, tag, "is ambiguous"));
  }
  if (rows.empty()) {
    return not_found(tag_message(repo, tag, "not found"));
  }
  return FoundState{rows[0][0].number(), rows[0][1].text()};
}

Result<std::optional<TagRow>> find_tag(Session& session, int64_t repo_id, std::string_view name) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT id, name, state_id, push_id FROM tags WHERE repo_id = ? AND name = ?",
      {repo_id, name}));
  if (!row) {
    return std::optional<TagRow>();
  }
  return std::optional<TagRow>(TagRow{(*row)[0].number(), repo_id, (*row)[1].text(),
                                      (*row)[2].number(), (*row)[3].number()});
}

/// What is archived takes nothing in; what is protected, from some.
Result<void> check_open_to_pushes(const Caller& caller, const Repo& repo) {
  if (repo.archived_at) {
    return Error(ErrorCode::kConflict,
                 fmt::format("repository \"{}\" is archived; bring it back before you push to it",
                             repo.slug));
  }
  return repo.flows.push ? require_protected(caller, repo, "pushes") : Result<void>();
}

std::string_view push_permission(std::string_view type) {
  return type == kSchemaType ? "schema:push" : "dir:push";
}

/// A repository that somebody is about to change a tag of.
Result<Repo> find_tagged_repo(Session& session, const Caller& caller, const std::string& slug) {
  std::optional<Repo> repo = TRY(find_repo(session, caller.org_id, slug));
  if (!repo) {
    TRY(require(caller, "dir:push", {.repo = slug}));
    return not_found(fmt::format("repository \"{}\" not found", slug));
  }
  TRY(require(caller, push_permission(repo->type), {.repo = repo->slug}));
  return *std::move(repo);
}

/// Whether a tag may stand for something else, or go.
Result<void> check_movable(const Caller& caller, const Repo& repo, std::string_view tag) {
  if (repo.locked_tags && tag != kLatestTag) {
    return Error(ErrorCode::kConflict,
                 fmt::format("tag \"{}\" of \"{}\" is locked; use another tag", tag, repo.slug));
  }
  return repo.flows.move_tag ? require_protected(caller, repo, "moves of tags") : Result<void>();
}

/// A tag before or after a change, as the audit log has it.
Json tag_json(std::string_view tag, int64_t state_id) {
  return Json::object({{"tag", tag}, {"state", std::to_string(state_id)}});
}

/// The untagged state is the head; without one, what was pushed last.
Result<void> move_head(Registry& registry,
                       const Caller& caller,
                       Session& session,
                       const Repo& repo,
                       std::string_view tag,
                       int64_t state_id) {
  const bool untagged = tag == kLatestTag;
  if (!untagged && repo.head_state_id.has_value() && !repo.head_tagged) {
    return {};
  }
  TRY(session.run("UPDATE repos SET head_state_id = ?, head_tagged = ? WHERE id = ?",
                  {state_id, !untagged, repo.id}));
  Repo moved = repo;
  moved.head_state_id = state_id;
  const RepoHead head = TRY(load_head(session, registry.orders, moved));
  std::vector<StatusMove> moves;
  TRY(project_repo(session, head, repo.id, &moves));
  AlertBatch alerts(registry, caller, session);
  TRY(note_moves(registry, session, alerts,
                 {.repo = repo, .latest_version = head.latest, .moves = moves}));
  return alerts.flush();
}

Result<int64_t> note_push(
    Session& session, const Caller& caller, const Repo& repo, const TaggedPush& push, int64_t now) {
  const Origin& origin = caller.origin;
  const Value id = TRY(session.scalar(
      "INSERT INTO pushes (repo_id, state_id, tag, pushed_at, actor_kind, actor_id, actor_name, "
      "user_agent, run_context) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {repo.id, push.state_id, push.tag, now, origin.actor.kind, origin.actor.id, origin.actor.name,
       origin.user_agent, push.run_context.empty() ? Value() : Value(push.run_context)}));
  TRY(session.run("UPDATE repos SET last_push_id = ?, last_push_at = ? WHERE id = ?",
                  {id, now, repo.id}));
  return id.number();
}

/// The state that `to` names: another tag, else the newest state with that version.
Result<int64_t> find_destination(Session& session, const Repo& repo, const std::string& to) {
  TRY(check_name("to", to));
  const Result<FoundState> tagged = find_state(session, repo, to);
  if (tagged || tagged.error().code() != ErrorCode::kNotFound) {
    return tagged ? Result<int64_t>(tagged->state_id) : Result<int64_t>(tagged.error());
  }
  const Value state = TRY(session.scalar(
      "SELECT id FROM dir_states WHERE repo_id = ? AND version = ? ORDER BY id DESC LIMIT 1",
      {repo.id, to}));
  if (state.is_null()) {
    return not_found(fmt::format("\"{}\" is neither a tag of \"{}\" nor a version it was pushed in",
                                 to, repo.slug));
  }
  return state.number();
}

Result<TagRow> load_tag(Session& session, const Repo& repo, const std::string& name) {
  std::optional<TagRow> tag = TRY(find_tag(session, repo.id, name));
  if (!tag) {
    return not_found(tag_message(repo, name, "not found"));
  }
  return *std::move(tag);
}

/// The newest push of a state says when it came, and from where.
Result<TagRow> point_tag(Session& session, TagRow tag, int64_t state_id) {
  const std::optional<Row> push = TRY(session.find_row(
      "SELECT id, pushed_at FROM pushes WHERE state_id = ? ORDER BY id DESC LIMIT 1", {state_id}));
  if (!push) {
    return Error(ErrorCode::kInternal, fmt::format("state {} was never pushed", state_id));
  }
  TRY(session.run("UPDATE tags SET state_id = ?, push_id = ?, pushed_at = ? WHERE id = ?",
                  {state_id, (*push)[0], (*push)[1], tag.id}));
  tag.state_id = state_id;
  tag.push_id = (*push)[0].number();
  return tag;
}

Result<TagRow> store_move(Registry& registry,
                          const Caller& caller,
                          const TagMove& move,
                          Session& session) {
  const Repo repo = TRY(find_tagged_repo(session, caller, move.slug));
  TagRow tag = TRY(load_tag(session, repo, move.tag));
  const int64_t state_id = TRY(find_destination(session, repo, move.to));
  if (state_id == tag.state_id) {
    return tag;
  }
  TRY(check_movable(caller, repo, tag.name));
  AuditEntry entry = audit_entry(caller, registry.now(), "tag.move", "repo/" + repo.slug);
  entry.before = codec::format_json(tag_json(tag.name, tag.state_id));
  entry.after = codec::format_json(tag_json(tag.name, state_id));
  TRY(append_audit(session, std::move(entry)));
  tag = TRY(point_tag(session, std::move(tag), state_id));
  if (tag.name == kLatestTag) {
    TRY(move_head(registry, caller, session, repo, tag.name, state_id));
  }
  TRY(tell_tag_move(registry, caller, session, {.repo = repo, .tag = tag}));
  return tag;
}

}  // namespace

std::string_view noun_of_type(std::string_view type) {
  return type == kSchemaType ? "schema" : "dir";
}

Result<void> check_type(const Repo& repo, std::string_view type) {
  if (repo.type == type) {
    return {};
  }
  const bool is_schema = repo.type == kSchemaType;
  return Error(ErrorCode::kConflict,
               fmt::format("repository \"{}\" holds a {}, not a {}", repo.slug,
                           is_schema ? "schema" : "directory", is_schema ? "directory" : "schema"));
}

Result<FoundState> find_state(Session& session, const Repo& repo, const std::string& tag) {
  if (!repo.head_state_id.has_value()) {
    return not_found(
        fmt::format("{} \"{}\" has no pushed content", noun_of_type(repo.type), repo.slug));
  }
  if (tag.empty() || tag == kLatestTag) {
    return FoundState{*repo.head_state_id, std::string(kLatestTag)};
  }
  const std::optional<TagRow> found = TRY(find_tag(session, repo.id, tag));
  if (found) {
    return FoundState{found->state_id, tag};
  }
  return is_short_tag(tag) ? find_by_prefix(session, repo, tag)
                           : Result<FoundState>(not_found(tag_message(repo, tag, "not found")));
}

Result<Repo> ensure_pushed_repo(Session& session,
                                const Caller& caller,
                                const PushTarget& target,
                                int64_t now) {
  std::optional<Repo> found = TRY(find_repo(session, caller.org_id, target.slug));
  if (found) {
    TRY(check_type(*found, target.type));
    TRY(require(caller, push_permission(target.type), {.repo = found->slug}));
    TRY(check_open_to_pushes(caller, *found));
    if (found->driver != target.driver && !target.driver.empty()) {
      TRY(session.run("UPDATE repos SET driver = ? WHERE id = ?", {target.driver, found->id}));
      AuditEntry entry = audit_entry(caller, now, "settings.update", "repo/" + found->slug);
      entry.before = codec::format_json(Json::object({{"driver", found->driver}}));
      entry.after = codec::format_json(Json::object({{"driver", target.driver}}));
      TRY(append_audit(session, std::move(entry)));
    }
    return *std::move(found);
  }
  TRY(require(caller, push_permission(target.type), {.repo = target.slug}));
  TRY(require(caller, "repo:create", {.repo = target.slug}));
  NewRepo repo;
  repo.org_id = caller.org_id;
  repo.slug = target.slug;
  repo.name = target.slug;
  repo.type = target.type;
  repo.driver = target.driver;
  repo.now = now;
  Repo made = TRY(create_repo(session, repo));
  AuditEntry entry = audit_entry(caller, now, "repo.create", "repo/" + made.slug);
  entry.after = codec::format_json(
      Json::object({{"name", made.name}, {"type", made.type}, {"driver", made.driver}}));
  TRY(append_audit(session, std::move(entry)));
  return made;
}

Result<TagOutcome> tag_push(Registry& registry,
                            const Caller& caller,
                            Session& session,
                            const Repo& repo,
                            const TaggedPush& push) {
  const std::optional<TagRow> before = TRY(find_tag(session, repo.id, push.tag));
  if (before && before->state_id == push.state_id) {
    return TagOutcome{before->id, false};
  }
  const bool moves = before && push.tag != kLatestTag;
  if (moves) {
    TRY(check_movable(caller, repo, push.tag));
  }
  const int64_t now = registry.now();
  const int64_t push_id = TRY(note_push(session, caller, repo, push, now));
  const Value tag = TRY(session.scalar(
      "INSERT INTO tags (repo_id, name, state_id, push_id, pushed_at) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (repo_id, name) DO UPDATE SET state_id = excluded.state_id, "
      "push_id = excluded.push_id, pushed_at = excluded.pushed_at RETURNING id",
      {repo.id, push.tag, push.state_id, push_id, now}));
  AuditEntry entry =
      audit_entry(caller, now, moves ? "tag.move" : std::string(push.action), "repo/" + repo.slug);
  if (before) {
    entry.before = codec::format_json(tag_json(push.tag, before->state_id));
  }
  Json after = tag_json(push.tag, push.state_id);
  after.set("hash", push.hash);
  after.set("version", push.version);
  entry.after = codec::format_json(after);
  TRY(append_audit(session, std::move(entry)));
  TRY(tell_push(registry, caller, session,
                {.repo = repo, .push = push, .tag_id = tag.number(), .moves_tag = moves}));
  TRY(move_head(registry, caller, session, repo, push.tag, push.state_id));
  return TagOutcome{tag.number(), true};
}

Result<TagRow> move_tag(Registry& registry, const Caller& caller, const TagMove& move) {
  return write_value<TagRow>(registry.store, [&](Session& session) {
    return store_move(registry, caller, move, session);
  });
}

Result<void> delete_tag(Registry& registry,
                        const Caller& caller,
                        const std::string& slug,
                        const std::string& tag) {
  return registry.store.write([&](Session& session) -> Result<void> {
    const Repo repo = TRY(find_tagged_repo(session, caller, slug));
    if (tag == kLatestTag) {
      return invalid("tag \"latest\" cannot be deleted");
    }
    const TagRow known = TRY(load_tag(session, repo, tag));
    TRY(check_movable(caller, repo, tag));
    AuditEntry entry = audit_entry(caller, registry.now(), "tag.delete", "repo/" + repo.slug);
    entry.before = codec::format_json(tag_json(known.name, known.state_id));
    TRY(append_audit(session, std::move(entry)));
    // The row stays, under no repository: a number that was shown to somebody is never given twice.
    return session.run("UPDATE tags SET repo_id = 0, name = ? WHERE id = ?",
                       {fmt::format("deleted {}", known.id), known.id});
  });
}

}  // namespace rhumb::registry
