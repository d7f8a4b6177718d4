#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "seeded_random.h"
#include "sql/dialect.h"

namespace rhumb::property {

/// Makes scripts that a server of one dialect mostly accepts, out of everything that may hide the
/// end of a statement or look like one: quotes of each kind, comments, bodies, transactions.
///
/// The maker does not say how many statements a script has: only the server knows.
class ScriptMaker {
 public:
  explicit ScriptMaker(SeededRandom& random) : random_(random) {}
  virtual ~ScriptMaker() = default;

  std::string script();
  /// One that also has what only the client program of the server understands, and settings that
  /// change where quotes end.
  std::string client_script();

 protected:
  /// A statement without its `;`.
  virtual std::string statement() = 0;
  /// An expression of one value that stands alone.
  virtual std::string literal() = 0;
  /// A comment with what ends it.
  virtual std::string comment() = 0;
  /// A name in quotes.
  virtual std::string quoted_name() = 0;
  /// What is for the client program, with what ends it, on lines of its own.
  virtual std::string client_part() { return ""; }
  /// A statement that the client program takes for one, without its delimiter.
  virtual std::string client_statement() { return statement(); }

  /// Blanks and comments, never nothing; mostly one space.
  std::string gap();
  /// Blanks and comments, or nothing.
  std::string maybe_gap() { return random_.chance(70) ? "" : gap(); }
  /// The words of `text`, which are separated by single spaces, with gaps between them.
  std::string spread(std::string_view text);
  /// Letters of a word in any case.
  std::string any_case(std::string_view word);
  /// A literal, or an expression around some.
  std::string value(int depth = 2);
  /// Text that is hard to read past, without what `forbidden` lists.
  std::string unruly(std::initializer_list<std::string_view> forbidden = {});
  /// How quotes within quotes are written.
  enum class Escapes { kNone, kBackslash, kOneKind };
  /// kOneKind: backslashes escape, but all quotes of a text are written in the same way.
  std::string quoted(char quote, Escapes escapes);
  /// A name that no other statement of the script has.
  std::string fresh_name(std::string_view stem);
  std::string select();

  SeededRandom& random_;
  std::string delimiter_ = ";";

 private:
  int names_ = 0;
};

/// kSqlite, kMysql or kPostgres.
std::unique_ptr<ScriptMaker> script_maker(sql::Dialect dialect, SeededRandom& random);
std::unique_ptr<ScriptMaker> postgres_maker(SeededRandom& random);
std::unique_ptr<ScriptMaker> mariadb_maker(SeededRandom& random);
std::unique_ptr<ScriptMaker> sqlite_maker(SeededRandom& random);

/// `text` with a few random edits: bytes, and pieces of it and of `other`, are left out, doubled,
/// moved or put in.
std::string mutate(SeededRandom& random, std::string text, std::string_view other);

}  // namespace rhumb::property
