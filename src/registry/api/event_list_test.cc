#include "registry/api/event_list.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "base/text.h"
#include "registry/ingest/event_periods.h"
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
  std::string kind = "APPLY";
  std::string version{};       ///< empty: none
  std::string trigger_type{};  ///< empty: none
  int64_t order_at = 0;
  bool listed = true;
};

constexpr int64_t kDatabases = 900;  // more than are named one by one
constexpr int64_t kEvents = 2700;
constexpr int64_t kMinuteNs = 60'000'000'000;
constexpr int64_t kDayNs = 24 * 60 * kMinuteNs;
constexpr int64_t kStart = 20'000 * kDayNs + 5 * kMinuteNs;

std::string name_of(int64_t database_id) {
  return fmt::format("tenant-{}.db", database_id);
}

/// Some seven minutes after the one before; one in thirteen is days late, and a few clocks stand
/// before 1970.
int64_t time_of(int64_t id) {
  if (id % 401 == 0) {
    return (id / 401 - 3) * 5 * 60 * kMinuteNs - 1;
  }
  return kStart + id * 7 * kMinuteNs + id * 7919 % kMinuteNs - (id % 13 == 0 ? 3 * kDayNs : 0);
}

Event make_event(int64_t id) {
  constexpr std::array kStatuses = {EventStatus::kFailed, EventStatus::kPassed,
                                    EventStatus::kPassed, EventStatus::kNoAction};
  Event event{.id = id, .database_id = 1 + id * 37 % kDatabases};
  event.repo_id = 1 + event.database_id % 3;
  event.env_id = 1 + event.database_id % 2;
  event.status = kStatuses.at(static_cast<size_t>(id / 5) % kStatuses.size());
  event.listed = id % 11 != 0;
  event.kind = id % 97 == 0 ? "DOWN" : event.repo_id == 3 ? "SCHEMA_APPLY" : "APPLY";
  event.version = id % 29 == 0 ? "" : fmt::format("v{}", id / 500 + id % 2);
  event.trigger_type = id % 3 == 0 ? "CLI" : id % 500 == 1 ? "TERRAFORM" : "";
  event.order_at = time_of(id);
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
          "version, trigger_type, started_at, received_at, order_at, actor_kind, actor_name, "
          "user_agent, atlas_version) "
          "VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, 'BOT', 'ci', '', '')",
          {event.repo_id, event.env_id, event.database_id == 0 ? Value() : Value(event.database_id),
           event.listed ? Value() : Value(101), event.kind, to_text(event.status),
           event.version.empty() ? Value() : Value(event.version),
           event.trigger_type.empty() ? Value() : Value(event.trigger_type), event.order_at}));
    }
    TRY(recount_periods(session));
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
    return (event.listed || filter.database_id) &&
           (!filter.repo_id || filter.repo_id == event.repo_id) &&
           (!filter.env_id || filter.env_id == event.env_id) &&
           (filter.statuses.empty() ||
            std::ranges::find(filter.statuses, event.status) != filter.statuses.end()) &&
           (filter.kinds.empty() ||
            std::ranges::find(filter.kinds, event.kind) != filter.kinds.end()) &&
           (filter.version.empty() || filter.version == event.version) &&
           (filter.trigger_type.empty() || filter.trigger_type == event.trigger_type) &&
           (!filter.database_id || filter.database_id == event.database_id) &&
           (!filter.from || event.order_at >= *filter.from) &&
           (!filter.to || event.order_at < *filter.to) &&
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
    return fmt::format(
        "name \"{}\" repo {} env {} database {} statuses {} kinds {} version \"{}\" trigger \"{}\" "
        "from {} to {} {}",
        filter.name, filter.repo_id.value_or(0), filter.env_id.value_or(0),
        filter.database_id.value_or(0), filter.statuses.size(), join(filter.kinds, ","),
        filter.version, filter.trigger_type, filter.from.value_or(0), filter.to.value_or(0),
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

/// Any mix of what can be asked for, with a time that is as often a whole day as any other.
class RandomFilters {
 public:
  explicit RandomFilters(uint32_t seed) : random_(seed) {}

  EventFilter next() {
    EventFilter filter = named(one_in(4) ? pick(names()) : "");
    filter.oldest_first = one_in(3);
    filter.repo_id = maybe(number(1, 4), 3);
    filter.env_id = maybe(number(1, 2), 3);
    if (one_in(3)) {
      filter.statuses = {EventStatus::kFailed};
    }
    filter.kinds = pick<std::vector<std::string>>(
        {{}, {}, {}, {"DOWN"}, {"APPLY"}, {"DOWN", "SCHEMA_APPLY"}, {"DOWN", "APPLY"}});
    filter.version = pick<std::string>({"", "", "", "v0", "v3", "v6", "none"});
    filter.trigger_type = pick<std::string>({"", "", "", "CLI", "TERRAFORM", "none"});
    filter.database_id = maybe(number(1, kDatabases), 12);
    filter.from = maybe(instant(), 2);
    filter.to = maybe(filter.from ? *filter.from + stretch() : instant(), 2);
    return filter;
  }
  int64_t number(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(random_() % static_cast<uint64_t>(most - least + 1));
  }

 private:
  bool one_in(int64_t n) { return number(1, n) == 1; }
  std::optional<int64_t> maybe(int64_t value, int64_t n) {
    return one_in(n) ? std::optional(value) : std::nullopt;
  }
  template <typename T>
  T pick(const std::vector<T>& of) {
    return of[static_cast<size_t>(number(0, static_cast<int64_t>(of.size()) - 1))];
  }
  int64_t instant() {
    if (one_in(8)) {
      return number(-16, 16) * 60 * kMinuteNs;
    }
    const int64_t any = kStart - kDayNs + number(0, kEvents * 8) * kMinuteNs;
    return one_in(2) ? any / kDayNs * kDayNs : any;
  }
  int64_t stretch() { return one_in(2) ? number(-1, 4) * kDayNs : number(0, 3000) * kMinuteNs; }

  std::mt19937 random_;
};

TEST_F(EventListTest, RandomMixesOfEveryFilterGiveEachEventOnce) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  RandomFilters filters(seed);
  for (int i = 0; i < 120; ++i) {
    const EventFilter filter = filters.next();
    expect_pages(filter, filters.number(20, 100), true);
    expect_pages(filter, filters.number(20, 100), false);
  }
}

TEST_F(EventListTest, ATotalThatNobodyWantsIsLeftOut) {
  EventFilter filter = named("");
  filter.version = "v3";
  const EventPage with = list(filter, Page());
  filter.wants_total = false;
  const EventPage without = list(filter, Page());
  EXPECT_EQ(without.ids, with.ids);
  EXPECT_EQ(without.facts.has_next, with.facts.has_next);
  EXPECT_GT(with.facts.total, 0);
  EXPECT_EQ(without.facts.total, 0);
}

TEST_F(EventListTest, SmallPagesOfEveryName) {
  for (const std::string& name : names()) {
    EventFilter filter = named(name);
    filter.repo_id = 1;
    filter.from = time_of(kEvents - 400);
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
