#include "registry/audit/checkpoint.h"

#include <gtest/gtest.h>

#include "codec/base64.h"
#include "codec/hex.h"
#include "registry/audit/checkpoint_watch.h"
#include "registry/test_registry.h"
#include "sys/files.h"

namespace rhumb::registry {
namespace {

constexpr std::chrono::hours kInterval{1};

AuditKey key_of(std::byte filler) {
  AuditKey key;
  key.seed.fill(filler);
  key.public_key = codec::ed25519_public_key(key.seed).value();
  return key;
}

/// Takes them, unless it is away.
class FakeTarget final : public CheckpointTarget {
 public:
  [[nodiscard]] std::string name() const override { return "fake"; }
  Result<void> send(const SignedCheckpoint& checkpoint) override {
    if (left == 0) {
      return Error(ErrorCode::kUnavailable, "away");
    }
    --left;
    seen.push_back(checkpoint.checkpoint.head.seq);
    return {};
  }
  int left = 1000;
  std::vector<int64_t> seen;
};

class CheckpointTest : public testing::Test {
 protected:
  Result<bool> make() {
    return make_due_checkpoint(*registry_.store(), key_, registry_->now(), kInterval);
  }
  void write_entry() {
    ASSERT_TRUE(registry_.store()->write([this](Session& session) {
      return append_audit(session, audit_entry(registry_.caller(), registry_->now(), "x.y", "z"));
    }));
  }
  void make_some(int count) {
    for (int i = 0; i < count; ++i) {
      write_entry();
      registry_.clock().advance(kInterval);
      ASSERT_TRUE(make().value());
    }
  }
  Result<int64_t> send(CheckpointTarget& target, std::string_view address = "a") {
    return send_checkpoints(*registry_.store(), target, address, registry_->now());
  }
  Result<ChainReport> verify(const std::string& file) {
    const Result<ExpectedHashes> expected = read_checkpoints(file, {key_.public_key});
    if (!expected) {
      return expected.error();
    }
    return read_value<ChainReport>(
        *registry_.store(), [&](Session& session) { return verify_chain(session, *expected); });
  }
  void run(std::string_view sql) {
    ASSERT_TRUE(registry_.store()->write([sql](Session& session) { return session.run(sql); }));
  }

  TestRegistry registry_;
  AuditKey key_ = key_of(std::byte{7});
  sys::TemporaryDirectory folder_ = sys::TemporaryDirectory::create().value();
};

TEST_F(CheckpointTest, IsMadeWhenThereIsSomethingNewAndTheTimeHasCome) {
  EXPECT_TRUE(make().value());
  EXPECT_FALSE(make().value());
  registry_.clock().advance(kInterval);
  EXPECT_FALSE(make().value()) << "nothing is new";
  write_entry();
  EXPECT_TRUE(make().value());
  write_entry();
  EXPECT_FALSE(make().value()) << "too early";
}

TEST_F(CheckpointTest, WhatATargetDidNotTakeIsSentLater) {
  make_some(5);
  FakeTarget target;
  target.left = 2;
  EXPECT_EQ(send(target).error().message(), "away");
  make_some(1);
  target.left = 100;
  EXPECT_EQ(send(target).value(), 4);
  EXPECT_EQ(target.seen, (std::vector<int64_t>{4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(send(target).value(), 0);
  FakeTarget other;
  EXPECT_EQ(send(other, "b").value(), 6) << "another place gets all of them";
}

TEST_F(CheckpointTest, FileGoesOnWhereItEnds) {
  const sys::SystemEnvironment environment;
  const auto sender = make_network_sender(environment);
  const TargetTools tools{environment, registry_.clock(), *sender};
  const std::string path = folder_.path() + "/c.jsonl";
  make_some(3);
  EXPECT_EQ(send(*make_target(path, tools).value()).value(), 3);
  const std::string first = sys::read_file(path).value();
  ASSERT_TRUE(sys::write_file_atomic(path, first + "{\"type\":\"checkp"));
  make_some(2);
  EXPECT_EQ(send(*make_target("file://" + path, tools).value()).value(), 2);
  const std::string text = sys::read_file(path).value();
  EXPECT_TRUE(text.starts_with(first));
  EXPECT_EQ(read_checkpoints(text, {}).value().size(), 5);
  EXPECT_TRUE(verify(text));
  for (const char* wrong : {"", "ftp://x/y", "http://example.com/x", "s3://", "s3://b/x?y=1"}) {
    EXPECT_FALSE(make_target(wrong, tools)) << wrong;
  }
  const auto webhook = make_target("https://hooks.example/T0/secret", tools).value();
  EXPECT_EQ(webhook->name(), "webhook of hooks.example");
}

TEST_F(CheckpointTest, FileTellsOfALogThatWasCutShort) {
  const sys::SystemEnvironment environment;
  const auto sender = make_network_sender(environment);
  const auto file =
      make_target(folder_.path() + "/c.jsonl", {environment, registry_.clock(), *sender}).value();
  make_some(3);
  ASSERT_TRUE(send(*file));
  run("DELETE FROM audit WHERE seq = 6");
  const Result<int64_t> sent = send(*file);
  ASSERT_FALSE(sent);
  EXPECT_NE(
      sent.error().message().find("has a checkpoint of entry 6, and the audit log ends at entry 5"),
      std::string::npos);
}

TEST_F(CheckpointTest, ChainMadeAnewOrCutShortIsFound) {
  make_some(3);
  std::string file;
  for (const SignedCheckpoint& checkpoint :
       read_value<std::vector<SignedCheckpoint>>(*registry_.store(), [](Session& session) {
         return list_checkpoints(session, 0, 10);
       }).value()) {
    file += format_checkpoint(checkpoint) + "\n";
  }
  ASSERT_TRUE(verify(file));
  run("DELETE FROM audit WHERE seq = 6");
  EXPECT_EQ(verify(file).error().message(),
            "audit log ends at entry 5, the checkpoint is of entry 6");
  // The same entries with one other, each sealed as it should be.
  std::vector<SealedEntry> entries;
  ASSERT_TRUE(registry_.store()->read([&entries](Session& session) -> Result<void> {
    entries.clear();
    for (const Row& row :
         TRY(session.query("SELECT seq, " + sealed_columns() + " FROM audit ORDER BY seq"))) {
      entries.push_back(TRY(read_sealed(row)));
    }
    return {};
  }));
  run("DELETE FROM audit");
  ASSERT_TRUE(registry_.store()->write([&entries](Session& session) -> Result<void> {
    for (const SealedEntry& sealed : entries) {
      AuditEntry entry = sealed.entry;
      entry.origin.actor.name += entry.seq == 2 ? "x" : "";
      TRY(append_audit(session, std::move(entry)));
    }
    return {};
  }));
  EXPECT_TRUE(read_value<AuditHead>(*registry_.store(), verify_audit)) << "in itself it fits";
  EXPECT_EQ(verify(file).error().message(), "audit entry 4: is not the one of the checkpoint");
}

TEST_F(CheckpointTest, NoChangedByteIsTaken) {
  make_some(1);
  const SignedCheckpoint made =
      read_value<std::vector<SignedCheckpoint>>(
          *registry_.store(), [](Session& session) { return list_checkpoints(session, 0, 1); })
          .value()
          .front();
  const std::string line = format_checkpoint(made);
  ASSERT_TRUE(check_signature(parse_checkpoint(line).value(), {key_.public_key}));
  for (size_t at = 0; at < line.size(); ++at) {
    std::string changed = line;
    changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ 1U);
    const Result<ExpectedHashes> read = read_checkpoints(changed, {});
    EXPECT_FALSE(read) << changed;
  }
  EXPECT_FALSE(read_checkpoints(line, {key_of(std::byte{8}).public_key}));
}

TEST(AuditKeyText, IsReadAsOpensslWritesIt) {
  // openssl genpkey -algorithm ed25519 | tee key.pem; openssl pkey -in key.pem -pubout
  const AuditKey key = parse_audit_key(
                           "-----BEGIN PRIVATE KEY-----\n"
                           "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                           "-----END PRIVATE KEY-----\n")
                           .value();
  EXPECT_EQ(codec::hex_encode(key.public_key),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");  // RFC 8032, 7.1
  const std::string pem = format_public_key(key.public_key);
  EXPECT_EQ(pem,
            "-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
            "-----END PUBLIC KEY-----\n");
  for (const std::string& text :
       {pem, codec::hex_encode(key.public_key), codec::base64_encode(key.public_key) + "\n"}) {
    EXPECT_EQ(parse_public_key(text).value(), key.public_key) << text;
  }
  for (const char* wrong : {"", "x", "00", "-----BEGIN PUBLIC KEY-----\nMCow"}) {
    EXPECT_FALSE(parse_public_key(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace rhumb::registry
