#pragma once

#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "registry/store/sql.h"

namespace rhumb::registry {

/// A statement names no more databases than that one by one.
inline constexpr size_t kNamedDatabasesMax = 800;

/// The names of the databases of a store, remembered to be searched: a part may be anywhere in a
/// name, so that no index helps, and to look at a hundred thousand rows takes longer than a page of
/// a list may.
///
/// Shape: a search reads what is new or was renamed since the one before, the first one everything;
/// so it knows what the session sees, and perhaps what came later. Some 30 bytes for each database
/// beside its name. Threads: any.
class DatabaseNames {
 public:
  /// The databases of an organization with `text` in their names, in no order, `ids_max` at
  /// the most. The case of ASCII letters does not matter, as in LIKE. Some may be gone.
  Result<std::vector<int64_t>> search(Session& session,
                                      int64_t org_id,
                                      std::string_view text,
                                      size_t ids_max);

 private:
  struct Name {
    int64_t id = 0;
    int64_t org_id = 0;  ///< 0: it has another name now
    size_t end = 0;      ///< in text_
  };
  /// Up to where the store was read.
  struct Mark {
    int64_t generation = 0;  ///< how often everything was read
    int64_t database_id = 0;
    int64_t change = 0;
  };
  struct News {
    bool everything = false;
    Mark mark;
    Rows renamed;
    Rows databases;
  };

  static Result<News> read_news(Session& session, const Mark& since);
  Result<void> catch_up(Session& session);
  bool take(const News& news);
  void add(const Row& row);
  [[nodiscard]] std::vector<int64_t> find(int64_t org_id,
                                          const std::string& text,
                                          size_t ids_max) const;

  mutable std::shared_mutex mutex_;  // guards the members below
  Mark mark_;
  std::string text_;         // the names in small letters, each with a zero byte behind it
  std::vector<Name> names_;  // in the order of text_
};

/// To be stored with what it tells of: a database has another name; databases were removed.
Result<void> note_database_renamed(Session& session, int64_t id);
Result<void> note_databases_removed(Session& session);

}  // namespace rhumb::registry
