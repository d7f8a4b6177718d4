#include "registry/api/event_list.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

/// What the list must show, in the words of a loop.
struct Event {
  int64_t id = 0;
  int64_t database_id = 0;  ///< 0: a set
  int64_t repo_id = 0;
  int64_t env_id = 0;
  EventStatus status = EventStatus::kPassed;
  bool listed = true;
};

constexpr int64_t kDatabases = 900;  // more than are named one by one
constexpr int64_t kEvents = 2700;

std::string name_of(int64_t database_id) {
  return fmt::format("tenant-{}.db", database_id);
}

Event make_event(int64_t id) {
  constexpr std::array kStatuses = {EventStatus::kFailed, EventStatus::kPassed,
                                    EventStatus::kPassed, EventStatus::kNoAction};
  Event event{.id = id, .database_id = 1 + id * 37 % kDatabases};
  event.repo_id = 1 + event.database_id % 3;
  event.env_id = 1 + event.database_id % 2;
  event.status = kStatuses.at(static_cast<size_t>(id / 5) % kStatuses.size());
  event.listed = id % 11 != 0;
  if (id % 101 == 0) {
    event.database_id = 0;
    event.listed = true;
  }
  return event;
}

class EventListTest : public testing::Test {
 protected:
  EventListTest() {
    for (int64_t id = 1; id <= kEvents; ++id) {
      events_.push_back(make_event(id));
    }
    const Result<void> written = store_->write([this](Session& session) { return fill(session); });
    EXPECT_TRUE(written) << (written ? "" : written.error().message());
  }

  Result<void> fill(Session& session) {
    for (int64_t id = 1; id <= kDatabases; ++id) {
      TRY(session.run(
          "INSERT INTO databases (org_id, repo_id, env_id, ext_id, schema_name, name, url, driver, "
          "first_seen, last_report, atlas_version, status) VALUES (1, ?, ?, '', '', ?, '', '', 0, "
          "0, '', 'SYNCED')",
          {1 + id % 3, 1 + id % 2, name_of(id)}));
    }
    for (const Event& event : events_) {
      TRY(session.run(
          "INSERT INTO events (org_id, repo_id, env_id, database_id, set_id, kind, status, "
          "started_at, received_at, order_at, actor_kind, actor_name, user_agent, atlas_version) "
          "VALUES (1, ?, ?, ?, ?, 'APPLY', ?, 0, 0, ?, 'BOT', 'ci', '', '')",
          {event.repo_id, event.env_id, event.database_id == 0 ? Value() : Value(event.database_id),
           event.listed ? Value() : Value(101), to_text(event.status), event.id}));
    }
    TRY(session.run(
        "INSERT INTO event_counts (org_id, repo_id, env_id, status, kind, events) SELECT org_id, "
        "repo_id, env_id, status, kind, count(*) FROM events WHERE set_id IS NULL GROUP BY 1, 2, "
        "3, 4, 5"));
    return session.run(
        "UPDATE databases SET listed_events = (SELECT count(*) FROM events e WHERE e.database_id = "
        "databases.id AND e.set_id IS NULL)");
  }

  static bool fits(const EventFilter& filter, const Event& event) {
    const std::string name = event.database_id == 0 ? "" : name_of(event.database_id);
    return event.listed && (!filter.repo_id || filter.repo_id == event.repo_id) &&
           (!filter.env_id || filter.env_id == event.env_id) &&
           (filter.statuses.empty() ||
            std::ranges::find(filter.statuses, event.status) != filter.statuses.end()) &&
           (!filter.from || event.id >= *filter.from) &&
           name.find(to_lower_ascii(filter.name)) != std::string::npos;
  }
  std::vector<int64_t> expected(const EventFilter& filter) const {
    std::vector<int64_t> ids;
    for (const Event& event : events_) {
      if (fits(filter, event)) {
        ids.push_back(event.id);
      }
    }
    if (!filter.oldest_first) {
      std::ranges::reverse(ids);
    }
    return ids;
  }

  EventPage list(const EventFilter& filter, const Page& page) {
    Result<EventPage> out = read_value<EventPage>(*store_, [&](Session& session) {
      return list_events(session, store_->database_names(), filter, page);
    });
    EXPECT_TRUE(out) << (out ? "" : out.error().message());
    return out ? *out : EventPage();
  }

  /// Every page after the other, by cursor or by number, gives each event once, in order.
  void expect_pages(const EventFilter& filter, int64_t size, bool by_cursor) {
    const std::vector<int64_t> want = expected(filter);
    std::vector<int64_t> seen;
    Page page;
    page.size = size;
    bool more = true;
    while (more && seen.size() <= want.size()) {
      const EventPage got = list(filter, page);
      ASSERT_EQ(got.facts.total, static_cast<int64_t>(want.size())) << describe(filter);
      seen.insert(seen.end(), got.ids.begin(), got.ids.end());
      more = got.facts.has_next;
      page.number += by_cursor ? 0 : 1;
      page.after = by_cursor ? got.facts.end : std::nullopt;
    }
    EXPECT_EQ(seen, want) << describe(filter) << " by " << size << (by_cursor ? " cursor" : "");
  }

  static std::string describe(const EventFilter& filter) {
    return fmt::format("name {} repo {} env {} statuses {} from {} {}", filter.name,
                       filter.repo_id.value_or(0), filter.env_id.value_or(0),
                       filter.statuses.size(), filter.from.value_or(0),
                       filter.oldest_first ? "oldest" : "newest");
  }

  std::vector<Event> events_;
  TestStore store_;
};

/// Names that 900, 111, 11, 2, 1 and no databases have.
const std::vector<std::string>& names() {
  static const std::vector<std::string> kNames = {"",    "tenant",      "Tenant-1", "TENANT-12",
                                                  "-9.", "tenant-7.db", "none"};
  return kNames;
}

EventFilter named(const std::string& name) {
  EventFilter filter;
  filter.org_id = 1;
  filter.name = name;
  return filter;
}

TEST_F(EventListTest, EveryMixOfFiltersGivesEachEventOnce) {
  for (const std::string& name : names()) {
    for (int mix = 0; mix < 16; ++mix) {
      EventFilter filter = named(name);
      filter.oldest_first = (mix & 8) != 0;
      filter.repo_id = (mix & 1) != 0 ? std::optional<int64_t>(2) : std::nullopt;
      filter.env_id = (mix & 2) != 0 ? std::optional<int64_t>(1) : std::nullopt;
      if ((mix & 4) != 0) {
        filter.statuses = {EventStatus::kFailed, EventStatus::kNoAction};
      }
      expect_pages(filter, 100, true);
      expect_pages(filter, 97, false);
    }
  }
}

TEST_F(EventListTest, SmallPagesOfEveryName) {
  for (const std::string& name : names()) {
    EventFilter filter = named(name);
    filter.repo_id = 1;
    filter.from = kEvents - 400;
    expect_pages(filter, 3, true);
    expect_pages(filter, 3, false);
  }
}

TEST_F(EventListTest, OtherOrganizationsHaveNone) {
  for (const std::string& name : names()) {
    EventFilter filter = named(name);
    filter.org_id = 2;
    const EventPage page = list(filter, Page());
    EXPECT_EQ(page.ids, std::vector<int64_t>()) << name;
    EXPECT_EQ(page.facts.total, 0) << name;
  }
}

}  // namespace
}  // namespace rhumb::registry
