#include <string>

#include "script_maker.h"

namespace rhumb::property {
namespace {

class SqliteMaker : public ScriptMaker {
 public:
  using ScriptMaker::ScriptMaker;

 protected:
  std::string comment() override {
    if (random_.chance(50)) {
      return "--" + unruly({"\n"}) + "\n";
    }
    return "/* " + unruly({"*/"}) + " */";
  }

  std::string quoted_name() override {
    return quoted(random_.chance(50) ? '"' : '`', Escapes::kNone);
  }

  std::string literal() override {
    static constexpr std::string_view kOthers[] = {"x'3B'",
                                                   "X'27'",
                                                   "1.5e3",
                                                   "- -1",
                                                   "5 - -3",
                                                   "5--;\n",
                                                   "5/*;*/",
                                                   "2 */*;*/ 3",
                                                   "'a'||';'",
                                                   "NULL",
                                                   "'a\\'",
                                                   "0x1F",
                                                   "'{\"a\":1}' ->> '$.a'",
                                                   "$a",
                                                   ":b",
                                                   "?1",
                                                   "@c"};
    return random_.chance(65) ? quoted('\'', Escapes::kNone) : std::string(random_.pick(kOthers));
  }

  std::string statement() override {
    switch (random_.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return select();
      case 4:
        return insert() + (random_.chance(30) ? gap() + spread("RETURNING *") : "");
      case 5:
      case 6:
        return trigger() + ";" + maybe_gap() + insert();
      case 7:
        return transaction();
      case 8:
        return "";
      case 9:
        return spread("CREATE TABLE") + gap() + fresh_name("t") + gap() + "(a text" + gap() +
               spread("DEFAULT") + gap() + quoted('\'', Escapes::kNone) + "," + maybe_gap() +
               quoted_name() + "," + maybe_gap() + spread("CHECK") + " (a <> " + value() + "))";
      case 10:
        return spread("CREATE VIEW") + gap() + fresh_name("v") + gap() + spread("AS") + gap() +
               select();
      default:
        return plain();
    }
  }

 private:
  std::string insert() {
    return spread("INSERT INTO seen VALUES") + gap() + "(" + random_.number() + "," + maybe_gap() +
           quoted('\'', Escapes::kNone) + ")";
  }

  std::string trigger() {
    static constexpr std::string_view kStarts[] = {"CREATE TRIGGER", "CREATE TEMP TRIGGER",
                                                   "CREATE TEMPORARY TRIGGER",
                                                   "CREATE TRIGGER IF NOT EXISTS"};
    static constexpr std::string_view kTimes[] = {"AFTER INSERT ON", "BEFORE INSERT ON",
                                                  "AFTER UPDATE OF note ON", "BEFORE DELETE ON"};
    std::string out = spread(random_.pick(kStarts)) + gap() + fresh_name("r") + gap() +
                      spread(random_.pick(kTimes)) + gap() +
                      (random_.chance(80) ? "seen" : "\"seen\"") + gap();
    out += random_.chance(40) ? spread("FOR EACH ROW") + gap() : "";
    out += random_.chance(40) ? spread("WHEN") + gap() + "(" + value() + ")" + maybe_gap() : "";
    out += spread("BEGIN") + gap();
    for (size_t parts = 1 + random_.below(3); parts > 0; --parts) {
      out += body_statement() + maybe_gap() + ";" + maybe_gap();
    }
    return out + spread("END") + maybe_gap();
  }

  std::string body_statement() {
    switch (random_.below(5)) {
      case 0:
        return select();
      case 1:
        return spread("UPDATE other SET note = ") + value();
      case 2:
        return spread("DELETE FROM other WHERE note =") + gap() + value();
      default:
        return spread("INSERT INTO other VALUES") + gap() + "(" + random_.number() + "," + value() +
               ")";
    }
  }

  std::string transaction() {
    static constexpr std::string_view kStatements[] = {
        "BEGIN",           "BEGIN TRANSACTION",
        "BEGIN DEFERRED",  "BEGIN IMMEDIATE TRANSACTION",
        "COMMIT",          "END",
        "END TRANSACTION", "ROLLBACK",
        "SAVEPOINT a",     "BEGIN TRANSACTION named"};
    return spread(random_.pick(kStatements));
  }

  std::string plain() {
    static constexpr std::string_view kStatements[] = {"PRAGMA user_version = 5",
                                                       "PRAGMA user_version",
                                                       "VALUES (1), (2)",
                                                       "SELECT 1 AS \"begin\"",
                                                       "SELECT 1 AS `end`",
                                                       "SELECT * FROM seen",
                                                       "DELETE FROM other",
                                                       "WITH a(b) AS (SELECT 1) SELECT b FROM a",
                                                       "REPLACE INTO other VALUES (1, 'x')",
                                                       "CREATE INDEX IF NOT EXISTS i ON seen(note)",
                                                       "EXPLAIN QUERY PLAN SELECT 1"};
    return spread(random_.pick(kStatements));
  }
};

}  // namespace

std::unique_ptr<ScriptMaker> sqlite_maker(SeededRandom& random) {
  return std::make_unique<SqliteMaker>(random);
}

}  // namespace rhumb::property
