#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "registry/content/repos.h"
#include "registry/registry.h"

/// What repositories were pushed as, and the tags that stand for it: directories and schemas alike.
/// States never change and never go; a tag is a name that can be moved to another one.
/// Source: spec registry.md 2.6.
namespace rhumb::registry {

/// The tag of what was pushed without one: the head.
inline constexpr std::string_view kLatestTag = "latest";
inline constexpr std::string_view kDirectoryType = "MIGRATION_DIRECTORY";
inline constexpr std::string_view kSchemaType = "SCHEMA";

struct FoundState {
  int64_t state_id = 0;
  std::string tag;  ///< full name; `latest` for the head
};
/// What a tag stands for; an empty one for the head, and a short one for the only longer one it
/// fits.
///
/// Errors: kNotFound `dir "x" has no pushed content`, `tag "t" not found in dir "x"`; kInvalid when
/// a short tag fits several. Of a repository that holds a schema they say `schema "x"`.
Result<FoundState> find_state(Session& session, const Repo& repo, const std::string& tag);

/// What a repository holds, as messages call it: `dir` or `schema`.
[[nodiscard]] std::string_view noun_of_type(std::string_view type);
/// Errors: kConflict `repository "x" holds a schema, not a directory`, and the other way round.
Result<void> check_type(const Repo& repo, std::string_view type);

struct PushTarget {
  std::string slug;
  std::string driver;  ///< canonical; empty: what is known stays
  std::string_view type = kDirectoryType;
};
/// The repository of a push, made on first use.
/// Errors: kConflict for one of another type; kDenied without `dir:push` or `schema:push`, or
/// without `repo:create` when it is new.
Result<Repo> ensure_pushed_repo(Session& session,
                                const Caller& caller,
                                const PushTarget& target,
                                int64_t now);

/// A state that is to be known under a tag.
struct TaggedPush {
  int64_t state_id = 0;
  std::string tag;  ///< never empty
  std::string hash;
  std::string version;
  std::string run_context;  ///< JSON, or empty
  std::string_view action;  ///< of the audit entry, unless an existing tag is moved: `dir.push`
};
struct TagOutcome {
  int64_t tag_id = 0;
  bool changed = false;  ///< the tag did not stand there before
};
/// Notes a push, lets its tag stand for the state and the head follow. Where the tag stands there
/// already nothing is written. Must run in the transaction of the push.
/// Errors: kConflict for a tag that is locked elsewhere.
Result<TagOutcome> tag_push(Registry& registry,
                            const Caller& caller,
                            Session& session,
                            const Repo& repo,
                            const TaggedPush& push);

/// A tag as it stands in the store.
struct TagRow {
  int64_t id = 0;
  int64_t repo_id = 0;
  std::string name;
  int64_t state_id = 0;
  int64_t push_id = 0;
};

struct TagMove {
  std::string slug;
  std::string tag;
  std::string to;  ///< another tag, or the version of a pushed state
};
/// Lets an existing tag stand for another state; `latest` takes the head with it. The tag then
/// tells of the push that brought the state; the audit log tells who moved it.
///
/// Errors: kNotFound for repository, tag and `to`; kConflict for a locked tag; kDenied without
/// `dir:push` or `schema:push`.
Result<TagRow> move_tag(Registry& registry, const Caller& caller, const TagMove& move);

/// Errors: as above; kInvalid for `latest`. The state stays and can be reached by its version.
Result<void> delete_tag(Registry& registry,
                        const Caller& caller,
                        const std::string& slug,
                        const std::string& tag);

}  // namespace rhumb::registry
