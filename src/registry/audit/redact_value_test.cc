#include "registry/audit/redact_value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "registry/api/test_api.h"
#include "registry/audit/verify_log.h"
#include "registry/store/bodies.h"
#include "registry/store/copy.h"
#include "registry/store/tables.h"
#include "sys/files.h"

namespace rhumb::registry {
namespace {

constexpr const char* kRedact =
    "mutation r($input: RedactValueInput!) { redactValue(input: $input) { success } }";
constexpr std::string_view kSecret = "s3cr3t'\"<pw>&1";

TEST(Redaction, FindsEveryForm) {
  const Redaction redaction = Redaction::create(kSecret).value();
  struct Case {
    std::string text;
    std::optional<std::string> want;
  };
  const Case cases[] = {
      {"nothing", std::nullopt},
      {"a s3cr3t'\"<pw>&1 b s3cr3t'\"<pw>&1", "a (redacted) b (redacted)"},
      {"PASSWORD 's3cr3t''\"<pw>&1'", "PASSWORD '(redacted)'"},
      {R"j({"a":"x s3cr3t'\"\u003cpw\u003e\u00261 y","b":[1]})j",
       R"j({"a":"x (redacted) y","b":[1]})j"},
      {R"j({"a":"s3cr3t'\"<pw>&1"})j", R"j({"a":"(redacted)"})j"},
      {R"j({"a":"{\"b\":\"s3cr3t'\\\"\\u003cpw\\u003e\\u00261\"}"})j",
       R"j({"a":"{\"b\":\"(redacted)\"}"})j"},
      {"postgres://u:s3cr3t%27%22%3Cpw%3E%261@h", "postgres://u:(redacted)@h"},
      {"[broken s3cr3t'\"<pw>&1", "[broken (redacted)"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(redaction.redact(one.text), one.want) << one.text;
  }
  EXPECT_EQ(Redaction::create("12345678").value().redact(R"j({"n":912345678,"o":1})j"),
            R"j({"n":"9(redacted)","o":1})j");
  EXPECT_EQ(Redaction::create("long_key").value().redact(R"j({"long_key":"x","a":"b"})j"),
            R"j({"(redacted)":"x","a":"b"})j");
}

TEST(Redaction, Refuses) {
  for (const std::string& value :
       {std::string(), std::string("1234567"), std::string("redacted"), std::string("(redacted"),
        std::string(5000, 'x'), std::string("abc\0defgh", 9),
        std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")}) {
    const Result<Redaction> made = Redaction::create(value);
    ASSERT_FALSE(made) << value;
    EXPECT_TRUE(value.size() < 7 || made.error().message().find(value) == std::string::npos);
  }
}

class RedactValueTest : public ApiTest {
 protected:
  static Json wish(std::string_view value = kSecret) {
    return Json::object({{"value", value}, {"reason", "ticket 4711"}});
  }

  /// The secret in every kind of place.
  void leak() {
    PushRequest push;
    push.slug = "app";
    push.driver = "SQLITE";
    push.files =
        TestRegistry::directory({{"1_x.sql", "CREATE USER u PASSWORD 's3cr3t''\"<pw>&1';\n"}});
    ASSERT_TRUE(push_directory(*registry_, registry_.caller(), push));
    for (const char* id : {"a", "b"}) {
      registry_api::MigrationReport report = registry_.report(id, "", "1");
      report.files->front().content = push.files[1].content;
      report.files->front().error =
          registry_api::StatementError{"SELECT " + std::string(kSecret), "x"};
      report.error = "no such user: " + std::string(kSecret);
      report.log = "log of " + std::string(id) + ": " + std::string(kSecret) + "\n";
      report.target.url = "postgres://u@h/" + std::string(id);
      ASSERT_TRUE(registry_.ingest(std::move(report)));
    }
    registry_.caller().origin.user_agent = "agent " + std::string(kSecret);
    AuditEntry entry = audit_entry(registry_.caller(), registry_->now(), "x.y", "z");
    entry.after = codec::format_json(Json::object({{"error", kSecret}}));
    ASSERT_TRUE(
        registry_.store()->write([&](Session& session) { return append_audit(session, entry); }));
    registry_.caller().origin.user_agent = "test";
  }

  /// Values of all tables, bodies unpacked, that hold it in any form.
  int64_t leaks() {
    const Redaction redaction = Redaction::create(kSecret).value();
    int64_t count = 0;
    EXPECT_TRUE(registry_.store()->read([&](Session& session) -> Result<void> {
      count = 0;
      for (const Table& table : TRY(list_tables(session))) {
        TRY(walk_table(session, table, [&](const Row& row) {
          for (const Value& value : row) {
            count += redaction.is_in(value.text()) ? 1 : 0;
          }
          return true;
        }));
      }
      for (const Row& row : TRY(session.query("SELECT sha256 FROM bodies"))) {
        count += redaction.is_in(TRY(read_body(session, row[0]))) ? 1 : 0;
      }
      return {};
    }));
    return count;
  }
};

TEST_F(RedactValueTest, IsGoneEverywhereAndEverythingVerifies) {
  leak();
  ASSERT_GE(leaks(), 9);
  const std::string hash = registry_.scalar("SELECT hash FROM dir_states").text();
  EXPECT_EQ(text(input(kRedact, wish())), R"j({"redactValue":{"success":true}})j");
  EXPECT_EQ(leaks(), 0);
  EXPECT_TRUE(read_value<AuditHead>(*registry_.store(), verify_audit));
  EXPECT_EQ(registry_.scalar("SELECT hash FROM dir_states").text(), hash);
  EXPECT_EQ(registry_.scalar("SELECT after_json FROM audit ORDER BY seq DESC LIMIT 1").text(),
            R"j({"state":"done","texts":3,"rows":4,"entries":1})j");
  EXPECT_EQ(registry_.scalar("SELECT error FROM events LIMIT 1").text(),
            "no such user: (redacted)");
  const int64_t entries = registry_.scalar("SELECT max(seq) FROM audit").number();
  EXPECT_EQ(text(input(kRedact, wish())), R"j({"redactValue":{"success":true}})j");
  EXPECT_EQ(registry_.scalar("SELECT max(seq) FROM audit").number(), entries + 2)
      << "nothing is left";
  EXPECT_TRUE(verify_registry(registry_.store().address()));
}

TEST_F(RedactValueTest, FileOfTheStoreHoldsItNoMore) {
  if (!test_store_server().empty()) {
    GTEST_SKIP() << "the store is no file";
  }
  leak();
  const auto holds = [this] {
    const std::string file =
        sys::read_file(registry_.store().folder() + "/data/registry.db").value();
    return file.find(kSecret) != std::string::npos;
  };
  registry_.store().close();
  ASSERT_TRUE(holds());
  registry_.store().open();
  Registry again{*registry_.store(), registry_.clock(), "https://registry.test"};
  ASSERT_TRUE(redact_value(again, registry_.caller(),
                           {.redaction = Redaction::create(kSecret).value(), .reason = "r"}));
  registry_.store().close();
  EXPECT_FALSE(holds());
  registry_.store().open();
}

TEST_F(RedactValueTest, SameTextThatComesLaterIsRedactedToo) {
  leak();
  ASSERT_EQ(input_failure(kRedact, wish()), "");
  registry_api::MigrationReport report = registry_.report("c", "", "1");
  report.files->front().content = "CREATE USER u PASSWORD 's3cr3t''\"<pw>&1';\n";
  ASSERT_TRUE(registry_.ingest(std::move(report)));
  EXPECT_EQ(leaks(), 0);
}

TEST_F(RedactValueTest, ForgedRedactionIsFound) {
  leak();
  ASSERT_EQ(input_failure(kRedact, wish()), "");
  const auto run = [this](const std::string& sql) {
    ASSERT_TRUE(registry_.store()->write([&](Session& session) { return session.run(sql); }));
  };
  run("UPDATE audit SET after_json = '{}' WHERE action = 'x.y'");
  const Result<AuditHead> verified = read_value<AuditHead>(*registry_.store(), verify_audit);
  ASSERT_FALSE(verified);
  EXPECT_NE(verified.error().message().find("was changed after it was written"), std::string::npos);
  run("UPDATE audit SET after_json = '{\"error\":\"(redacted)\"}' WHERE action = 'x.y'");
  EXPECT_TRUE(read_value<AuditHead>(*registry_.store(), verify_audit));
  run("UPDATE audit SET redacted_by = redacted_by + 1 WHERE action = 'x.y'");
  EXPECT_FALSE(read_value<AuditHead>(*registry_.store(), verify_audit));
}

TEST_F(RedactValueTest, EntryThatIsRedactedTwice) {
  AuditEntry entry = audit_entry(registry_.caller(), registry_->now(), "x.y", "z");
  entry.after = R"j({"a":"first-secret","b":"other-secret"})j";
  ASSERT_TRUE(
      registry_.store()->write([&](Session& session) { return append_audit(session, entry); }));
  ASSERT_EQ(input_failure(kRedact, wish("first-secret")), "");
  ASSERT_EQ(input_failure(kRedact, wish("other-secret")), "");
  EXPECT_EQ(registry_.scalar("SELECT after_json FROM audit WHERE action = 'x.y'").text(),
            R"j({"a":"(redacted)","b":"(redacted)"})j");
  EXPECT_TRUE(read_value<AuditHead>(*registry_.store(), verify_audit));
}

TEST_F(RedactValueTest, OfOneRepositoryOnly) {
  leak();
  registry_api::MigrationReport report = registry_.report("z", "", "1");
  report.dir_name = "other";
  report.error = "other: " + std::string(kSecret);
  ASSERT_TRUE(registry_.ingest(std::move(report)));
  Json of_repo = wish();
  of_repo.set("repo", "app");
  ASSERT_EQ(input_failure(kRedact, of_repo), "");
  EXPECT_EQ(leaks(), 1);
  of_repo.set("repo", "nothing");
  EXPECT_EQ(input_failure(kRedact, of_repo), "NOT_FOUND repository not found");
}

TEST_F(RedactValueTest, OtherOrganizationsKeepTheirs) {
  leak();
  ASSERT_TRUE(registry_.store()->write([](Session& session) {
    return session.run(
        "INSERT INTO organizations (id, slug, name, created_at) VALUES (2, 'b', 'b', 0)");
  }));
  const int64_t before = leaks();
  leave_organization();
  ASSERT_EQ(input_failure(kRedact, wish()), "");
  EXPECT_EQ(leaks(), before);
  PushRequest push;
  push.slug = "app";
  push.driver = "SQLITE";
  push.files =
      TestRegistry::directory({{"1_x.sql", "CREATE USER u PASSWORD 's3cr3t''\"<pw>&1';\n"}});
  ASSERT_TRUE(push_directory(*registry_, registry_.caller(), push));
  ASSERT_EQ(input_failure(kRedact, wish()), "");
  EXPECT_EQ(leaks(), before) << "a text that both have stays theirs";
  EXPECT_EQ(registry_.scalar("SELECT count(DISTINCT body) FROM dir_files").number(), 2);
}

TEST_F(RedactValueTest, Checks) {
  expect_checked(kRedact, wish(), {"value", "reason"});
  EXPECT_EQ(input_failure(kRedact, wish("1234567")),
            "INVALID value must have from 8 to 4096 bytes");
  Json no_reason = wish();
  no_reason.set("reason", "  ");
  EXPECT_EQ(input_failure(kRedact, no_reason), "INVALID reason must not be empty");
  Json told = wish();
  told.set("reason", "it was " + std::string(kSecret));
  EXPECT_EQ(input_failure(kRedact, told), "INVALID reason must not hold the value");
  told.set("reason", std::string(5000, 'x'));
  EXPECT_NE(input_failure(kRedact, told), "");
  for (const char* role : {"VIEWER", "DEVELOPER", "DEPLOYER", "APPROVER"}) {
    registry_.caller().rights = Rights{{}, {Grant{role, {}, {}, {}}}};
    EXPECT_EQ(input_failure(kRedact, wish()), "FORBIDDEN permission \"admin\" is required") << role;
  }
  EXPECT_EQ(leaks(), 0) << "no refusal holds it";
}

TEST_F(RedactValueTest, EveryTextOfUsersIsLookedAt) {
  std::set<std::string> looked_at;
  for (const RedactedTable& table : redacted_tables()) {
    for (const std::string_view list : {table.texts, table.bodies}) {
      for (const std::string_view column : split(list, ' ')) {
        looked_at.insert(std::string(table.name) + "." + std::string(column));
      }
    }
  }
  ASSERT_TRUE(registry_.store()->read([&](Session& session) -> Result<void> {
    for (const Table& table : TRY(list_tables(session))) {
      for (const std::string& column : table.columns) {
        const bool is_text_of_users = std::ranges::any_of(
            std::initializer_list<std::string_view>{"body", "error", "log_", "comment", "content",
                                                    "request", "response", "payload", "context",
                                                    "description", "stmt"},
            [&](std::string_view word) { return column.find(word) != std::string::npos; });
        const bool is_digest = column.ends_with("sha256") || column.ends_with("_id");
        const std::string name = table.name + "." + column;
        EXPECT_TRUE(!is_text_of_users || is_digest || table.name == "audit" ||
                    looked_at.contains(name) || name == "promotion_approvals.content")
            << "name " << name << " in redacted_tables.cc, or here why it holds no secret";
      }
    }
    return {};
  }));
}

}  // namespace
}  // namespace rhumb::registry
