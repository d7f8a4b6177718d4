#include "report/file_mask.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "report/masking_renderer.h"

namespace rhumb::report {
namespace {

using sql::Dialect;

FileMask mask(std::string_view content, FileMaskOptions options = {}) {
  if (options.lex.dialect == Dialect::kGeneric) {
    options.lex.dialect = Dialect::kSqlite;
  }
  return FileMask::create("1_a.sql", std::string(content), options).value();
}

struct ContentCase {
  const char* name;
  std::string_view file;
  std::string_view shown;
  std::string_view reported;
};

TEST(FileMask, FollowsDirectives) {
  const ContentCase cases[] = {
      {"unmarked", "-- about 'zoe'\nSELECT 1, 'zoe';\n", "-- about 'zoe'\nSELECT 1, 'zoe';\n",
       "-- about (sensitive)\nSELECT 1, (sensitive);\n"},
      {"marked file", "-- atlas:sensitive\n\n-- c\nSELECT 42, 'zoe';\n-- d\n",
       "-- atlas:sensitive\n\n-- (sensitive)\nSELECT (sensitive), (sensitive);\n-- (sensitive)\n",
       "-- atlas:sensitive\n\n-- (sensitive)\nSELECT (sensitive), (sensitive);\n-- (sensitive)\n"},
      {"marked statement",
       "SELECT 41, 'ann';\n\n-- far\n\n-- near\n-- atlas:sensitive\nSELECT 42, 'zoe';\n",
       "SELECT 41, 'ann';\n\n-- far\n\n-- (sensitive)\n-- atlas:sensitive\nSELECT (sensitive), "
       "(sensitive);\n",
       "SELECT 41, (sensitive);\n\n-- far\n\n-- (sensitive)\n-- atlas:sensitive\nSELECT "
       "(sensitive), (sensitive);\n"},
      {"patterns",
       "-- tok_1\n-- atlas:sensitive tok_\\w+\nSELECT tok_2, 3, 'x tok_4';\nSELECT tok_5;",
       "-- (sensitive)\n-- atlas:sensitive tok_\\w+\nSELECT (sensitive), 3, 'x (sensitive)';\n"
       "SELECT tok_5;",
       "-- (sensitive)\n-- atlas:sensitive tok_\\w+\nSELECT (sensitive), 3, (sensitive);\n"
       "SELECT tok_5;"},
      {"patterns of a statement win",
       "-- atlas:sensitive\n\n-- atlas:sensitive tok\nSELECT tok, 3;\nSELECT 4;",
       "-- atlas:sensitive\n\n-- atlas:sensitive tok\nSELECT (sensitive), 3;\nSELECT (sensitive);",
       "-- atlas:sensitive\n\n-- atlas:sensitive tok\nSELECT (sensitive), 3;\nSELECT (sensitive);"},
      {"marks of file and statement join",
       "-- atlas:sensitive tok\n\n-- atlas:sensitive\nSELECT tok, 3;\nSELECT tok, 4;",
       "-- atlas:sensitive tok\n\n-- atlas:sensitive\nSELECT (sensitive), (sensitive);\nSELECT "
       "(sensitive), 4;",
       "-- atlas:sensitive tok\n\n-- atlas:sensitive\nSELECT (sensitive), (sensitive);\nSELECT "
       "(sensitive), 4;"},
      {"CRLF and byte order mark", "\xEF\xBB\xBF-- atlas:sensitive\r\n\r\nSELECT 42;\r\n",
       "\xEF\xBB\xBF-- atlas:sensitive\r\n\r\nSELECT (sensitive);\r\n",
       "\xEF\xBB\xBF-- atlas:sensitive\r\n\r\nSELECT (sensitive);\r\n"},
      {"sections",
       "-- atlas:txtar\n\n-- checks.sql --\n-- atlas:sensitive\n\nSELECT 1;\n-- migration.sql --\n"
       "SELECT 2;\n",
       "-- atlas:txtar\n\n-- checks.sql --\n-- atlas:sensitive\n\nSELECT (sensitive);\n"
       "-- migration.sql --\nSELECT 2;\n",
       "-- atlas:txtar\n\n-- checks.sql --\n-- atlas:sensitive\n\nSELECT (sensitive);\n"
       "-- migration.sql --\nSELECT 2;\n"},
      {"all sections", "-- atlas:txtar\n-- atlas:sensitive\n\n-- migration.sql --\nSELECT 2;\n",
       "-- atlas:txtar\n-- atlas:sensitive\n\n-- migration.sql --\nSELECT (sensitive);\n",
       "-- atlas:txtar\n-- atlas:sensitive\n\n-- migration.sql --\nSELECT (sensitive);\n"},
      {"not to be split", "SELECT 'a';\nSELECT 'zoe;\n", "SELECT 'a';\nSELECT 'zoe;\n",
       "SELECT (sensitive);(sensitive: unparsed statement, 14 bytes)"},
      {"empty", "", "", ""},
  };
  for (const ContentCase& c : cases) {
    const FileMask file = mask(c.file);
    EXPECT_EQ(file.content(TextForm::kShown), c.shown) << c.name;
    EXPECT_EQ(file.content(TextForm::kReported), c.reported) << c.name;
  }
}

struct History {
  const char* folder;
  Dialect dialect;
};

TEST(FileMask, KeepsStatementsAndLinesOfRealHistories) {
  const char* shared = std::getenv("RHUMB_SHARED");
  const std::filesystem::path data =
      (shared != nullptr ? std::filesystem::path(shared)
                         : std::filesystem::path(RHUMB_SOURCE_DIR) / ".." / "shared") /
      "data";
  if (!std::filesystem::exists(data)) {
    GTEST_SKIP() << "no histories in " << data;
  }
  const History histories[] = {{"authelia/sqlite", Dialect::kSqlite},
                               {"authelia/mysql", Dialect::kMysql},
                               {"authelia/postgres", Dialect::kPostgres},
                               {"supabase-auth/migrations", Dialect::kPostgres}};
  for (const History& history : histories) {
    for (const auto& entry : std::filesystem::directory_iterator(data / history.folder)) {
      std::ostringstream in;
      in << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      const std::string file = in.str();
      const FileMaskOptions options{.lex = {.dialect = history.dialect}};
      const std::string once = mask(file, options).content(TextForm::kReported);
      EXPECT_EQ(mask(once, options).content(TextForm::kReported), once) << entry.path();
      EXPECT_EQ(once.find("unparsed"), std::string::npos) << entry.path();
      EXPECT_EQ(std::count(once.begin(), once.end(), '\n'),
                std::count(file.begin(), file.end(), '\n'))
          << entry.path();
      const auto before = sql::split_statements(file, history.dialect);
      const auto after = sql::split_statements(once, history.dialect);
      ASSERT_TRUE(before && after) << entry.path();
      EXPECT_EQ(before->size(), after->size()) << entry.path();
    }
  }
}

TEST(FileMask, RefusesBadPatterns) {
  const FileMaskOptions options{.lex = {.dialect = Dialect::kSqlite}};
  EXPECT_EQ(FileMask::create("2_b.sql",
                             std::string("SELECT 1;\n-- atlas:sensitive ok [\nSELECT 2;"), options)
                .error()
                .message(),
            "2_b.sql:2: invalid atlas:sensitive pattern \"[\": missing ]: [");
}

TEST(FileMask, ReadsPatterns) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(parse_sensitive_argument(""), Words{});
  EXPECT_EQ(parse_sensitive_argument(" a  b\\d "), (Words{"a", "b\\d"}));
  EXPECT_EQ(parse_sensitive_argument("\"a b\" /c d/ e"), (Words{"a b", "c d", "e"}));
  EXPECT_EQ(parse_sensitive_argument("/a/b/ \"x"), (Words{"a/b", "\"x"}));
}

TEST(FileMask, CountsWhatItHides) {
  const MaskCounts counts = mask("SELECT 'a', 'b';\nSELECT 1;\nSELECT 'c';").counts();
  EXPECT_EQ(counts.values, 3U);
  EXPECT_EQ(counts.statements, 2U);
}

TEST(MaskingRenderer, MasksErrorsOfMarkedStatementsOnTheTerminal) {
  MaskingRenderer renderer({.lex = {.dialect = Dialect::kSqlite}}, {"pa55word"});
  const std::string file =
      "SELECT 'ann';\n-- atlas:sensitive\nINSERT INTO t VALUES (4711, 'zoe');\n";
  const auto texts = renderer.open_file({.name = "1_a.sql", .version = "1"}, file);
  ASSERT_TRUE(renderer.check());
  const migrate::RunText first = texts->statement_error(1, "SELECT 'ann';", "no ann, pa55word");
  EXPECT_EQ(first.shown, "no ann, (sensitive)");
  EXPECT_EQ(first.reported, "no (sensitive), (sensitive)");
  const migrate::RunText second =
      texts->statement_error(2, "INSERT INTO t VALUES (4711, 'zoe');", "bad 4711 near zoe");
  EXPECT_EQ(second.shown, "bad (sensitive) near (sensitive)");
  EXPECT_EQ(second.reported, "bad (sensitive) near (sensitive)");
  EXPECT_EQ(texts->statement(2, "SELECT 5, 'x';", TextForm::kShown),
            "SELECT (sensitive), (sensitive);")
      << "a text that is not in the file gets the strictest mark of it";
  EXPECT_EQ(renderer.message("ann 4711").shown, "ann (sensitive)");
  EXPECT_EQ(renderer.message("ann 4711").reported, "(sensitive) (sensitive)");
}

TEST(MaskingRenderer, ShowsNothingOfAFileWhoseMarksAreBad) {
  MaskingRenderer renderer({}, {});
  const auto texts =
      renderer.open_file({.name = "1_a.sql"}, std::string("-- atlas:sensitive (\nSELECT 'ann';\n"));
  ASSERT_FALSE(renderer.check());
  EXPECT_EQ(texts->content("SELECT 'ann';", TextForm::kShown), "(sensitive)");
  EXPECT_EQ(texts->statement(1, "SELECT 'ann';", TextForm::kShown), "(sensitive)");
}

TEST(MaskingRenderer, MasksTheTerminalAlikeWhenNothingIsReported) {
  struct Case {
    std::string name;
    std::string file;
    std::string statement;
  };
  const Case cases[] = {
      {"no marks", "INSERT INTO t VALUES ('ann', 'pa55word');\n",
       "INSERT INTO t VALUES ('ann', 'pa55word');"},
      {"marked statement", "-- atlas:sensitive\nSELECT 'ann';\n", "SELECT 'ann';"},
      {"marked file", "-- atlas:sensitive\n\nSELECT 'ann';\n", "SELECT 'ann';"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    constexpr TextForm kForm = TextForm::kShown;
    const migrate::RunFile file{.name = "1_a.sql", .version = "1", .description = "a"};
    MaskingRenderer reporting({}, {"pa55word"});
    MaskingRenderer silent({.is_reported = false}, {"pa55word"});
    const auto want = reporting.open_file(file, c.file);
    const auto got = silent.open_file(file, c.file);
    EXPECT_EQ(got->content(c.file, kForm), want->content(c.file, kForm));
    EXPECT_EQ(got->statement(1, c.statement, kForm), want->statement(1, c.statement, kForm));
    EXPECT_EQ(got->statement_error(1, c.statement, "no ann, pa55word").shown,
              want->statement_error(1, c.statement, "no ann, pa55word").shown);
    EXPECT_EQ(got->comment("-- ann pa55word", kForm), want->comment("-- ann pa55word", kForm));
    EXPECT_EQ(silent.message("ann pa55word").shown, reporting.message("ann pa55word").shown);
    EXPECT_EQ(got->statement(1, c.statement, TextForm::kReported), "");
  }
}

}  // namespace
}  // namespace rhumb::report
