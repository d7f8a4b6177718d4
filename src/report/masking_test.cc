#include "report/masking.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace rhumb::report {
namespace {

using sql::Dialect;
using sql::LexOptions;

SensitivePattern pattern(std::string_view text) {
  return SensitivePattern::create(text).value();
}

std::string masked(std::string_view text, Dialect dialect, const MaskPolicy& policy = {}) {
  return mask_statement(text, {.dialect = dialect}, policy).text;
}

struct StatementCase {
  Dialect dialect;
  std::string_view text;
  std::string_view want;
};

constexpr Dialect kPg = Dialect::kPostgres;
constexpr Dialect kMy = Dialect::kMysql;
constexpr Dialect kLite = Dialect::kSqlite;

TEST(Masking, ReplacesLiterals) {
  const StatementCase cases[] = {
      {kLite, "INSERT INTO t VALUES (42, 'o''brien');", "INSERT INTO t VALUES (42, (sensitive));"},
      {kLite, "SELECT \"name\", [x], `y` FROM t", "SELECT \"name\", [x], `y` FROM t"},
      {kLite, "SELECT x'ff'", "SELECT x(sensitive)"},
      {kLite, "VALUES ('one\ntwo\r\nthree'), ('x')", "VALUES ((sensitive)\n\r\n), ((sensitive))"},
      {kLite, "SELECT 'a' 'b'", "SELECT (sensitive) (sensitive)"},
      {kMy, R"(INSERT INTO t VALUES ('it\'s; mine'), ("rose", N'x');)",
       "INSERT INTO t VALUES ((sensitive)), ((sensitive), N(sensitive));"},
      {kMy, "CREATE USER 'a'@'%' IDENTIFIED BY 'p'",
       "CREATE USER (sensitive)@(sensitive) IDENTIFIED BY (sensitive)"},
      {kMy, "SELECT 'a'  'b' \"c\"", "SELECT (sensitive)"},
      {kMy, "SELECT 0x1234, 0x123456789A", "SELECT 0x1234, (sensitive)"},
      {kMy, "SELECT _utf8mb4'x', DATE '2020-01-01'",
       "SELECT _utf8mb4(sensitive), DATE (sensitive)"},
      {kMy, "/*!40101 SET @a = 'x' */", "/*!40101 SET @a = (sensitive) */"},
      {kPg, "SELECT 'a'\n  'b', 'c' 'd'", "SELECT (sensitive)\n, (sensitive) (sensitive)"},
      {kPg, R"(SELECT E'it\'s', U&'x', B'01', DATE 'x')",
       "SELECT E(sensitive), U&(sensitive), B(sensitive), DATE (sensitive)"},
      {kPg, "SELECT $$a\nb$$, $1", "SELECT (sensitive)\n, $1"},
      {kPg, "DO $$ BEGIN PERFORM f('x'); END $$;", "DO $$ BEGIN PERFORM f((sensitive)); END $$;"},
      {kPg, "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $f$ SELECT 'x' || $q$y$q$ $f$",
       "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $f$ SELECT (sensitive) || (sensitive) "
       "$f$"},
      {kPg, "CREATE FUNCTION f() RETURNS text LANGUAGE plpython3u AS $f$ return \"x\" $f$",
       "CREATE FUNCTION f() RETURNS text LANGUAGE plpython3u AS (sensitive)"},
      {kPg, "DO $$ it's $$", "DO (sensitive)"},
      {kPg, "COPY t FROM stdin;\n1\tone\n2\ttwo\n\\.", "COPY t FROM stdin;\n(sensitive)\n\n\\."},
      {kPg, "SELECT 1 -- 'abc' isn't 'x'\n, 'abc'",
       "SELECT 1 -- (sensitive) isn't 'x'\n, (sensitive)"},
  };
  for (const StatementCase& c : cases) {
    EXPECT_EQ(masked(c.text, c.dialect), c.want);
    EXPECT_EQ(masked(c.want, c.dialect), c.want) << "twice";
  }
}

TEST(Masking, HidesWhatCanNotBeRead) {
  const StatementCase cases[] = {
      {kLite, "SELECT 'abc", "(sensitive: unparsed statement, 11 bytes)"},
      {kMy, "SELECT 5--'secret'", "(sensitive: unparsed statement, 18 bytes)"},
      {Dialect::kGeneric, R"(SELECT 'a\', 'b')", "(sensitive: unparsed statement, 16 bytes)"},
      {kPg, "SELECT $a$ x", "(sensitive: unparsed statement, 12 bytes)"},
  };
  for (const StatementCase& c : cases) {
    EXPECT_EQ(masked(c.text, c.dialect), c.want);
    EXPECT_EQ(masked(c.want, c.dialect), c.want) << "twice";
    EXPECT_EQ(masked(c.want, c.dialect, {.sensitive = true}), c.want) << "twice";
  }
}

TEST(Masking, OfMarkedStatementsHidesMore) {
  const StatementCase cases[] = {
      {kLite, "INSERT INTO t VALUES (4711, -1.5e3, TRUE, NULL, 'zoe')",
       "INSERT INTO t VALUES ((sensitive), -(sensitive), TRUE, NULL, (sensitive))"},
      {kLite, "SELECT 1 -- why\n, 2 /* one\ntwo */ /**/ --",
       "SELECT (sensitive) -- (sensitive)\n, (sensitive) /* (sensitive) */\n /**/ --"},
      {kLite, "SELECT 1 --why\n/*x*/", "SELECT (sensitive) -- (sensitive)\n/* (sensitive) */"},
      {kPg, "DO $$ BEGIN x; END $$;", "DO (sensitive);"},
      {kPg, "CREATE ROLE boss LOGIN PASSWORD 'p'",
       "CREATE ROLE (sensitive) LOGIN PASSWORD (sensitive)"},
      {kPg, "ALTER USER \"the boss\" SET x TO 1", "ALTER USER (sensitive) SET x TO (sensitive)"},
      {kMy, "CREATE USER IF NOT EXISTS a@localhost IDENTIFIED BY 'x', `b`@`h`",
       "CREATE USER IF NOT EXISTS (sensitive)@(sensitive) IDENTIFIED BY (sensitive), "
       "(sensitive)@(sensitive)"},
      {kPg, "CREATE USER MAPPING FOR bob SERVER s", "CREATE USER MAPPING FOR bob SERVER s"},
      {kMy, "SELECT 0x1F, b'01' /*!50003 , 7 */",
       "SELECT (sensitive), b(sensitive) /*!50003 , (sensitive) */"},
  };
  const MaskPolicy policy{.literals = LiteralMasking::kNone, .sensitive = true};
  for (const StatementCase& c : cases) {
    EXPECT_EQ(masked(c.text, c.dialect, policy), c.want);
    EXPECT_EQ(masked(c.want, c.dialect, policy), c.want) << "twice";
  }
}

TEST(Masking, HidesTemplateValuesInMarkedStatements) {
  MaskPolicy policy{.sensitive = true};
  policy.template_values = {"4711", "tenant_users", "ab"};
  EXPECT_EQ(masked("UPDATE tenant_users SET ab = 4711;", kLite, policy),
            "UPDATE (sensitive) SET ab = (sensitive);");
  policy.sensitive = false;
  EXPECT_EQ(masked("UPDATE tenant_users SET ab = 4711;", kLite, policy),
            "UPDATE tenant_users SET ab = 4711;");
}

TEST(Masking, FollowsPatterns) {
  MaskPolicy policy{.literals = LiteralMasking::kNone};
  policy.patterns = {pattern("token_\\w+"), pattern("pin = (\\d+)")};
  EXPECT_EQ(masked("UPDATE t SET pin = 4711, b = 5, c = 'x token_9' -- token_1\n"
                   "-- atlas:sensitive token_a",
                   kLite, policy),
            "UPDATE t SET pin = (sensitive), b = 5, c = 'x (sensitive)' -- (sensitive)\n"
            "-- atlas:sensitive token_a");
  policy.literals = LiteralMasking::kAll;
  EXPECT_EQ(masked("SELECT 'x token_9', 'y'", kLite, policy), "SELECT (sensitive), (sensitive)");
  policy.patterns = {pattern("'a")};
  EXPECT_EQ(masked("SELECT 'abc', 'y'", kLite, policy), "SELECT (sensitive), (sensitive)");
  EXPECT_EQ(SensitivePattern::create("(").error().message(), "missing ): (");
}

TEST(Masking, OfValuesLeavesStructure) {
  const StatementCase cases[] = {
      {kMy, "CREATE TABLE t (a enum('x','y') DEFAULT 'x' COMMENT 'c', b int DEFAULT ('z'))",
       "CREATE TABLE t (a enum('x','y') DEFAULT 'x' COMMENT (sensitive), b int DEFAULT ('z'))"},
      {kPg, "ALTER TABLE t ADD CHECK (a IN ('x', 'y')), ALTER a SET DEFAULT 'q'",
       "ALTER TABLE t ADD CHECK (a IN ('x', 'y')), ALTER a SET DEFAULT 'q'"},
      {kPg, "CREATE TABLE p PARTITION OF t FOR VALUES FROM ('a') TO ('b')",
       "CREATE TABLE p PARTITION OF t FOR VALUES FROM ('a') TO ('b')"},
      {kPg, "CREATE TYPE mood AS ENUM ('sad')", "CREATE TYPE mood AS ENUM ('sad')"},
      {kPg, "ALTER TYPE mood ADD VALUE 'ok'", "ALTER TYPE mood ADD VALUE 'ok'"},
      {kPg, "INSERT INTO t VALUES ('x')", "INSERT INTO t VALUES ((sensitive))"},
      {kPg, "COMMENT ON TABLE t IS 'x'", "COMMENT ON TABLE t IS (sensitive)"},
      {kPg, "CREATE USER u PASSWORD 'x'", "CREATE USER u PASSWORD (sensitive)"},
      {kPg, "SET x = 'y'", "SET x = (sensitive)"},
      {kMy, "CREATE TABLE t AS SELECT 'x'", "CREATE TABLE t AS SELECT (sensitive)"},
  };
  for (const StatementCase& c : cases) {
    EXPECT_EQ(masked(c.text, c.dialect, {.literals = LiteralMasking::kValues}), c.want);
  }
}

TEST(Masking, LeavesOpenStatementsAlone) {
  const MaskPolicy open{.literals = LiteralMasking::kNone};
  EXPECT_EQ(masked("SELECT 'abc", kLite, open), "SELECT 'abc");
}

TEST(Masking, OfComments) {
  HiddenValues hidden;
  hidden.add("hunter2");
  hidden.add("o''brien");
  EXPECT_EQ(mask_comment("-- it's 'hunter2' or \"hunter2\", 'o''brien', hunter2\n", {}, hidden),
            "-- it's (sensitive) or (sensitive), (sensitive), hunter2\n");
  hidden.add("a''b''''c''''''''d");
  EXPECT_EQ(mask_comment("-- was 'a''b''''c''''''''d' once\n", {}, hidden),
            "-- was (sensitive) once\n")
      << "however many quotes a value holds";
  EXPECT_EQ(mask_comment("-- see postgres://u:pw@h/d\n", {}, hidden),
            "-- see postgres://u:xxxxx@h/d\n");
  EXPECT_EQ(masked("SELECT 'a', -- postgres://u:pw@h/d\n1", kLite),
            "SELECT (sensitive), -- postgres://u:xxxxx@h/d\n1");
  const MaskPolicy marked{.sensitive = true};
  EXPECT_EQ(mask_comment("-- x\n", marked, hidden), "-- (sensitive)\n");
  EXPECT_EQ(mask_comment("-- atlas:sensitive\n", marked, hidden), "-- atlas:sensitive\n");
  EXPECT_EQ(mask_comment("--\n", marked, hidden), "--\n");
  EXPECT_EQ(mask_comment("-- pw hunter2 atlas:x\n", marked, hidden), "-- (sensitive)\n");
}

TEST(Masking, OfDirectivesRedactsTheirUrls) {
  const HiddenValues hidden;
  const std::string text = "-- atlas:from postgres://u:pw@h/d\n";
  const std::string want = "-- atlas:from postgres://u:xxxxx@h/d\n";
  for (const MaskPolicy& policy : {MaskPolicy{}, MaskPolicy{.sensitive = true}}) {
    EXPECT_EQ(mask_comment(text, policy, hidden), want);
    EXPECT_EQ(masked(text + "SELECT x", kLite, policy), want + "SELECT x");
  }
  const MaskPolicy marked{.sensitive = true};
  EXPECT_EQ(masked("-- atlas:ma://u\x17p@'T\nSELECT x", kLite, marked), "-- (sensitive)\nSELECT x")
      << "what is no directive without its URL is none";
}

TEST(Masking, OfDirectivesHidesWhatTheyQuote) {
  HiddenValues hidden;
  hidden.add("hunter2");
  EXPECT_EQ(mask_comment("-- atlas:x 'hunter2'\n", {}, hidden), "-- atlas:x (sensitive)\n");
  EXPECT_EQ(masked("-- atlas:x 'hunter2'\nSELECT 'hunter2'", kLite),
            "-- atlas:x (sensitive)\nSELECT (sensitive)");
  const MaskPolicy marked{.sensitive = true};
  EXPECT_EQ(mask_comment("-- atlas:x 'hunter2'\n", marked, hidden), "-- (sensitive)\n");
  EXPECT_EQ(masked("-- atlas:x 'hunter2'\nSELECT 'hunter2'", kLite, marked),
            "-- (sensitive)\nSELECT (sensitive)");
}

struct ErrorCase {
  std::string_view error;
  std::string_view want;
};

TEST(Masking, OfErrors) {
  const ErrorCase cases[] = {
      {"Error 1062 (23000): Duplicate entry 'tulip' for key 'PRIMARY'",
       "Error 1062 (23000): Duplicate entry '(sensitive)' for key 'PRIMARY'"},
      {"Duplicate entry 'it's' for key 'PRIMARY'",
       "Duplicate entry '(sensitive)' for key 'PRIMARY'"},
      {"Incorrect integer value: 'abc' for column 'n' at row 1",
       "Incorrect integer value: '(sensitive)' for column 'n' at row 1"},
      {"invalid input syntax for type integer: \"abc\"",
       "invalid input syntax for type integer: \"(sensitive)\""},
      {"DETAIL: Key (a, b)=(1, x) already exists.",
       "DETAIL: Key (a, b)=((sensitive)) already exists."},
      {"Key (a)=(f(x)) is not present in table \"t\".",
       "Key (a)=((sensitive)) is not present in table \"t\"."},
      {"Failing row contains (1, null, x).", "Failing row contains ((sensitive))."},
      {"The duplicate key value is (4, x).", "The duplicate key value is ((sensitive))."},
      {"CONTEXT: COPY t, line 3, column c: \"a\"b\"",
       "CONTEXT: COPY t, line 3, column c: \"(sensitive)\""},
      {"no such table: hunter2x", "no such table: (sensitive)x"},
      {"dial postgres://u:pw@h/d: refused", "dial postgres://u:xxxxx@h/d: refused"},
      {"parse \"postgres://u:p w@h\": invalid userinfo", "parse \"\": invalid userinfo"},
      {"sql/migrate: executing statement \"INSERT INTO t VALUES ('ab',\\n 'hunter2');\" from "
       "version \"2\": UNIQUE constraint failed: t.id",
       "sql/migrate: executing statement \"INSERT INTO t VALUES ((sensitive),\\n (sensitive));\" "
       "from version \"2\": UNIQUE constraint failed: t.id"},
      {"syntax to use near 'nter2');' at line 1", "syntax to use near '(sensitive));' at line 1"},
      {"UNIQUE constraint failed: t.id", "UNIQUE constraint failed: t.id"},
      {"CHECK constraint failed: a <> 'it''s' AND b IN (X'00', 'x",
       "CHECK constraint failed: a <> "
       "(sensitive) AND b IN (X(sensitive), (sensitive)"},
      {"CHECK constraint failed: positive", "CHECK constraint failed: positive"},
  };
  constexpr std::string_view kStatement = "INSERT INTO t VALUES ('ab',\n 'hunter2');";
  const MaskedSql statement = mask_statement(kStatement, {.dialect = kPg}, {});
  HiddenValues hidden;
  hidden.add(statement.values);
  for (const ErrorCase& c : cases) {
    const QuotedStatement quoted{.text = kStatement, .masked = &statement};
    EXPECT_EQ(mask_error(c.error, quoted, {}, hidden), c.want);
    EXPECT_EQ(mask_error(c.want, quoted, {}, hidden), c.want) << "twice";
  }
}

TEST(Masking, OfErrorsFollowsPatterns) {
  MaskPolicy policy{.literals = LiteralMasking::kNone};
  policy.patterns = {pattern("tok_(\\w+)")};
  EXPECT_EQ(mask_error("no column tok_9a: 'x'", {}, policy, {}), "no column tok_(sensitive): 'x'");
}

/// Statements of every shape around literals that occur nowhere else.
class StatementMaker {
 public:
  StatementMaker(uint32_t seed, Dialect dialect) : random_(seed), dialect_(dialect) {}

  std::string make() {
    secrets.clear();
    std::string text = pick({"INSERT INTO t VALUES (", "UPDATE t SET a = ", "SELECT ", "CALL f("});
    for (size_t count = 1 + random_() % 5; count > 0; --count) {
      text += literal();
      text +=
          pick({", ", " || ", "/* it's */, ", " -- don't\n, ", "\n", " , \"col\", ", ", 12.5, "});
    }
    return text + pick({");", ";", "", " -- end"});
  }

  std::vector<std::string> secrets;

 private:
  std::string pick(std::vector<std::string> choices) { return choices[random_() % choices.size()]; }

  std::string secret() {
    std::string text = "q";
    for (size_t i = 0; i < 12; ++i) {
      text += "0123456789abcdefghijkmnpqrstuvwxyz"[random_() % 34];
    }
    secrets.push_back(text);
    return text;
  }

  std::string literal() {
    const std::string a = secret();
    const std::string b = secret();
    switch (random_() % (dialect_ == kLite ? 4 : 8)) {
      case 0:
        return "'" + a + "'";
      case 1:
        return "'" + a + "''" + b + "'";
      case 2:
        return "'" + a + "\n;-- /* \" " + b + "'";
      case 3:
        return "'" + a + "' , ('" + b + "')";
      default:
        break;
    }
    const bool mysql = dialect_ == kMy;
    switch (random_() % 5) {
      case 0:
        return mysql ? "\"" + a + "' " + b + "\"" : "$x$" + a + "' $$ " + b + "$x$";
      case 1:
        return mysql ? "'" + a + "\\' " + b + "'" : "E'" + a + "\\' " + b + "'";
      case 2:
        return mysql ? "_utf8mb4'" + a + "' '" + b + "'" : "U&'" + a + "'\n'" + b + "'";
      case 3:
        return mysql ? "/*!40101 '" + a + "*/' */, '" + b + "'" : "$$" + a + "$" + b + "$$";
      default:
        return mysql ? "\"" + a + "\"\"" + b + "\\\\\"" : "N'" + a + "\\', '" + b + "'";
    }
  }

  std::mt19937 random_;
  Dialect dialect_;
};

TEST(Masking, NoLiteralSurvives) {
  constexpr size_t kRounds = 100000;
  constexpr uint32_t kSeed = 7;
  size_t unparsed = 0;
  for (const Dialect dialect : {kLite, kMy, kPg}) {
    StatementMaker maker(kSeed, dialect);
    for (size_t round = 0; round < kRounds / 3 + 1; ++round) {
      const std::string text = maker.make();
      const MaskedSql result = mask_statement(text, {.dialect = dialect}, {});
      unparsed += result.parsed ? 0 : 1;
      for (const std::string& secret : maker.secrets) {
        ASSERT_EQ(result.text.find(secret), std::string::npos) << text << "\n->\n" << result.text;
      }
      ASSERT_EQ(masked(result.text, dialect), result.text) << text;
      if (result.parsed) {
        ASSERT_EQ(std::count(text.begin(), text.end(), '\n'),
                  std::count(result.text.begin(), result.text.end(), '\n'));
      }
    }
  }
  EXPECT_LT(unparsed, kRounds / 100) << "the test must not pass because nothing is read";
}

}  // namespace
}  // namespace rhumb::report
