#include "migrate/lease.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/go_format.h"
#include "migrate/test_lease.h"

namespace rhumb::migrate {
namespace {

using driver::error_of;
using driver::LockRequest;
using driver::must;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

TYPED_TEST_SUITE(LeaseTest, LeaseDatabases);

TEST(LeaseText, IsWrittenAndReadBack) {
  const LeaseText cases[] = {{1, "apply ann@box:7", "2026-01-02T03:04:05.000006Z"},
                             {int64_t{1} << 52, "a \"quoted\" <name> \\ of Zoë", "x"},
                             {0, "", ""}};
  for (const LeaseText& lease : cases) {
    SCOPED_TRACE(format_lease(lease));
    EXPECT_EQ(parse_lease(format_lease(lease)), lease);
  }
  EXPECT_EQ(format_lease({7, "a", "b"}), "{\"lease\":7,\"holder\":\"a\",\"until\":\"b\"}");
}

TEST(LeaseText, IsNothingElse) {
  for (const std::string_view text : {"", "pq: no", "null", "[]", "{}", "{\"holder\":\"a\"}",
                                      "{\"lease\":\"7\"}", "{\"lease\":7", "{\"lease\":7.5}"}) {
    EXPECT_FALSE(parse_lease(text).has_value()) << text;
  }
}

TYPED_TEST(LeaseTest, IsTakenRenewedAndGivenBack) {
  const auto ann = this->leased();
  const auto bob = this->leased();
  const auto lock = must(ann->lock(this->request(kAnn)));
  EXPECT_THAT(this->text(), MatchesRegex("\\{\"lease\":[0-9]+,\"holder\":\"" + std::string(kAnn) +
                                         "\",\"until\":\"2[0-9-]+T[0-9:]+\\.[0-9]+Z\"\\}\n"));
  const int64_t first = parse_lease(this->text())->number;
  std::this_thread::sleep_for(kLongerThanLease);
  EXPECT_EQ(error_of(bob->lock(this->request(kBob))),
            "sql/schema: lock is held by other session (held by " + std::string(kAnn) + ")");
  EXPECT_EQ(must(find_lease_holder(*this->another(), "")), kAnn);
  EXPECT_EQ(error_of(lock->release()), "");
  EXPECT_EQ(this->text(), "\n");
  EXPECT_EQ(must(find_lease_holder(*this->another(), "")), std::nullopt);
  const auto second = must(bob->lock(this->request(kBob)));
  EXPECT_GT(parse_lease(this->text())->number, first);
}

TYPED_TEST(LeaseTest, EndsWithItsHolder) {
  {
    const auto ann = this->leased();
    const auto lock = must(ann->lock(this->request(kAnn)));
  }
  EXPECT_EQ(this->text(), "\n");
}

TYPED_TEST(LeaseTest, RaisesTheNumberOfOneThatHasExpired) {
  const auto ann = this->leased();
  ASSERT_EQ(error_of(must(ann->lock(this->request(kAnn)))->release()), "");
  const int64_t late = int64_t{1} << 52;
  this->steal({.number = late, .holder = std::string(kBob), .until = "2020-01-01T00:00:00Z"});
  EXPECT_EQ(must(find_lease_holder(*this->another(), "")), std::nullopt);
  const auto lock = must(ann->lock(this->request(kAnn)));
  EXPECT_EQ(parse_lease(this->text())->number, late + 1);
}

TYPED_TEST(LeaseTest, IsWaitedForUntilItExpires) {
  const auto ann = this->leased();
  ASSERT_EQ(error_of(must(ann->lock(this->request(kAnn)))->release()), "");
  const auto now = std::chrono::system_clock::now() + std::chrono::seconds(1);
  this->steal(
      {.number = 1,
       .holder = std::string(kBob),
       .until = format_rfc3339_nano(std::chrono::time_point_cast<std::chrono::nanoseconds>(now))});
  EXPECT_THAT(error_of(ann->lock(this->request(kAnn))), HasSubstr(kBob));
  std::string told;
  LockRequest waiting = this->request(kAnn, milliseconds(20000));
  waiting.on_wait = [&told](std::string_view held_by) { told += held_by; };
  EXPECT_EQ(error_of(ann->lock(waiting)), "");
  EXPECT_EQ(told, kBob);
}

TYPED_TEST(LeaseTest, WaitingEndsWhenTheRunIsStopped) {
  const auto ann = this->leased();
  const auto lock = must(ann->lock(this->request(kAnn)));
  sys::CancellationSource stop;
  stop.cancel();
  LockRequest waiting = this->request(kBob, milliseconds(20000));
  waiting.stop = stop.token();
  EXPECT_EQ(error_of(this->leased()->lock(waiting)), "interrupted");
}

TYPED_TEST(LeaseTest, FindsOutByItselfThatItIsLost) {
  const auto ann = this->leased();
  const auto lock = must(ann->lock(this->request(kAnn)));
  this->steal();
  std::this_thread::sleep_for(kLength);
  EXPECT_EQ(error_of(ann->execute("SELECT 1")), this->lost_to_bob());
}

// The time of the lease is over, but its row is locked; the commit makes it fresh again.
TYPED_TEST(LeaseTest, ExcludesRunsWithTheLockOfASession) {
  const auto ann = this->leased();
  const auto bob = this->another();
  {
    const auto lock = must(ann->lock(this->request(kAnn)));
    EXPECT_THAT(error_of(wait_for_lease(*bob, this->request(kBob))), HasSubstr(kAnn));
  }
  EXPECT_EQ(error_of(wait_for_lease(*bob, this->request(kBob))), "");
  const auto session = must(bob->lock(this->request(kBob)));
  EXPECT_THAT(error_of(ann->lock(this->request(kAnn))),
              StartsWith("sql/schema: lock is held by other session (held by "));
  EXPECT_EQ(this->text(), "\n");
  ASSERT_EQ(error_of(session->release()), "");
  EXPECT_EQ(error_of(ann->lock(this->request(kAnn))), "");
}

TYPED_TEST(LeaseTest, IsOfOneRevisionsTable) {
  const auto ann = this->leased();
  const auto lock = must(ann->lock(this->request(kAnn)));
  LockRequest other = this->request(kBob);
  other.revisions_schema = this->name() + "_other";
  const auto bob = this->leased();
  const auto second = bob->lock(other);
  EXPECT_EQ(error_of(second), "");
  EXPECT_EQ(must(find_lease_holder(*this->another(), other.revisions_schema)), kBob);
  this->run((std::is_same_v<TypeParam, MariadbDatabase> ? "DROP DATABASE " : "DROP SCHEMA ") +
            other.revisions_schema +
            (std::is_same_v<TypeParam, MariadbDatabase> ? "" : " CASCADE"));
}

// DDL commits by itself, so that the row is free while it runs.
// A whole run, with everything that writes rows.
}  // namespace
}  // namespace rhumb::migrate
