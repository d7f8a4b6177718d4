#include "registry/audit/evidence.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "codec/compress.h"
#include "registry/api/test_api.h"
#include "registry/audit/checkpoint_watch.h"
#include "registry/audit/stored_gzip.h"
#include "registry/content/down_plans.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

AuditKey key_of(std::byte filler) {
  AuditKey key;
  key.seed.fill(filler);
  key.public_key = codec::ed25519_public_key(key.seed).value();
  return key;
}

class EvidenceTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
    ASSERT_TRUE(registry_.push("other", "", {"9"}));
    ASSERT_TRUE(registry_.ingest(registry_.report("a", "1", "2")));
    registry_api::MigrationReport failed = registry_.report("b", "1", "2");
    failed.error = "no such table: t";
    ASSERT_TRUE(registry_.ingest(failed));
    registry_api::MigrationReport staging = registry_.report("c", "1", "2");
    staging.env_name = "staging";
    ASSERT_TRUE(registry_.ingest(staging));
  }

  Result<std::string> make(const std::string& version = "2", const std::string& env = "") {
    return make_evidence_pack([this](const auto& job) { return registry_.store()->read(job); },
                              {.org_id = 1, .repo = "app", .version = version, .env = env}, key_);
  }
  static std::string fault(std::string_view pack, const TrustedKeys& trusted = {}) {
    const Result<PackReport> report = verify_pack(pack, trusted, {});
    return report ? "" : report.error().message();
  }
  static std::map<std::string, std::string> unpack(const std::string& pack) {
    std::map<std::string, std::string> files;
    const std::string archive = codec::gzip_decompress(pack, 1U << 24U).value();
    for (const codec::ArchiveFile& file :
         codec::read_tar(archive, {.allow_directories_in_names = true}).value()) {
      files[file.name] = file.content;
    }
    return files;
  }
  /// The pack with another content of one file.
  static std::string with(const std::string& pack,
                          const std::string& name,
                          const std::string& content) {
    std::vector<codec::ArchiveFile> files = codec::read_tar(read_stored_gzip(pack).value().content,
                                                            {.allow_directories_in_names = true})
                                                .value();
    for (codec::ArchiveFile& file : files) {
      file.content = file.name == name ? content : file.content;
    }
    return write_stored_gzip(codec::write_tar(files));
  }

  TestRegistry registry_;
  AuditKey key_ = key_of(std::byte{3});
};

TEST_F(EvidenceTest, HoldsWhatIsKnownOfTheVersion) {
  const std::string pack = make().value();
  const Result<PackReport> report = verify_pack(pack, {key_.public_key}, {});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->repo, "app");
  EXPECT_EQ(report->version, "2");
  EXPECT_EQ(report->chain.entries, 5) << "repository, push and three deployments";
  const std::map<std::string, std::string> files = unpack(pack);
  EXPECT_EQ(files.at("files/2_x.sql"), "SELECT 2;\n");
  EXPECT_TRUE(files.contains("files/atlas.sum"));
  const std::string& runs = files.at("facts/deployments.json");
  for (const char* part :
       {"\"prod\"", "\"staging\"", "no such table: t", "\"PASSED\"", "\"FAILED\""}) {
    EXPECT_NE(runs.find(part), std::string::npos) << part;
  }
  EXPECT_NE(files.at("README.txt").find("no such table: t"), std::string::npos);
  EXPECT_EQ(files.at("chain.jsonl").find("repo/other"), std::string::npos);
}

TEST_F(EvidenceTest, SameFactsGiveTheSameBytes) {
  const std::string pack = make().value();
  ASSERT_TRUE(registry_.push("other", "", {"8", "9"}));
  registry_.clock().advance(std::chrono::hours(5));
  EXPECT_EQ(make().value(), pack) << "what else happens, and when it is asked for, changes nothing";
  ASSERT_TRUE(
      make_due_checkpoint(*registry_.store(), key_, registry_->now(), std::chrono::hours(1)));
  const std::string later = make().value();
  EXPECT_NE(later, pack) << "it is tied to the checkpoint now";
  const PackReport report = verify_pack(later, {key_.public_key}, {}).value();
  EXPECT_EQ(report.chain.head.seq,
            registry_.scalar("SELECT max(seq) FROM audit_checkpoints").number());
  const ExpectedHashes elsewhere{{report.chain.head.seq, report.chain.head.hash}};
  EXPECT_TRUE(verify_pack(later, {}, elsewhere));
  EXPECT_FALSE(verify_pack(later, {}, {{report.chain.head.seq, kAuditGenesis}}));
}

TEST_F(EvidenceTest, OfOneEnvironment) {
  const std::string pack = make("2", "staging").value();
  const std::string runs = unpack(pack).at("facts/deployments.json");
  EXPECT_EQ(runs.find("prod"), std::string::npos);
  EXPECT_EQ(verify_pack(pack, {}, {}).value().env, "staging");
  EXPECT_EQ(make("2", "nowhere").error().message(), "environment \"nowhere\" not found");
  EXPECT_EQ(make("7").error().message(), "version 7 of \"app\" was neither pushed nor run");
}

TEST_F(EvidenceTest, SaysWhatDoesNotFit) {
  const std::string pack = make().value();
  EXPECT_EQ(fault(with(pack, "files/1_x.sql", "SELECT 3;\n")),
            "files/1_x.sql: its content is not the one that was signed");
  EXPECT_EQ(fault(with(pack, "manifest.sig", std::string(86, 'A') + "==\n")).substr(0, 19),
            "manifest.json: key ");
  EXPECT_EQ(fault(pack, {key_of(std::byte{4}).public_key}).substr(0, 19), "manifest.json: key ");
  EXPECT_NE(fault(codec::gzip_compress(read_stored_gzip(pack).value().content)), "");
  EXPECT_NE(fault(""), "");
}

TEST_F(EvidenceTest, NoChangedByteIsTakenForWhatWasPacked) {
  const std::string pack = make().value();
  ASSERT_EQ(fault(pack), "");
  std::string changed = pack;
  for (size_t at = 0; at < pack.size(); ++at) {
    changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << (at % 8)));
    EXPECT_NE(fault(changed), "") << "byte " << at << " of " << pack.size();
    changed[at] = pack[at];
  }
  for (size_t size = 0; size < pack.size(); size += 97) {
    EXPECT_NE(fault(pack.substr(0, size)), "") << size;
  }
  EXPECT_NE(fault(pack + '\0'), "");
}

class EvidenceOfDecisionsTest : public ApiTest {};

TEST_F(EvidenceOfDecisionsTest, HoldsApprovalsDecisionsReviewsAndReverts) {
  ASSERT_TRUE(registry_.push("app", "v2", {"1", "2"}));
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  data(
      "mutation { setPromotionPolicy(input: {repo: \"app\", stages: [{name: \"live\", envs: "
      "[\"prod\"], approvals: 1}]}) { id } }");
  const std::string check =
      "{ checkDeployment(input: {repo: \"app\", envName: \"prod\", version: \"2\", targets: [{id: "
      "\"a\", schema: \"main\", url: \"sqlite://a.db\"}]OVERRIDE}) { allowed } }";
  const auto ask = [&](const std::string& more) {
    return text(data(replace_all(check, "OVERRIDE", more)));
  };
  EXPECT_EQ(ask(""), R"j({"checkDeployment":{"allowed":false}})j");
  EXPECT_EQ(ask(", overrideReason: \"shop is down\""), R"j({"checkDeployment":{"allowed":true}})j");
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "1", "2")));
  registry_.caller().origin.actor = Actor{"USER", 7, "alice"};
  data(
      "mutation { approveVersion(input: {repo: \"app\", stage: \"live\", version: \"2\", comment: "
      "\"looked at\"}) { approvals } }");
  ASSERT_TRUE(registry_.store()->write(
      [](Session& session) { return session.run("UPDATE repos SET protect_down = 1"); }));
  ASSERT_TRUE(request_plan(*registry_, registry_.caller(), TestRegistry::revert_plan("2", "1")));
  data("mutation { abortMigratePlan(input: {id: 1, comment: \"no need\"}) { status } }");

  const AuditKey key = key_of(std::byte{3});
  const std::string pack =
      make_evidence_pack([this](const auto& job) { return registry_.store()->read(job); },
                         {.org_id = 1, .repo = "app", .version = "2"}, key)
          .value();
  const PackReport report = verify_pack(pack, {key.public_key}, {}).value();
  // Repository, two pushes, block, override, deployment with its violation or without, approval,
  // request and refusal of the revert.
  EXPECT_GE(report.chain.entries, 9);
  for (const char* part :
       {"\"comment\": \"looked at\"", "\"comment\": \"no need\"", "policy.block", "policy.override",
        "shop is down", "let it into stage \"live\"", "passed over by", "tag v2", "refused"}) {
    EXPECT_NE(pack.find(part), std::string::npos) << part;
  }
}

TEST(StoredGzip, EveryProgramUnpacksIt) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{65534}, size_t{65535}, size_t{65536},
                            size_t{131070}, size_t{200000}}) {
    std::string content;
    for (size_t i = 0; i < size; ++i) {
      content += static_cast<char>(i * 7 % 251);
    }
    const std::string packed = write_stored_gzip(content);
    EXPECT_EQ(codec::gzip_decompress(packed, size).value(), content) << size;
    EXPECT_EQ(read_stored_gzip(packed).value().content, content) << size;
    EXPECT_FALSE(read_stored_gzip(packed + "x").value().is_intact);
  }
}

}  // namespace
}  // namespace rhumb::registry
