#include <string>

#include "base/text.h"
#include "script_maker.h"

namespace rhumb::property {
namespace {

/// What may stand in a body: triggers and functions give no rows back.
enum class Rows { kAllowed, kForbidden };

class MariadbMaker : public ScriptMaker {
 public:
  using ScriptMaker::ScriptMaker;

 protected:
  std::string comment() override {
    switch (random_.below(4)) {
      case 0:
        return "-- " + unruly({"\n"}) + "\n";
      case 1:
        return "#" + unruly({"\n"}) + "\n";
      case 2:
        return "--\n";
      default:
        return "/* " + unruly({"*/"}) + " */";
    }
  }

  std::string quoted_name() override {
    // Names end in no blank; a backslash in one is read as an escape (sql-splitter.md 3.2).
    const std::string name = replace_all(unruly({"\\", "`"}), "\xF0\x9F\x99\x82", "");
    return "`" + name.substr(0, 20) + (random_.chance(20) ? "``" : "") + "x`";
  }

  std::string literal() override {
    static constexpr std::string_view kOthers[] = {"X'3B'",         "0x3B",
                                                   "b'01'",         "1.5e3",
                                                   "- -1",          "5 - -3",
                                                   "5 -(-3)",       "5-- ;\n",
                                                   "5 # ;\n",       "5/*;*/",
                                                   "2 */*;*/ 3",    "NULL",
                                                   "N'a;'",         "_utf8mb4'a;'",
                                                   "/*! 7 */",      "/*!50000 'a;*/' */",
                                                   "/*M! 'b;' */",  "/*!999999 x; */ 1",
                                                   "'a' 'b;'",      "'a' \"b;\"",
                                                   "@a := 'c;'",    "'a\\'b'",
                                                   "IF(1, ';', 2)", "/*!100100 7 -- ; */\n */"};
    switch (random_.below(6)) {
      case 0:
      case 1:
        return quoted('\'', Escapes::kBackslash);
      case 2:
      case 3:
        return quoted('"', Escapes::kBackslash);
      default:
        return std::string(random_.pick(kOthers));
    }
  }

  std::string client_part() override {
    return random_.chance(50) ? delimiter_command() : switch_mode();
  }

  /// The program does not know bodies: those need another delimiter.
  std::string client_statement() override {
    if (delimiter_ != ";") {
      return statement();
    }
    switch (random_.below(4)) {
      case 0:
        return insert();
      case 1:
        return plain();
      default:
        return select();
    }
  }

  std::string statement() override {
    switch (random_.below(20)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return select();
      case 5:
        return insert();
      case 6:
        return spread("SET") + gap() + "@a = " + value() + maybe_gap() + "," + maybe_gap() +
               "@b = " + value();
      case 7:
        return spread("DO") + gap() + value();
      case 8:
      case 9:
      case 10:
      case 11:
        return procedure();
      case 12:
        return function();
      case 13:
        return trigger();
      case 14:
        return event();
      case 15:
        return compound();
      case 16:
        return transaction();
      case 17:
        return random_.chance(10) ? "" : select();
      case 18:
        return spread("CREATE OR REPLACE TEMPORARY TABLE") + gap() + "t (a text" + gap() +
               spread("COMMENT") + gap() + quoted('\'', Escapes::kBackslash) + ")";
      default:
        return plain();
    }
  }

 private:
  std::string delimiter_command() {
    static constexpr std::string_view kDelimiters[] = {";",  ";",  "//", "$$",
                                                       ";;", "//", "~~", "-- end"};
    // Of a line end CRLF the program would take the CR for a part of the delimiter.
    static constexpr std::string_view kLineEnds[] = {"\n", "\n", " \n"};
    const std::string delimiter(random_.pick(kDelimiters));
    // The program finds it in the mark that ends a comment, too.
    delimiter_ = (delimiter == "//" ? " " : "") + delimiter;
    return (random_.chance(20) ? "  " : "") + any_case("DELIMITER") + " " + delimiter +
           std::string(random_.pick(kLineEnds));
  }

  /// A setting, and what is read otherwise under it.
  std::string switch_mode() {
    static constexpr std::string_view kModes[] = {"'ANSI_QUOTES'", "'NO_BACKSLASH_ESCAPES'",
                                                  "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'", "DEFAULT",
                                                  "CONCAT(@@sql_mode, ',ANSI_QUOTES')"};
    static constexpr std::string_view kReadOtherwise[] = {
        R"(SELECT 1 AS "a;")",        R"(SELECT 1 AS "a\b;")", R"(SELECT 'a\\')",
        R"(SELECT 'a\\', 'b;')",      R"(SELECT 'a;''b')",     R"(SELECT 1 AS `a;b\c`)",
        R"(SELECT 'a\'; SELECT ';')", R"(SELECT 'a\'b;')",     R"(SELECT "a\"; SELECT ";")",
        R"(SELECT 1 AS "a""b;")"};
    return spread("SET sql_mode =") + gap() + std::string(random_.pick(kModes)) + delimiter_ +
           "\n" + std::string(random_.pick(kReadOtherwise)) + delimiter_ + "\n";
  }

  std::string insert() {
    return spread("INSERT INTO seen VALUES") + gap() + "(" + random_.number() + "," + maybe_gap() +
           quoted('\'', Escapes::kBackslash) + ")";
  }

  std::string transaction() {
    static constexpr std::string_view kStatements[] = {
        "BEGIN",  "BEGIN WORK",    "START TRANSACTION", "START TRANSACTION READ ONLY",
        "COMMIT", "ROLLBACK WORK", "COMMIT AND CHAIN",  "SAVEPOINT a"};
    return spread(random_.pick(kStatements));
  }

  std::string plain() {
    static constexpr std::string_view kStatements[] = {
        "SHOW VARIABLES LIKE 'sql_mode;'",
        "VALUES (1), (2)",
        "SELECT 1 AS `begin`",
        "SELECT 1 end",
        "WITH a AS (SELECT 1 AS b) SELECT b FROM a",
        "REPLACE INTO seen VALUES (1, 'x')",
        "SELECT * FROM seen",
        "CREATE OR REPLACE VIEW v AS SELECT 'a;' AS b",
        "/*!40101 SET @old = @@sql_mode */",
        "/*!50003 SELECT 'a;' */",
        "PREPARE p FROM 'SELECT 1 AS a'",
        "DROP PROCEDURE IF EXISTS p",
        "UPDATE seen SET note = 'a;'"};
    return spread(random_.pick(kStatements));
  }

  /// A body that is in no program.
  std::string compound() {
    static constexpr std::string_view kLabels[] = {"", "", "out:", "`o;` : "};
    switch (random_.below(6)) {
      case 0:
        return if_statement(2, Rows::kAllowed);
      case 1:
        return case_statement(2, Rows::kAllowed);
      case 2:
        return loop(2, Rows::kAllowed);
      case 3:
        return std::string(random_.pick(kLabels)) + spread("FOR i IN 1..2 DO") + gap() +
               statements(2, Rows::kAllowed) + spread("END FOR");
      default:
        return std::string(random_.pick(kLabels)) + spread("BEGIN NOT ATOMIC") + gap() +
               block_rest(2, Rows::kAllowed, "");
    }
  }

  std::string definer() {
    static constexpr std::string_view kDefiners[] = {
        "", "", "", "OR REPLACE ", "DEFINER = CURRENT_USER ", "DEFINER = CURRENT_USER() "};
    return std::string(random_.pick(kDefiners));
  }

  std::string procedure() {
    const std::string name = fresh_name("p");
    static constexpr std::string_view kTraits[] = {"",
                                                   "",
                                                   "",
                                                   "COMMENT 'a; begin' ",
                                                   "DETERMINISTIC ",
                                                   "SQL SECURITY INVOKER ",
                                                   "MODIFIES SQL DATA "};
    return spread("CREATE") + gap() + definer() + spread("PROCEDURE") + gap() + name + maybe_gap() +
           "(" + (random_.chance(30) ? "`in;` INT" : "") + ")" + gap() +
           std::string(random_.pick(kTraits)) + body(3, Rows::kAllowed) + maybe_gap() + delimiter_ +
           spread("CALL") + gap() + name + "()";
  }

  std::string function() {
    const std::string name = fresh_name("f");
    static constexpr std::string_view kTypes[] = {"TEXT", "VARCHAR(9) CHARACTER SET utf8mb4",
                                                  "TEXT CHARSET utf8mb4", "SET('a;','b')"};
    const bool simple = random_.chance(50);
    const std::string result = spread("RETURN") + gap() + value();
    const std::string body = simple ? result
                                    : spread("BEGIN") + gap() + statements(2, Rows::kForbidden) +
                                          gap() + result + ";" + maybe_gap() + spread("END");
    return spread("CREATE") + gap() + definer() + spread("FUNCTION") + gap() + name + "()" + gap() +
           spread("RETURNS") + gap() + std::string(random_.pick(kTypes)) + gap() + body +
           maybe_gap() + delimiter_ + spread("SELECT") + gap() + name + "()";
  }

  std::string trigger() {
    static constexpr std::string_view kTimes[] = {"BEFORE INSERT ON", "AFTER UPDATE ON",
                                                  "BEFORE DELETE ON"};
    return spread("CREATE") + gap() + definer() + spread("TRIGGER") + gap() + fresh_name("r") +
           gap() + spread(random_.pick(kTimes)) + gap() + "seen" + gap() + spread("FOR EACH ROW") +
           gap() + body(2, Rows::kForbidden) + maybe_gap() + delimiter_ + insert();
  }

  std::string event() {
    static constexpr std::string_view kStarts[] = {
        "CREATE EVENT e1 ON SCHEDULE EVERY 1 YEAR DO",
        "CREATE OR REPLACE EVENT e2 ON SCHEDULE AT '2037-01-01 00:00:00' COMMENT 'a;' DO",
        "CREATE EVENT IF NOT EXISTS e3 ON SCHEDULE EVERY 2 DAY STARTS '2037-01-01' DISABLE DO",
        "ALTER EVENT e1 DO", "ALTER EVENT e1 ON SCHEDULE EVERY 3 YEAR DO"};
    return spread(random_.pick(kStarts)) + gap() + body(2, Rows::kAllowed);
  }

  /// One statement of a body, with what it is made of.
  std::string body(int depth, Rows rows) {
    if (depth == 0) {
      return simple(rows);
    }
    const std::string label = random_.chance(25) ? fresh_name("l") : "";
    const std::string start = label.empty() ? "" : label + maybe_gap() + ":" + maybe_gap();
    switch (random_.below(9)) {
      case 0:
      case 1:
        return start + spread("BEGIN") + gap() + block_rest(depth, rows, label);
      case 2:
        return if_statement(depth, rows);
      case 3:
        return case_statement(depth, rows);
      case 4:
        return loop(depth, rows);
      case 5:
        return start + spread("WHILE") + gap() + "1=0" + gap() + spread("AND") + gap() + value(1) +
               gap() + spread("DO") + gap() + statements(depth, rows) + spread("END WHILE") +
               end_label(label);
      case 6:
        return start + spread("REPEAT") + gap() + statements(depth, rows) + spread("UNTIL") +
               gap() + "1=1" + gap() + spread("END REPEAT") + end_label(label);
      case 7:
        return start + spread("FOR") + gap() + "i" + gap() + spread("IN") + gap() + "1..2" + gap() +
               spread("DO") + gap() + statements(depth, rows) + spread("END FOR") +
               end_label(label);
      default:
        return simple(rows);
    }
  }

  std::string end_label(const std::string& label) {
    return label.empty() || random_.chance(50) ? "" : gap() + label;
  }

  std::string statements(int depth, Rows rows) {
    std::string out;
    for (size_t count = 1 + random_.below(2); count > 0; --count) {
      out += body(depth - 1, rows) + maybe_gap() + ";" + gap();
    }
    return out;
  }

  /// What follows BEGIN.
  std::string block_rest(int depth, Rows rows, const std::string& label) {
    std::string out;
    if (random_.chance(30)) {
      out += spread("DECLARE") + gap() + "v" + gap() + spread("TEXT DEFAULT") + gap() + value(1) +
             maybe_gap() + ";" + gap();
    }
    if (random_.chance(20)) {
      out += spread("DECLARE") + gap() + "c" + gap() + spread("CURSOR FOR") + gap() + select() +
             ";" + gap();
    }
    if (random_.chance(30)) {
      static constexpr std::string_view kConditions[] = {"SQLEXCEPTION", "NOT FOUND", "1051",
                                                         "SQLSTATE '42S02', SQLWARNING"};
      out += spread("DECLARE CONTINUE HANDLER FOR") + gap() +
             std::string(random_.pick(kConditions)) + gap() + body(depth - 1, Rows::kForbidden) +
             maybe_gap() + ";" + gap();
    }
    if (!random_.chance(10)) {
      out += statements(depth, rows);
    }
    return out + spread("END") + end_label(label);
  }

  std::string if_statement(int depth, Rows rows) {
    std::string out = spread("IF") + gap() + condition() + gap() + spread("THEN") + gap() +
                      statements(depth, rows);
    if (random_.chance(30)) {
      out += spread("ELSEIF") + gap() + condition() + gap() + spread("THEN") + gap() +
             statements(depth, rows);
    }
    if (random_.chance(30)) {
      out += spread("ELSE") + gap() + statements(depth, rows);
    }
    return out + spread("END IF");
  }

  std::string case_statement(int depth, Rows rows) {
    const std::string subject = random_.chance(50) ? value(1) + gap() : "";
    return spread("CASE") + gap() + subject + spread("WHEN") + gap() + value(1) + gap() +
           spread("THEN") + gap() + statements(depth, rows) + spread("ELSE") + gap() +
           statements(depth, rows) + spread("END CASE");
  }

  std::string loop(int depth, Rows rows) {
    const std::string label = fresh_name("l");
    return label + maybe_gap() + ":" + maybe_gap() + spread("LOOP") + gap() +
           statements(depth, rows) + spread("LEAVE") + gap() + label + ";" + gap() +
           spread("END LOOP") + end_label(label);
  }

  std::string condition() {
    return random_.chance(50) ? "1=1" : (random_.chance(50) ? "(" + value(1) + ")" : value(1));
  }

  std::string simple(Rows rows) {
    switch (random_.below(5)) {
      case 0:
        return spread("SET") + gap() + "@c = " + value(1);
      case 1:
        return spread("SET") + gap() + "@c =" + gap() + spread("IF") + "(1," + value(1) + ",2)";
      case 2:
        return spread("DO") + gap() + value(1);
      case 3:
        return spread("SELECT") + gap() + value(1) + gap() + spread("INTO") + gap() + "@d";
      default:
        return rows == Rows::kAllowed ? select() : spread("SET @e = 1");
    }
  }
};

}  // namespace

std::unique_ptr<ScriptMaker> mariadb_maker(SeededRandom& random) {
  return std::make_unique<MariadbMaker>(random);
}

}  // namespace rhumb::property
