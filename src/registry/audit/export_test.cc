#include "registry/audit/export.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "registry/audit/csv_line.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kFirstTime = 1'700'000'000'000'000'000;

AuditKey key_of(std::byte filler) {
  AuditKey key;
  key.seed.fill(filler);
  key.public_key = codec::ed25519_public_key(key.seed).value();
  return key;
}

/// A log of `count` entries of three actions and two organizations, with texts that are hard to
/// write down.
class ExportTest : public testing::TestWithParam<ExportFormat> {
 protected:
  void fill(int64_t count) {
    ASSERT_TRUE(store_->write([count](Session& session) -> Result<void> {
      TRY(session.run(
          "INSERT INTO organizations (id, slug, name, created_at) VALUES (1, 'default', "
          "'default', 0)"));
      for (int64_t i = 1; i <= count; ++i) {
        AuditEntry entry;
        entry.org_id = i % 5 == 0 ? 2 : 1;
        entry.time = kFirstTime + i;
        entry.origin = Origin{Actor{"BOT", i, "ci, \"quoted\""}, "rgb_", "::1", "=cmd|'x'!A1", "r"};
        entry.origin.actor.id = i % 2 == 0 ? std::nullopt : std::optional(i);
        entry.action = i % 3 == 0 ? "dir.push" : "deployment.report";
        entry.object = "repo/\xC3\xA4\n\t'" + std::to_string(i % 4);
        entry.after = i % 2 == 0 ? R"({"a":1,"b":"\u003cx\u003e"})" : "{\"not\": canonical";
        TRY(append_audit(session, std::move(entry)));
      }
      return {};
    }));
  }

  std::string write(AuditFilter filter = {}, bool is_signed = true) {
    std::string out;
    const ExportOptions options{.format = GetParam(),
                                .filter = std::move(filter),
                                .key = is_signed ? std::optional(key_) : std::nullopt};
    const Result<int64_t> written =
        export_audit([this](const auto& job) { return store_->read(job); }, options,
                     [&out](const std::string& bytes) -> Result<void> {
                       out += bytes;
                       return {};
                     });
    EXPECT_TRUE(written) << (written ? "" : written.error().message());
    return out;
  }

  static Result<ExportReport> verify(const std::string& text,
                                     const TrustedKeys& trusted = {},
                                     const ExpectedHashes& expected = {}) {
    std::istringstream file(text);
    return verify_export(file, trusted, expected);
  }

  void add_checkpoint(int64_t seq) {
    ASSERT_TRUE(store_->write([&](Session& session) -> Result<void> {
      const std::optional<Row> row = TRY(session.find_row(
          fmt::format("SELECT seq, {} FROM audit WHERE seq = ?", sealed_columns()), {seq}));
      const SealedEntry sealed = TRY(read_sealed(*row));
      return store_checkpoint(
          session, TRY(sign_checkpoint(key_, {.head = {seq, sealed.hash}, .time = 5, .org = "x"})));
    }));
  }

  TestStore store_;
  AuditKey key_ = key_of(std::byte{1});
};

TEST_P(ExportTest, WholeLogVerifies) {
  fill(1203);
  const std::string text = write();
  const Result<ExportReport> report =
      verify(text, {key_of(std::byte{2}).public_key, key_.public_key});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->entries, 1203);
  EXPECT_EQ(report->first, 1);
  EXPECT_EQ(report->last, 1203);
  EXPECT_TRUE(report->complete);
  EXPECT_EQ(report->key, key_.public_key);
  EXPECT_EQ(report->head, read_value<AuditHead>(*store_, verify_audit).value());
  EXPECT_EQ(write(), text) << "the same log gives the same bytes";
  EXPECT_EQ(verify(text, {key_of(std::byte{2}).public_key}).error().code(), ErrorCode::kConflict);
}

TEST_P(ExportTest, EmptyLog) {
  fill(0);
  const Result<ExportReport> report = verify(write());
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->entries, 0);
  EXPECT_FALSE(verify(""));
}

TEST_P(ExportTest, PartIsLinkedToCheckpoints) {
  fill(1203);
  add_checkpoint(10);
  add_checkpoint(600);
  AuditFilter filter{.from = kFirstTime + 5, .to = kFirstTime + 9, .actions = {"dir.push"}};
  std::string text = write(filter);
  Result<ExportReport> report = verify(text, {key_.public_key});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->entries, 1);
  EXPECT_EQ(report->first, 6);
  EXPECT_FALSE(report->complete);
  EXPECT_EQ(report->head.seq, 10) << "what follows the checkpoint is not needed";
  filter = {.object = "repo/\xC3\xA4\n\t'1"};
  text = write(filter);
  report = verify(text, {key_.public_key});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->entries, 301);
  EXPECT_EQ(report->last, 1201);
  EXPECT_EQ(report->unproven, 0);
}

TEST_P(ExportTest, OtherOrganizationsAreNotShown) {
  fill(50);
  const std::string text = write({.org_id = 2});
  const Result<ExportReport> report = verify(text);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->entries, 10);
  EXPECT_EQ(report->head.seq, 50);
}

TEST_P(ExportTest, NoChangedByteIsTakenForWhatWasWritten) {
  fill(7);
  add_checkpoint(3);
  for (const bool is_signed : {true, false}) {
    for (const AuditFilter& filter : {AuditFilter{}, AuditFilter{.actions = {"dir.push"}}}) {
      const std::string text = write(filter, is_signed);
      ASSERT_TRUE(verify(text)) << verify(text).error().message();
      for (size_t at = 0; at < text.size(); ++at) {
        for (const unsigned flip : {1U, 0x20U, 0x80U}) {
          std::string changed = text;
          changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
          EXPECT_FALSE(verify(changed)) << "byte " << at << " of " << text;
        }
        EXPECT_FALSE(verify(text.substr(0, at))) << at;
      }
      EXPECT_FALSE(verify(text + "\n"));
      EXPECT_FALSE(verify(text + text));
    }
  }
}

TEST_P(ExportTest, RemovedRecordIsMissed) {
  fill(7);
  const std::string text = write();
  std::istringstream lines(text);
  // Only of JSON is each line a record.
  if (GetParam() == ExportFormat::kCsv) {
    return;
  }
  std::string line;
  while (std::getline(lines, line)) {
    std::string without = text;
    without.erase(without.find(line), line.size() + 1);
    EXPECT_FALSE(verify(without)) << line;
  }
}

TEST_P(ExportTest, UnsignedOneIsNoneForWhoTrustsAKey) {
  fill(5);
  const std::string text = write({}, false);
  EXPECT_TRUE(verify(text));
  EXPECT_EQ(verify(text, {key_.public_key}).error().root_message(), "nobody has signed it");
}

TEST_P(ExportTest, ExpectedEntries) {
  fill(20);
  const std::string text = write();
  const AuditHead head = read_value<AuditHead>(*store_, verify_audit).value();
  EXPECT_TRUE(verify(text, {}, {{20, head.hash}}));
  EXPECT_EQ(verify(text, {}, {{21, head.hash}}).value().unseen, 1);
  EXPECT_FALSE(verify(text, {}, {{19, head.hash}}));
}

TEST_P(ExportTest, EntriesOfEarlierReleasesCutWhatIsNotShown) {
  fill(0);
  ASSERT_TRUE(store_->write([](Session& session) -> Result<void> {
    codec::Sha256 previous{};
    for (int64_t seq = 1; seq <= 6; ++seq) {
      SealedEntry sealed{.format = kAuditWhole};
      sealed.entry.seq = seq;
      sealed.entry.org_id = 1;
      sealed.entry.time = seq;
      sealed.entry.action = seq % 2 == 0 ? "dir.push" : "x.y";
      // The other store takes no bytes that are no text.
      sealed.entry.origin.user_agent = test_store_server().empty() ? "\xFF broken" : "fine";
      sealed.previous = previous;
      sealed.hash = audit_hash(previous, sealed.entry);
      previous = sealed.hash;
      TRY(store_sealed(session, sealed));
    }
    return {};
  }));
  ASSERT_TRUE(read_value<AuditHead>(*store_, verify_audit));
  ASSERT_TRUE(verify(write())) << verify(write()).error().message();
  EXPECT_EQ(verify(write({.actions = {"dir.push"}})).value().unproven, 0) << "signed";
  EXPECT_EQ(verify(write({.actions = {"dir.push"}}, false)).value().unproven, 2);
}

INSTANTIATE_TEST_SUITE_P(Formats,
                         ExportTest,
                         testing::Values(ExportFormat::kJsonl, ExportFormat::kCsv),
                         [](const auto& tested) {
                           return tested.param == ExportFormat::kCsv ? "Csv" : "Jsonl";
                         });

TEST(CsvLine, GivesBackWhatItWasMadeOf) {
  const std::vector<CsvCell> cells = {std::nullopt, "",    "a",      "a,b", "\"", "a\nb",
                                      "=1+1",       "'=x", "plain ", "\r",  "-1", std::nullopt};
  const std::string line = format_csv_line(cells);
  EXPECT_EQ(line, ",\"\",a,\"a,b\",\"\"\"\",\"a\nb\",'=1+1,''=x,plain ,\"'\r\",'-1,\n");
  EXPECT_EQ(parse_csv_line(line.substr(0, line.size() - 1)).value(), cells);
  for (const char* wrong : {"\"", "a\"b", "\"a\"b", "\"a", "a,\"", "\"\"\""}) {
    EXPECT_FALSE(parse_csv_line(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace rhumb::registry
