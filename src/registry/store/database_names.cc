#include "registry/store/database_names.h"

#include <algorithm>
#include <functional>
#include <mutex>

#include "base/text.h"

namespace rhumb::registry {

Result<DatabaseNames::News> DatabaseNames::read_news(Session& session, const Mark& since) {
  News news;
  news.mark = since;
  const Rows changes = TRY(session.query(
      "SELECT c.id, c.database_id, d.id, d.org_id, d.name FROM database_name_changes c LEFT JOIN "
      "databases d ON d.id = c.database_id WHERE c.id > ? ORDER BY c.id",
      {since.change}));
  for (const Row& change : changes) {
    news.mark.change = change[0].number();
    news.everything = news.everything || change[1].is_null();
    if (!change[2].is_null()) {
      news.renamed.push_back({change[2], change[3], change[4]});
    }
  }
  const int64_t known = news.everything ? 0 : since.database_id;
  news.databases = TRY(
      session.query("SELECT id, org_id, name FROM databases WHERE id > ? ORDER BY id", {known}));
  news.mark.database_id = news.databases.empty() ? known : news.databases.back()[0].number();
  return news;
}

void DatabaseNames::add(const Row& row) {
  text_ += to_lower_ascii(row[2].text());
  names_.push_back({.id = row[0].number(), .org_id = row[1].number(), .end = text_.size()});
  text_ += '\0';
}

/// False when everything was read anew by somebody in the meantime.
bool DatabaseNames::take(const News& news) {
  const std::unique_lock guard(mutex_);
  if (news.mark.generation != mark_.generation) {
    return false;
  }
  if (news.everything) {
    text_.clear();
    names_.clear();
    mark_ = Mark{.generation = mark_.generation + 1};
  }
  for (const Row& row : news.databases) {
    if (row[0].number() > mark_.database_id) {  // else another search has brought it
      add(row);
    }
  }
  // What another search has brought since may be newer than this session.
  if (!news.everything && news.mark.change > mark_.change) {
    for (const Row& row : news.renamed) {
      std::ranges::for_each(names_, [&row](Name& name) {
        name.org_id = name.id == row[0].number() ? 0 : name.org_id;
      });
      add(row);
    }
  }
  mark_.database_id = std::max(mark_.database_id, news.mark.database_id);
  mark_.change = std::max(mark_.change, news.mark.change);
  return true;
}

Result<void> DatabaseNames::catch_up(Session& session) {
  bool taken = false;
  while (!taken) {
    Mark since;
    {
      const std::shared_lock guard(mutex_);
      since = mark_;
    }
    const News news = TRY(read_news(session, since));
    taken = (news.databases.empty() && news.mark.change == since.change) || take(news);
  }
  return {};
}

std::vector<int64_t> DatabaseNames::find(int64_t org_id,
                                         const std::string& text,
                                         size_t ids_max) const {
  std::vector<int64_t> ids;
  if (text.find('\0') != std::string::npos) {  // which no name has
    return ids;
  }
  const std::boyer_moore_horspool_searcher searcher(text.begin(), text.end());
  const std::shared_lock guard(mutex_);
  auto at = std::search(text_.begin(), text_.end(), searcher);
  while (at != text_.end() && ids.size() < ids_max) {
    const auto name =
        std::ranges::upper_bound(names_, static_cast<size_t>(at - text_.begin()), {}, &Name::end);
    if (name->org_id == org_id) {
      ids.push_back(name->id);
    }
    at = std::search(text_.begin() + static_cast<ptrdiff_t>(name->end), text_.end(), searcher);
  }
  return ids;
}

Result<std::vector<int64_t>> DatabaseNames::search(Session& session,
                                                   int64_t org_id,
                                                   std::string_view text,
                                                   size_t ids_max) {
  TRY(catch_up(session));
  return find(org_id, to_lower_ascii(text), ids_max);
}

Result<void> note_database_renamed(Session& session, int64_t id) {
  return session.run("INSERT INTO database_name_changes (database_id) VALUES (?)", {id});
}

Result<void> note_databases_removed(Session& session) {
  return session.run("INSERT INTO database_name_changes (database_id) VALUES (NULL)");
}

}  // namespace rhumb::registry
