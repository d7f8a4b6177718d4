#include "sql/statement_splitter.h"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/text.h"

namespace rhumb::sql {
namespace {

namespace json = boost::json;

/// The folder of recorded cases and real histories.
std::filesystem::path shared_folder() {
  const char* folder = std::getenv("RHUMB_SHARED");
  return folder != nullptr ? std::filesystem::path(folder)
                           : std::filesystem::path(RHUMB_SOURCE_DIR) / ".." / "shared";
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return std::nullopt;
  }
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) {
      break;
    }
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return out;
}

Dialect parse_dialect(std::string_view name) {
  if (name == "sqlite") {
    return Dialect::kSqlite;
  }
  if (name == "postgres") {
    return Dialect::kPostgres;
  }
  return name == "generic" ? Dialect::kGeneric : Dialect::kMysql;
}

std::string to_text(const json::value& value) {
  return std::string(value.as_string());
}

/// Both sides of a recorded case in one printable form: `position|text|comments` per line.
struct Form {
  std::string text;

  void add(size_t position, std::string_view statement, const std::vector<std::string>& comments) {
    text += std::to_string(position) + "|" + std::string(statement) + "|";
    text += join(comments, ",") + "\n";
  }
};

std::string recorded_form(const json::object& record) {
  if (record.contains("error")) {
    return "error " + to_text(record.at("error"));
  }
  const bool encoded = record.contains("statements_base64");
  const json::array& texts = record.at(encoded ? "statements_base64" : "statements").as_array();
  Form form;
  for (size_t i = 0; i < texts.size(); ++i) {
    std::vector<std::string> comments;
    if (record.contains("comments")) {
      for (const json::value& comment : record.at("comments").as_array()[i].as_array()) {
        comments.push_back(to_text(comment));
      }
    }
    const std::string text = to_text(texts[i]);
    form.add(record.at("positions").as_array()[i].to_number<size_t>(),
             encoded ? decode_base64(text) : text, comments);
  }
  return form.text;
}

std::string our_form(std::string_view script, Dialect dialect) {
  const Result<std::vector<Statement>> statements = split_statements(script, dialect);
  if (!statements) {
    return "error " + statements.error().message();
  }
  Form form;
  for (const Statement& statement : *statements) {
    form.add(statement.position, statement.text,
             {statement.comments.begin(), statement.comments.end()});
  }
  return form.text;
}

TEST(StatementSplitter, SplitsTheRecordedScripts) {
  const std::optional<std::string> file = read_file(shared_folder() / "conformance/splitter.json");
  if (!file) {
    GTEST_SKIP() << "no recorded cases in " << shared_folder();
  }
  const json::value document = json::parse(*file);
  for (const json::value& value : document.at("cases").as_array()) {
    const json::object& record = value.as_object();
    const std::string script = record.contains("input")
                                   ? to_text(record.at("input"))
                                   : decode_base64(to_text(record.at("input_base64")));
    const std::string dialect = to_text(record.at("dialect"));
    EXPECT_EQ(our_form(script, parse_dialect(dialect)), recorded_form(record))
        << to_text(record.at("name")) << " (" << dialect << "):\n"
        << script.substr(0, 2000);
  }
}

std::string sha256_hex(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

TEST(StatementSplitter, SplitsRealHistories) {
  const std::optional<std::string> file =
      read_file(shared_folder() / "conformance/splitter-data.json");
  if (!file) {
    GTEST_SKIP() << "no recorded cases in " << shared_folder();
  }
  const json::value document = json::parse(*file);
  for (const json::value& record : document.at("files").as_array()) {
    const std::string name = to_text(record.at("file"));
    const std::optional<std::string> content = read_file(shared_folder() / "data" / name);
    ASSERT_TRUE(content) << name;
    std::string script = *content;
    for (const char* action :
         {R"({{ index .Options "Namespace" }})", R"({{index .Options "Namespace"}})",
          R"({{ index .Options "Namespace"}})", R"({{index .Options "Namespace" }})"}) {
      script = replace_all(script, action, "auth");
    }
    const Result<std::vector<Statement>> statements =
        split_statements(script, parse_dialect(to_text(record.at("dialect"))));
    ASSERT_TRUE(statements) << name << ": " << statements.error().message();
    std::vector<std::string> got;
    for (const Statement& statement : *statements) {
      got.push_back(sha256_hex(statement.text));
    }
    std::vector<std::string> want;
    for (const json::value& hash : record.at("sha256").as_array()) {
      want.push_back(to_text(hash));
    }
    EXPECT_EQ(got, want) << name;
  }
}

struct FormCase {
  const char* name;
  Dialect dialect;
  std::string_view script;
  std::string_view want;
};

TEST(StatementSplitter, KeepsPlacesOfPsqlInput) {
  const FormCase cases[] = {
      {"text behind COPY", Dialect::kPostgres, "SELECT 1;\nCOPY a FROM stdin; SELECT 2;\n\\.\n",
       "error 2:20: text after \"COPY ... FROM STDIN;\" on the same line"},
      {"COPY to a file", Dialect::kPostgres, "COPY a FROM 'x'; SELECT 2;",
       "0|COPY a FROM 'x';|\n17|SELECT 2;|\n"},
      {"stdin in parentheses", Dialect::kPostgres, "COPY (SELECT 1 FROM stdin) TO 'x'; y;",
       "0|COPY (SELECT 1 FROM stdin) TO 'x';|\n35|y;|\n"},
      {"delimiter before the semicolon", Dialect::kPostgres,
       "DELIMITER //\nCOPY a FROM stdin// SELECT 1;//", "13|COPY a FROM stdin|\n33|SELECT 1;|\n"},
      {"COPY elsewhere", Dialect::kSqlite, "COPY a FROM stdin;\nb;",
       "0|COPY a FROM stdin;|\n19|b;|\n"},
      {"backslash behind a statement", Dialect::kPostgres, "SELECT 1; \\gset\n",
       "0|SELECT 1;|\n10|\\gset|\n"},
  };
  for (const FormCase& c : cases) {
    EXPECT_EQ(our_form(c.script, c.dialect), c.want) << c.name;
  }
}

/// MariaDB executes each of these as one statement; a `SELECT 9;` follows each.
TEST(StatementSplitter, KeepsCompoundStatementsOfMariadbWhole) {
  constexpr std::string_view kWhole[] = {
      "CREATE PROCEDURE p() FOR i IN 1..3 DO SELECT i; END FOR;",
      "CREATE PROCEDURE p() BEGIN FOR i IN REVERSE 1..3 DO SELECT i; END FOR; SELECT 2; END;",
      "CREATE PROCEDURE p() BEGIN l: FOR r IN (SELECT 1) DO SELECT 2; END FOR l; END;",
      "CREATE PROCEDURE p() BEGIN DECLARE c CURSOR FOR SELECT 1; FOR r IN c DO DO 1; END FOR; END;",
      "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW FOR i IN 1..2 DO SET @a = 1; END FOR;",
      "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR 1 FOR i IN 1..2 DO DO 1; END FOR; END;",
      "CREATE PROCEDURE p() DO CASE WHEN 1 THEN 2 ELSE 3 END;",
      "CREATE TRIGGER t BEFORE DELETE ON a FOR EACH ROW DO IF(1, 2, 3);",
      "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DO IF(1, 2, 3);",
      "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO IF 1 THEN DO 2; END IF;",
      "BEGIN NOT ATOMIC BEGIN SELECT 1; END; BEGIN SELECT 2; END; END;",
      "BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR 1051 BEGIN DO 1; END; IF 1 THEN DO 2; END IF; "
      "END;",
      "IF 1 THEN SELECT 1; ELSE SELECT 2; END IF;",
      "CASE WHEN 1 THEN SELECT 1; ELSE SELECT 2; END CASE;",
      "FOR i IN 1..2 DO SELECT i; SELECT i; END FOR;",
      "WHILE 0 DO SELECT 1; SELECT 2; END WHILE;",
      "REPEAT SELECT 1; SELECT 2; UNTIL 1 END REPEAT;",
      "l: LOOP SELECT 1; LEAVE l; END LOOP l;",
      "`l;` : BEGIN NOT ATOMIC SELECT 1; SELECT 2; END;"};
  for (const std::string_view whole : kWhole) {
    const std::string script = std::string(whole) + " SELECT 9;";
    EXPECT_EQ(
        our_form(script, Dialect::kMysql),
        "0|" + std::string(whole) + "|\n" + std::to_string(whole.size() + 1) + "|SELECT 9;|\n");
  }
  const FormCase cases[] = {
      {"a function", Dialect::kMysql, "SELECT IF(1, 2, 3); SELECT 4;",
       "0|SELECT IF(1, 2, 3);|\n20|SELECT 4;|\n"},
      {"a statement that only begins", Dialect::kMysql, "IF 1 THEN SELECT 1; SELECT 2;",
       "0|IF 1 THEN SELECT 1;|\n20|SELECT 2;|\n"},
      {"rows to update", Dialect::kMysql, "SELECT 1 FOR UPDATE; SELECT 2;",
       "0|SELECT 1 FOR UPDATE;|\n21|SELECT 2;|\n"},
      {"another database", Dialect::kPostgres, "FOR i IN 1..2 DO a; END FOR;",
       "0|FOR i IN 1..2 DO a;|\n20|END FOR;|\n"},
  };
  for (const FormCase& c : cases) {
    EXPECT_EQ(our_form(c.script, c.dialect), c.want) << c.name;
  }
}

/// MariaDB executes these so; MySQL too where it knows the form.
TEST(StatementSplitter, EndsExecutableCommentsWithinOthersAsTheServerDoes) {
  const FormCase cases[] = {
      {"both end at the first mark", Dialect::kMysql,
       "/*!50003 SET @a = /*!40101 1 */; SELECT 2 /* x */;",
       "0|/*!50003 SET @a = /*!40101 1 */;|\n33|SELECT 2 /* x */;|\n"},
      {"without a version", Dialect::kMysql, "/*! SET @a = /*! 1 */; SELECT 2 /* x */;",
       "0|/*! SET @a = /*! 1 */;|\n23|SELECT 2 /* x */;|\n"},
      {"of MariaDB", Dialect::kMysql, "/*! SET @a = /*M!100100 1 */; SELECT 2 /* x */;",
       "0|/*! SET @a = /*M!100100 1 */;|\n30|SELECT 2 /* x */;|\n"},
      {"quotes in the inner one", Dialect::kMysql, "/*! SET @a = /*! 'x*/; y' */; SELECT 2;",
       "0|/*! SET @a = /*! 'x*/; y' */;|\n30|SELECT 2;|\n"},
      {"another one skipped by some servers", Dialect::kMysql,
       "/*! SET @a = /*!99999 1 */ ; 2 */; SELECT 2;",
       "0|/*! SET @a = /*!99999 1 */ ; 2 */;|\n35|SELECT 2;|\n"},
      {"a plain one", Dialect::kMysql, "/*! SET @a = /* it's */ ; 2 */; SELECT 2;",
       "0|/*! SET @a = /* it's */ ; 2 */;|\n32|SELECT 2;|\n"},
      {"another database", Dialect::kSqlite, "/*! a /*! b */; SELECT 2 /* x */;",
       "14|;|/*! a /*! b */\n16|SELECT 2 /* x */;|\n"},
  };
  for (const FormCase& c : cases) {
    EXPECT_EQ(our_form(c.script, c.dialect), c.want) << c.name;
  }
}

TEST(StatementSplitter, ReadsSqlServerBatches) {
  const FormCase cases[] = {
      {"GO", Dialect::kSqlServer, "SELECT 1\nGO\nSELECT 2\nGO 3\n", "3|SELECT 1|\n17|SELECT 2|\n"},
      {"GO in parentheses", Dialect::kSqlServer, "SELECT (1\nGO\nx;", "3|SELECT (1|\n13|x;|\n"},
      {"no GO", Dialect::kSqlServer, "SELECT 1\nGOTO x;", "0|SELECT 1\nGOTO x;|\n"},
      {"bad GO", Dialect::kSqlServer, "SELECT 1\nGO x\n",
       "error sql/migrate: invalid GO command, expect digits got \" x\\n\": strconv.Atoi: parsing "
       "\"x\": invalid syntax"},
      {"TRY", Dialect::kSqlServer,
       "BEGIN TRY SELECT 1; END TRY BEGIN CATCH SELECT 2; END CATCH SELECT 3;",
       "0|BEGIN TRY SELECT 1; END TRY BEGIN CATCH SELECT 2; END CATCH|\n60|SELECT 3;|\n"},
      {"END without semicolon", Dialect::kSqlServer, "IF 1=1 BEGIN SELECT 1; END SELECT 2;",
       "0|IF 1=1 BEGIN SELECT 1; END|\n27|SELECT 2;|\n"},
  };
  for (const FormCase& c : cases) {
    EXPECT_EQ(our_form(c.script, c.dialect), c.want) << c.name;
  }
}

TEST(StatementSplitter, StaysFastOnWhatOnlyLooksLikeBodies) {
  const auto repeat = [](std::string_view text, size_t count) {
    std::string out;
    for (; count > 0; --count) {
      out += text;
    }
    return out;
  };
  struct Load {
    const char* name;
    Dialect dialect;
    std::string script;
    size_t count;
  };
  const Load loads[] = {
      {"columns", Dialect::kPostgres, repeat("CREATE TABLE t (begin int);\n", 20000), 20000},
      {"nests", Dialect::kPostgres, "x " + repeat("BEGIN a ", 5000), 1},
      {"closed nests", Dialect::kSqlite, "x " + repeat("BEGIN ", 150) + repeat("END; ", 150), 1},
      {"open triggers", Dialect::kSqlite, repeat("CREATE TRIGGER x BEGIN;\n", 500), 500},
      {"comments", Dialect::kMysql, "SELECT 1" + repeat(" /*", 20000), 1},
  };
  for (const Load& load : loads) {
    const Result<std::vector<Statement>> statements = split_statements(load.script, load.dialect);
    ASSERT_TRUE(statements) << load.name;
    EXPECT_EQ(statements->size(), load.count) << load.name;
  }
}

TEST(StatementSplitter, EndsAfterAnError) {
  Result<StatementScanner> scanner = StatementScanner::create("a; (b; c;", Dialect::kSqlite);
  ASSERT_TRUE(scanner);
  EXPECT_EQ((*scanner->next())->text, "a;");
  EXPECT_FALSE(scanner->next());
  EXPECT_FALSE(scanner->next()->has_value());
}

}  // namespace
}  // namespace rhumb::sql
