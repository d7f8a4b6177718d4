#include <string>

#include "base/text.h"
#include "script_maker.h"

namespace rhumb::property {
namespace {

class PostgresMaker : public ScriptMaker {
 public:
  using ScriptMaker::ScriptMaker;

 protected:
  std::string comment() override {
    if (random_.chance(50)) {
      return "--" + unruly({"\n", "\r"}) + "\n";
    }
    return block_comment(2);
  }

  std::string quoted_name() override {
    const std::string name = quoted('"', Escapes::kNone);
    return name == "\"\"" ? "\"x\"" : (random_.chance(10) ? "U&\"\\00e9;\"" : name);
  }

  std::string literal() override {
    static constexpr std::string_view kOthers[] = {
        "B'01'",     "X'1F'",  "N'a;'",      "U&'\\0061;'",
        "1.5e3",     "- -1",   "5 - -3",     "3 -(2)",
        "1 # 2",     "@ -5",   "'a' ~ 'b'",  "2 */*;*/ 3",
        "5--;\n",    "5/*;*/", "ARRAY[1,2]", "'{\"a\":1}'::json ->> 'a'",
        "'x'::text", "NULL",   "TRUE",       "'a\\'",
        "E'\\\\'"};
    switch (random_.below(8)) {
      case 0:
      case 1:
        return quoted('\'', Escapes::kNone) + maybe_continued();
      case 2:
      case 3:
        return (random_.chance(50) ? "E" : "e") + quoted('\'', Escapes::kOneKind) +
               maybe_continued();
      case 4:
      case 5:
        return dollar_quoted(unruly());
      default:
        return std::string(random_.pick(kOthers));
    }
  }

  std::string client_part() override { return random_.chance(70) ? copy() : switch_strings(); }

  std::string statement() override {
    switch (random_.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return select();
      case 4:
        return insert() + (random_.chance(30) ? gap() + spread("RETURNING *") : "");
      case 5:
        return spread("DO") + gap() + dollar_quoted(" BEGIN PERFORM " + value() + "; END; ");
      case 6:
        return sql_function();
      case 7:
        return atomic_function();
      case 8:
        return transaction();
      case 9:
        return "";
      case 10:
        return spread("CREATE TEMP TABLE") + gap() + fresh_name("t") + gap() + "(a text" + gap() +
               spread("DEFAULT") + gap() + text() + "," + maybe_gap() + spread("CHECK") +
               " (a <> " + text() + "))";
      case 11:
        return spread("COMMENT ON TABLE seen IS") + gap() + text();
      case 12:
        return rule();
      case 13:
        return prepared();
      case 14:
        return spread("CREATE TRIGGER") + gap() + fresh_name("r") + gap() +
               spread("BEFORE INSERT ON seen FOR EACH ROW WHEN") + " (NEW.note <> " + text() + ")" +
               gap() + spread("EXECUTE FUNCTION do_nothing()");
      default:
        return plain();
    }
  }

 private:
  /// COPY with its rows.
  std::string copy() {
    static constexpr std::string_view kCommands[] = {"COPY seen FROM STDIN",
                                                     "COPY seen FROM STDIN",
                                                     "COPY seen (note) FROM STDIN",
                                                     "COPY \"seen\" FROM STDIN WITH (FORMAT csv)",
                                                     "COPY public.seen FROM STDIN CSV QUOTE ';'",
                                                     "COPY seen FROM STDIN (DELIMITER ';')",
                                                     "COPY seen FROM STDIN NULL 'a;'",
                                                     "COPY seen FROM STDIN WHERE note <> 'a;'"};
    static constexpr std::string_view kBehind[] = {"", "", "", " ", " -- ;", "\r"};
    const std::string_view command = random_.pick(kCommands);
    const bool one_column = command.find("(note)") != std::string_view::npos;
    std::string_view between = "\t";
    if (command.find("csv") != std::string_view::npos ||
        command.find("CSV") != std::string_view::npos) {
      between = ",";
    } else if (command.find("DELIMITER") != std::string_view::npos) {
      between = ";";
    }
    std::string out =
        spread(command) + maybe_gap() + ";" + std::string(random_.pick(kBehind)) + "\n";
    for (size_t rows = random_.below(4); rows > 0; --rows) {
      out += one_column ? "" : random_.number() + std::string(between);
      out += unruly({"\n", "\r", "\t", "\"", ";", ",", "\\"}) +
             (random_.chance(20) ? "\\N;" : "x") + "\n";
    }
    return out + "\\.\n";
  }

  /// A setting, and what is read otherwise under it.
  std::string switch_strings() {
    static constexpr std::string_view kSettings[] = {
        "SET standard_conforming_strings = off", "SET standard_conforming_strings TO on",
        "RESET standard_conforming_strings", "SET backslash_quote = off"};
    static constexpr std::string_view kReadOtherwise[] = {
        R"(SELECT 'a\'; SELECT ';')", R"(SELECT 'a\'b;')", R"(SELECT 'a\\', 'b;')",
        R"(SELECT E'a\'b;')",         R"(SELECT 'a''b;')", R"(SELECT U&'a;' || E'\\;')",
        R"(SELECT 1 AS "a\")"};
    return spread(random_.pick(kSettings)) + ";\n" + std::string(random_.pick(kReadOtherwise)) +
           ";\n";
  }

  std::string block_comment(int depth) {
    std::string inside = unruly({"/*", "*/"});
    if (depth > 0 && random_.chance(30)) {
      inside += " " + block_comment(depth - 1) + " " + unruly({"/*", "*/"});
    }
    // At the ends a mark may come to be half of another.
    return "/* " + inside + " */";
  }

  /// What a line end joins to a string has its escapes, but is not read so (sql-splitter.md 3.3).
  std::string maybe_continued() {
    std::string more;
    while (random_.chance(15)) {
      more += (random_.chance(30) ? " -- ';\n'" : "\n'") + unruly({"'", "\\"}) + "'";
    }
    return more;
  }

  std::string text() {
    return random_.chance(50) ? quoted('\'', Escapes::kNone)
                              : "E" + quoted('\'', Escapes::kOneKind);
  }

  std::string dollar_quoted(const std::string& inside) {
    static constexpr std::string_view kTags[] = {"$$", "$a$", "$fn$", "$_1$", "$\xC3\xA9$", "$B2$"};
    const std::string tag(random_.pick(kTags));
    const std::string body = replace_all(inside, tag, "");
    // A dollar at the end would close too early.
    return body.find(tag) == std::string::npos && !body.ends_with('$') ? tag + body + tag
                                                                       : "$q$;$q$";
  }

  std::string insert() {
    return spread("INSERT INTO seen VALUES") + gap() + "(" + random_.number() + "," + maybe_gap() +
           text() + ")";
  }

  std::string sql_function() {
    const std::string name = fresh_name("f");
    const std::string head = spread("CREATE FUNCTION") + gap() + name + "()" + gap() +
                             spread("RETURNS text LANGUAGE sql") + gap();
    std::string body = spread("RETURN") + gap() + text();
    if (random_.chance(70)) {
      body = spread("AS") + gap() + dollar_quoted("SELECT " + text() + "; SELECT " + text() + ";");
    }
    return head + body + maybe_gap() + ";" + spread("SELECT") + gap() + name + "()";
  }

  std::string atomic_function() {
    const std::string name = fresh_name("f");
    std::string body;
    for (size_t parts = random_.below(4); parts > 0; --parts) {
      body += maybe_gap() + (random_.chance(50) ? insert() : select()) + maybe_gap() + ";";
    }
    return spread("CREATE FUNCTION") + gap() + name + "()" + gap() +
           spread("RETURNS void LANGUAGE sql") + gap() + any_case("BEGIN ATOMIC ") + body + gap() +
           spread("END") + maybe_gap() + ";" + spread("SELECT") + gap() + name + "()";
  }

  std::string transaction() {
    static constexpr std::string_view kStatements[] = {
        "BEGIN",
        "BEGIN WORK",
        "BEGIN TRANSACTION",
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        "BEGIN TRANSACTION READ WRITE , NOT DEFERRABLE",
        "START TRANSACTION",
        "COMMIT",
        "END",
        "END TRANSACTION",
        "ROLLBACK",
        "SAVEPOINT a"};
    return spread(random_.pick(kStatements));
  }

  std::string rule() {
    return spread("CREATE RULE") + gap() + fresh_name("r") + gap() +
           spread("AS ON UPDATE TO seen DO ALSO") + gap() + "(" + insert() + maybe_gap() + ";" +
           maybe_gap() + insert() + (random_.chance(50) ? ";" : "") + ")";
  }

  std::string prepared() {
    const std::string name = fresh_name("p");
    return spread("PREPARE") + gap() + name + gap() + spread("AS") + gap() + select() + ";" +
           spread("EXECUTE") + gap() + name;
  }

  std::string plain() {
    static constexpr std::string_view kStatements[] = {
        "SHOW search_path",
        "SET search_path = public",
        "VALUES (1), (2)",
        "SELECT 1 AS \"begin\"",
        "SELECT 1 AS atomic",
        "CREATE SCHEMA s CREATE TABLE a(a int) CREATE VIEW b AS SELECT 1",
        "SELECT * FROM seen",
        "COPY seen TO STDOUT",
        "TABLE seen",
        "UPDATE seen SET note = note",
        "SELECT count(*) FROM seen",
        "LOCK TABLE seen"};
    return spread(random_.pick(kStatements));
  }
};

}  // namespace

std::unique_ptr<ScriptMaker> postgres_maker(SeededRandom& random) {
  return std::make_unique<PostgresMaker>(random);
}

}  // namespace rhumb::property
