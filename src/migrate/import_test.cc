#include "migrate/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "migrate/file_statements.h"
#include "migrate/memory_directory.h"

namespace rhumb::migrate {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

/// The files an import makes, or its error as the only name.
Files imported(Format format, const Files& files) {
  MemoryDirectory from("mem://from", format);
  MemoryDirectory to("mem://to", Format::kAtlas);
  for (const auto& [name, bytes] : files) {
    EXPECT_TRUE(from.write(name, bytes));
  }
  const auto files_read = read_import(from);
  if (!files_read) {
    return {{files_read.error().message(), ""}};
  }
  const auto done = write_import(to, *files_read);
  if (!done) {
    return {{done.error().message(), ""}};
  }
  Files written;
  const std::vector<std::string> names = to.list().value();
  for (const std::string& name : names) {
    written.emplace_back(name, to.read(name).value());
  }
  EXPECT_EQ(files_read->size(), written.size());
  return written;
}

// Expected texts come from recordings of `migrate import`.
TEST(Import, RewritesEveryFormat) {
  struct Case {
    std::string name;
    Format format;
    Files from;
    Files want;
  };
  const std::vector<Case> cases = {
      {"golang-migrate",
       Format::kGolangMigrate,
       {{"1_users.up.sql",
         "-- the users\nCREATE TABLE users (id int);\n\n-- detached\n\nCREATE TABLE pets (id "
         "int);\n"},
        {"1_users.down.sql", "DROP TABLE pets;\n"},
        {"2_email.up.sql", "ALTER TABLE users ADD COLUMN email text"},
        {"3.up.sql", "CREATE TABLE t (id int); /* after */\n"}},
       {{"1_users.sql",
         "-- the users\nCREATE TABLE users (id int);\nCREATE TABLE pets (id int);\n"},
        {"2_email.sql", "ALTER TABLE users ADD COLUMN email text;\n"},
        {"3.up.sql", "CREATE TABLE t (id int);\n"}}},
      {"statements",
       Format::kGolangMigrate,
       {{"1_a.up.sql",
         "CREATE TABLE a (id int)   ;   CREATE TABLE b (id int);;\n-- one\n-- two\n/* three */\n"
         "INSERT INTO a VALUES (1) -- inside\n;\n"},
        {"2_b.up.sql", "DELIMITER //\nCREATE TRIGGER t BEGIN x; END//\nDELIMITER ;\n"},
        {"3_c.up.sql", "-- crlf\r\nCREATE TABLE c (\r\n  id int\r\n);\r\n"}},
       {{"1_a.sql",
         "CREATE TABLE a (id int)   ;\nCREATE TABLE b (id int);\n;\n-- one\n-- two\n/* three */\n"
         "INSERT INTO a VALUES (1) -- inside\n;\n"},
        {"2_b.sql", "CREATE TRIGGER t BEGIN x; END;\n"},
        {"3_c.sql", "-- crlf\r\nCREATE TABLE c (\r\n  id int\r\n);\n"}}},
      {"flyway",
       Format::kFlyway,
       {{"V1__users.sql", "a;"},
        {"V1.5__half.sql", "b;"},
        {"sub/V2__pets.sql", "-- in a folder\nc;"},
        {"U2__pets.sql", "x;"},
        {"V10__ten_things.sql", "d;"},
        {"R__views.sql", "e;"}},
       {{"1.5_half.sql", "b;\n"},
        {"10R_views.sql", "e;\n"},
        {"10_ten_things.sql", "d;\n"},
        {"1_users.sql", "a;\n"},
        {"2_pets.sql", "-- in a folder\nc;\n"}}},
      {"only repeatable", Format::kFlyway, {{"R__views.sql", "e;"}}, {{"0R_views.sql", "e;\n"}}},
      {"goose without transaction",
       Format::kGoose,
       {{"1_p.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX i ON users (id);\n"}},
       {{"1_p.sql",
         "-- atlas:txmode none\n\n-- +goose NO TRANSACTION\nCREATE INDEX i ON users (id);\n"}}},
      {"goose",
       Format::kGoose,
       {{"1_u.sql",
         "-- +goose Up\n-- first\nCREATE TABLE u (\n  id int\n);\n\n-- +goose Down\nx;\n"}},
       {{"1_u.sql", "-- first\nCREATE TABLE u (\n  id int\n);\n"}}},
      {"dbmate",
       Format::kDbmate,
       {{"1_u.sql",
         "-- migrate:up\nCREATE TABLE u (id int);\n-- a remark\nCREATE TABLE p (id int);\n\n"
         "-- migrate:down\nDROP TABLE p;\n"},
        {"2_e.sql", "-- migrate:up\n\n-- migrate:down\n"}},
       {{"1_u.sql", "CREATE TABLE u (id int);\n-- a remark\nCREATE TABLE p (id int);\n"},
        {"2_e.sql", ""}}},
      {"liquibase",
       Format::kLiquibase,
       {{"1_u.sql",
         "--liquibase formatted sql\n\n--changeset ann:1\n--comment: users\n"
         "CREATE TABLE users (id int);\n--rollback DROP TABLE users;\n\n"
         "--changeset ann:2\nCREATE TABLE pets (id int);\n"}},
       {{"1_u.sql",
         "--changeset ann:1\n--comment: users\nCREATE TABLE users (id int);\n"
         "--changeset ann:2\nCREATE TABLE pets (id int);\n"}}},
      {"liquibase without transaction",
       Format::kLiquibase,
       {{"1_i.sql", "-- atlas:txmode none\n\nCREATE INDEX i ON users (id);\n"}},
       {{"1_i.sql", "-- atlas:txmode none\n\nCREATE INDEX i ON users (id);\n"}}},
      {"goose statement that ends in a comment",
       Format::kGoose,
       {{"1_a.sql",
         "-- +goose Up\nCREATE TABLE a (id int) -- note;\nCREATE TABLE b (c text DEFAULT '#');\n"}},
       {{"1_a.sql", "CREATE TABLE a (id int) -- note\n;\nCREATE TABLE b (c text DEFAULT '#');\n"}}},
      {"dbmate without transaction",
       Format::kDbmate,
       {{"1_i.sql", "-- migrate:up transaction:false\nCREATE INDEX i ON users (id);\n"}},
       {{"1_i.sql", "-- atlas:txmode none\n\nCREATE INDEX i ON users (id);\n"}}},
      {"nothing", Format::kGoose, {}, {}},
      {"unsplittable",
       Format::kGolangMigrate,
       {{"1_a.up.sql", "SELECT 'open;\n"}},
       {{"sql/migrate: scanning statements from \"1_a.up.sql\": 1:8: unclosed quote '\\''", ""}}},
      {"goose error",
       Format::kGoose,
       {{"1_a.sql", "-- +goose StatementBegin\n"}},
       {{"sql/migrate: goose: 1_a.sql:1 unexpected goosePragma 'StatementBegin'", ""}}},
      {"one name twice",
       Format::kFlyway,
       {{"R__v.sql", ""}, {"sub/R__v.sql", ""}},
       {{"sql/migrate: files \"R__v.sql\" and \"sub/R__v.sql\" would both be imported as "
         "\"0R_v.sql\"",
         ""}}},
      {"atlas",
       Format::kAtlas,
       {},
       {{"cannot import a migration directory already in \"atlas\" format", ""}}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(imported(test.format, test.from), test.want);
  }
}

TEST(Import, WantsAnEmptyTarget) {
  MemoryDirectory to("mem://to", Format::kAtlas);
  ASSERT_TRUE(to.write("1.sql", ""));
  EXPECT_EQ(write_import(to, {{"2.sql", ""}}).error().message(),
            "target migration directory must be empty");
}

std::vector<std::string> statements_of(const std::string& script) {
  std::vector<std::string> texts;
  const FileStatements split =
      FileStatements::create(SharedText(script), sql::Dialect::kGeneric).value();
  StatementReader reader = split.read();
  while (const auto statement = reader.next()) {
    std::string_view text = statement->text;
    text.remove_suffix(text.ends_with(';') ? 1 : 0);
    texts.emplace_back(trim(text));
  }
  return texts;
}

TEST(Import, KeepsTheStatementsOfAnyScript) {
  const std::vector<std::string> texts = {"CREATE TABLE a (id int)",
                                          "INSERT INTO t VALUES ('x;y', 'it''s', '-- no')",
                                          "SELECT 1 -- to the end",
                                          "SELECT 1 # to the end",
                                          "/* block; */ SELECT 2 /* in; side */",
                                          "-- before\nSELECT 3",
                                          "SELECT $$a;b$$, $t$ -- ; $t$",
                                          "SELECT \"q;\", `b;`",
                                          "INSERT INTO t\n  -- one\n  VALUES (1)"};
  const std::vector<std::string> ends = {";\n",  ";", " ;\n\n", "\n;\n", ";\n-- detached\n\n",
                                         ";\r\n"};
  const unsigned seed = testing::UnitTest::GetInstance()->random_seed() != 0
                            ? static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed())
                            : 20260101U;
  std::mt19937 random(seed);
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[std::uniform_int_distribution<size_t>(0, from.size() - 1)(random)];
  };
  for (int round = 0; round < 2000; ++round) {
    std::string script;
    for (int i = 0; i < 4; ++i) {
      script += pick(texts);
      script += pick(ends);
    }
    script += round % 3 == 0 ? pick(texts) : "";
    const Files made = imported(Format::kGolangMigrate, {{"1_a.up.sql", script}});
    ASSERT_EQ(made.size(), 1U);
    ASSERT_EQ(statements_of(made[0].second), statements_of(script))
        << "seed " << seed << ", script\n"
        << script << "\nimported\n"
        << made[0].second;
  }
}

/// A disk that is full after one file.
class FullDirectory : public MemoryDirectory {
 public:
  FullDirectory() : MemoryDirectory("mem://to", Format::kAtlas) {}
  Result<void> write(const std::string& name, std::string_view bytes) override {
    if (!list().value().empty()) {
      return Error(ErrorCode::kIo, "write " + name + ": no space left on device");
    }
    return MemoryDirectory::write(name, bytes);
  }
};

TEST(Import, LeavesNothingOfAWriteThatFails) {
  FullDirectory to;
  const auto done = write_import(to, {{"1.sql", "a;\n"}, {"2.sql", "b;\n"}});
  EXPECT_EQ(done.error().message(), "write 2.sql: no space left on device");
  EXPECT_THAT(to.list().value(), testing::IsEmpty());
  EXPECT_FALSE(to.exists("atlas.sum").value());
}

}  // namespace
}  // namespace rhumb::migrate
