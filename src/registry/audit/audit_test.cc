#include <gtest/gtest.h>

#include "codec/hex.h"
#include "registry/audit/chain.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

AuditEntry entry(std::string action) {
  AuditEntry out;
  out.org_id = 1;
  out.time = 1'700'000'000'000'000'000;
  out.origin = Origin{Actor{"BOT", 1, "ci"}, "rgb_", "127.0.0.1", "Atlas/v1", "r-1"};
  out.action = std::move(action);
  out.object = "repo/app";
  out.after = R"({"slug":"app"})";
  return out;
}

class AuditTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(store_->write([](Session& session) -> Result<void> {
      TRY(append_audit(session, entry("repo.create")));
      TRY(append_audit(session, entry("dir.push")));
      return append_audit(session, entry("request.refused"));
    }));
  }

  Result<AuditHead> verify() {
    return read_value<AuditHead>(*store_, [](Session& session) { return verify_audit(session); });
  }
  Result<ChainReport> verify(int64_t seq, std::string_view hash) {
    const ExpectedHashes expected{{seq, parse_hash(hash).value()}};
    return read_value<ChainReport>(
        *store_, [&](Session& session) { return verify_chain(session, expected); });
  }
  std::string fault_after(std::string_view sql) {
    EXPECT_TRUE(store_->write([&](Session& session) { return session.run(sql); }));
    const Result<AuditHead> verified = verify();
    return verified ? "" : verified.error().message();
  }

  TestStore store_;
};

TEST_F(AuditTest, UntouchedLogVerifies) {
  Result<AuditHead> head = verify();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->seq, 3);
}

TEST_F(AuditTest, EveryFieldIsSealed) {
  const char* changes[] = {
      "org_id = 2",
      "time = time + 1",
      "actor_kind = 'USER'",
      "actor_id = NULL",
      "actor_name = 'x'",
      "token_prefix = ''",
      "ip = ''",
      "user_agent = ''",
      "action = 'x'",
      "object = 'x'",
      "before_json = ''",
      "after_json = NULL",
      "request_id = ''",
      "format = 1",
      "format = 3",
      "redacted_by = 7",
      "redacted_by = 1",
      "leaf = hash",
      "leaf = hash, redacted_by = 2",
  };
  for (const char* change : changes) {
    TestStore store;
    ASSERT_TRUE(store->write([](Session& s) { return append_audit(s, entry("repo.create")); }));
    ASSERT_TRUE(
        store->write([&](Session& s) { return s.run(std::string("UPDATE audit SET ") + change); }));
    const Result<AuditHead> verified =
        read_value<AuditHead>(*store, [](Session& session) { return verify_audit(session); });
    ASSERT_FALSE(verified) << change;
    EXPECT_EQ(verified.error().message(), "audit entry 1: was changed after it was written");
  }
}

TEST_F(AuditTest, NamesTheFirstEntryThatDoesNotFit) {
  EXPECT_EQ(fault_after("UPDATE audit SET object = 'repo/b' WHERE seq = 2"),
            "audit entry 2: was changed after it was written");
}

TEST_F(AuditTest, ReplacedHashBreaksTheNextEntry) {
  EXPECT_EQ(fault_after("UPDATE audit SET prev_hash = hash WHERE seq = 3"),
            "audit entry 3: does not follow the entry before it");
}

TEST_F(AuditTest, RemovedEntryIsAGap) {
  EXPECT_EQ(fault_after("DELETE FROM audit WHERE seq = 2"),
            "audit entry 3: entry 2 is missing before it");
}

TEST_F(AuditTest, CheckpointShowsALogCutShort) {
  Result<AuditHead> head = verify();
  ASSERT_TRUE(head);
  const std::string hash = codec::hex_encode(head->hash);
  EXPECT_TRUE(verify(3, hash));
  EXPECT_FALSE(verify(2, hash));
  ASSERT_TRUE(store_->write([](Session& s) { return s.run("DELETE FROM audit WHERE seq = 3"); }));
  EXPECT_TRUE(verify());
  const Result<ChainReport> cut = verify(3, hash);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().message(), "audit log ends at entry 2, the checkpoint is of entry 3");
}

TEST(AuditHash, FieldsCannotFlowIntoEachOther) {
  AuditEntry a = entry("x");
  AuditEntry b = entry("x");
  a.action = "ab";
  a.object = "c";
  b.action = "a";
  b.object = "bc";
  EXPECT_NE(audit_hash(kAuditGenesis, a), audit_hash(kAuditGenesis, b));
  AuditEntry absent = entry("x");
  AuditEntry empty = entry("x");
  absent.after.reset();
  empty.after = "";
  EXPECT_NE(audit_hash(kAuditGenesis, absent), audit_hash(kAuditGenesis, empty));
}

}  // namespace
}  // namespace rhumb::registry
