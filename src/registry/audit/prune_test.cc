#include "registry/audit/prune.h"

#include <gtest/gtest.h>

#include <sstream>

#include "registry/audit/export.h"
#include "registry/audit/verify_log.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

class PruneTest : public testing::Test {
 protected:
  void SetUp() override {
    key_.seed.fill(std::byte{9});
    key_.public_key = codec::ed25519_public_key(key_.seed).value();
    begun_ = registry_->now();
    for (int i = 0; i < 7; ++i) {  // behind the three of the set-up
      registry_.clock().advance(std::chrono::hours(1));
      write_entry("x.y");
    }
  }
  void write_entry(const std::string& action) {
    ASSERT_TRUE(registry_.store()->write([&](Session& session) {
      return append_audit(session, audit_entry(registry_.caller(), registry_->now(), action, "z"));
    }));
  }
  Result<PruneReport> prune(std::chrono::nanoseconds since_begin) {
    return prune_audit(*registry_.store(), key_,
                       {.before = begun_ + since_begin.count(),
                        .origin = registry_.caller().origin,
                        .now = registry_->now()});
  }
  Result<ChainReport> verify(const ExpectedHashes& expected = {}) {
    return read_value<ChainReport>(
        *registry_.store(), [&](Session& session) { return verify_chain(session, expected); });
  }

  TestRegistry registry_;
  AuditKey key_;
  int64_t begun_ = 0;
};

TEST_F(PruneTest, WhatIsLeftVerifies) {
  const ChainReport whole = verify().value();
  EXPECT_EQ(prune(std::chrono::minutes(0)).value().entries, 0);
  EXPECT_EQ(verify().value().head, whole.head) << "nothing to take out is no entry";
  const PruneReport report = prune(std::chrono::minutes(150)).value();
  EXPECT_EQ(report.entries, 5);
  const Result<ChainReport> rest = verify({{whole.head.seq, whole.head.hash}, {2, kAuditGenesis}});
  ASSERT_TRUE(rest) << rest.error().message();
  EXPECT_EQ(rest->base, report.base);
  EXPECT_EQ(rest->base.seq, 5);
  EXPECT_EQ(rest->head.seq, whole.head.seq + 1) << "it is an entry itself";
  EXPECT_EQ(rest->unseen, 1) << "a checkpoint of an entry that is gone";
  EXPECT_EQ(registry_.scalar("SELECT before_json FROM audit ORDER BY seq DESC LIMIT 1").text(),
            R"({"first":1,"last":5})");
  EXPECT_EQ(prune(std::chrono::minutes(210)).value().base.seq, 6);
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM audit_checkpoints WHERE is_base = 1").number(),
            1);
  write_entry("more.y");
  EXPECT_TRUE(verify());
}

TEST_F(PruneTest, EverythingIsOld) {
  const PruneReport report = prune(std::chrono::hours(1000)).value();
  EXPECT_EQ(report.base.seq, 9) << "what is not in the past stays";
  EXPECT_EQ(verify().value().head.seq, 11);
  ASSERT_TRUE(registry_.store()->write(
      [](Session& session) { return session.run("DELETE FROM audit WHERE seq > 9"); }));
  write_entry("x.y");
  EXPECT_EQ(verify().value().head.seq, 10) << "an empty log goes on behind what was pruned";
}

TEST_F(PruneTest, MoreThanWasPrunedIsAFault) {
  ASSERT_TRUE(prune(std::chrono::minutes(150)));
  const auto run = [this](const char* sql) {
    ASSERT_TRUE(registry_.store()->write([sql](Session& session) { return session.run(sql); }));
  };
  run("DELETE FROM audit WHERE seq = 6");
  EXPECT_EQ(verify().error().message(), "audit entry 7: entry 6 is missing before it");
  run("UPDATE audit_checkpoints SET seq = 6 WHERE is_base = 1");
  EXPECT_EQ(verify().error().message().substr(0, 28), "checkpoint of audit entry 6:");
}

TEST_F(PruneTest, ExportOfWhatIsLeft) {
  ASSERT_TRUE(prune(std::chrono::minutes(150)));
  std::string text;
  ASSERT_TRUE(export_audit([this](const auto& job) { return registry_.store()->read(job); },
                           {.key = key_},
                           [&text](const std::string& bytes) -> Result<void> {
                             text += bytes;
                             return {};
                           }));
  std::istringstream file(text);
  const Result<ExportReport> report = verify_export(file, {key_.public_key}, {});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->base.seq, 5);
  EXPECT_TRUE(report->complete);
}

}  // namespace
}  // namespace rhumb::registry
