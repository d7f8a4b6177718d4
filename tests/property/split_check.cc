#include "split_check.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "base/utf8.h"
#include "sql/directives.h"
#include "sql/statement_splitter.h"

namespace rhumb::property {
namespace {

/// `Query was empty`, what MariaDB says to a statement that is none.
constexpr std::string_view kMariadbEmpty = "1065";
/// What it says when there are only comments behind the last statement, as if they were one.
constexpr std::string_view kMariadbDone = "OK 0";
constexpr std::string_view kMariadbSyntax = "1064";
/// PostgreSQL reads a script to its end before it executes anything.
constexpr std::string_view kPostgresSyntax = "42601";

/// So many bytes of a difference's text tell its kind.
constexpr size_t kKindSize = 12;

/// How our statements went, one by one.
struct Parts {
  std::vector<std::string> results;
  std::vector<size_t> ends;
  std::string error;
  bool refused = false;  ///< by the splitter: nothing is executed
  std::string unfit;
  std::string too_many;          ///< a part that is several statements
  std::vector<size_t> empty_at;  ///< how many results there were before an empty statement
  size_t end = 0;                ///< of the last statement that is none of those
};

Parts run_parts(ScriptServer& server, sql::Dialect dialect, std::string_view script) {
  Parts parts;
  auto statements = sql::split_statements(script, dialect);
  if (!statements) {
    parts.error = statements.error().message();
    parts.refused = true;
    return parts;
  }
  for (const sql::Statement& statement : *statements) {
    const Answer answer = server.run_part(statement.text);
    const bool refused = answer.error && *answer.error != kMariadbEmpty;
    if (!refused && server.is_empty(statement.text)) {
      parts.empty_at.push_back(parts.results.size());
    } else {
      parts.end = statement.offset + statement.text.size();
    }
    const bool several = dialect != sql::Dialect::kMysql && answer.results.size() > 1;
    if (several && parts.too_many.empty()) {
      parts.too_many = statement.text;
    }
    for (const std::string& result : answer.results) {
      parts.results.push_back(result);
      parts.ends.push_back(parts.end);
    }
    parts.unfit = answer.unfit;
    if (refused) {
      parts.error = answer.error.value_or("");
      break;
    }
  }
  return parts;
}

std::string describe(std::string_view script, sql::Dialect dialect) {
  std::string text = "  our statements:\n";
  if (auto statements = sql::split_statements(script, dialect)) {
    for (const sql::Statement& statement : *statements) {
      text += "    [" + std::string(statement.text) + "]\n";
    }
  }
  return text;
}

std::string describe(const std::vector<std::string>& results, const std::string& error) {
  std::string text;
  for (const std::string& result : results) {
    text += "    " + result + "\n";
  }
  return text + "    error: " + (error.empty() ? "none" : error) + "\n";
}

/// Whether the server would not begin with the script, nor we with all of it.
bool both_refuse(const Answer& whole, const Parts& parts) {
  return whole.error && whole.results.empty() && !parts.error.empty() &&
         (whole.error == kPostgresSyntax || whole.error == parts.error);
}

/// Whether an error says that the server could not read a statement.
bool is_syntax_error(sql::Dialect dialect, std::string_view error) {
  switch (dialect) {
    case sql::Dialect::kPostgres:
      return error == kPostgresSyntax;
    case sql::Dialect::kMysql:
      return error == kMariadbSyntax;
    default:
      return error.ends_with("syntax error") || error == "incomplete input" ||
             error.starts_with("unrecognized token");
  }
}

bool starts_with(const std::vector<std::string>& all, const std::vector<std::string>& head) {
  return all.size() >= head.size() && std::equal(head.begin(), head.end(), all.begin());
}

/// MariaDB goes no further at an empty statement, we do; and what follows the last statement counts
/// for it when that is a comment.
bool are_same_to_mariadb(const Answer& whole, const Parts& parts, std::string_view script) {
  if (whole.error == kMariadbEmpty && parts.end == 0) {
    return parts.error.empty();
  }
  if (whole.error) {
    return std::ranges::count(parts.empty_at, whole.results.size()) > 0 &&
           starts_with(parts.results, whole.results);
  }
  const std::string_view rest =
      trim(parts.end == 0 ? sql::skip_byte_order_mark(script) : script.substr(parts.end));
  const bool is_comment = rest.starts_with("--") || rest.starts_with("/*") || rest.starts_with('#');
  return is_comment && parts.error.empty() && whole.results.size() == parts.results.size() + 1 &&
         whole.results.back() == kMariadbDone && starts_with(whole.results, parts.results);
}

/// Whether what our statements gave is what a client program printed; one that stops has begun with
/// statements that we refuse together with the rest.
bool are_same_to_client(const Answer& whole, const Parts& parts) {
  if (parts.refused) {
    return whole.error.has_value();
  }
  return join(whole.results, "") == join(parts.results, "") &&
         whole.error.has_value() == !parts.error.empty();
}

/// Whether what our statements gave is what the script gave.
bool are_same(sql::Dialect dialect,
              Splitter splitter,
              const Answer& whole,
              const Parts& parts,
              std::string_view script) {
  if (splitter == Splitter::kClient) {
    return are_same_to_client(whole, parts);
  }
  if (dialect == sql::Dialect::kMysql && are_same_to_mariadb(whole, parts, script)) {
    return true;
  }
  const bool neither_begins = dialect == sql::Dialect::kPostgres && both_refuse(whole, parts);
  if (neither_begins || (parts.refused && whole.error)) {
    return true;
  }
  // The texts of errors name what is near, and ours are other ones.
  return whole.results == parts.results && whole.error.has_value() == !parts.error.empty();
}

/// Whether our statements end where the server's do; its last one goes on to the end of the script.
bool have_same_ends(const Answer& whole, const Parts& parts, std::string_view script) {
  for (size_t i = 0; i < whole.ends.size() && i < parts.ends.size(); ++i) {
    const bool open_end = whole.ends[i] == script.size() && i + 1 == whole.ends.size();
    if (whole.ends[i] != parts.ends[i] && !open_end) {
      return false;
    }
  }
  return true;
}

/// In one piece, statements behind a COMMIT of PostgreSQL are a transaction, which ROLLBACK undoes.
bool undoes_more(const Answer& whole) {
  return std::ranges::any_of(
      whole.results, [](std::string_view result) { return result.starts_with("ROLLBACK"); });
}

}  // namespace

Verdict check_split(ScriptServer& server, sql::Dialect dialect, std::string_view script) {
  server.reset();
  const std::string_view bare = sql::skip_byte_order_mark(script);
  Answer whole = server.run_whole(bare);
  for (size_t& end : whole.ends) {
    end += script.size() - bare.size();
  }
  const std::string state = server.state();
  server.reset();
  const Parts parts = run_parts(server, dialect, script);
  const std::string our_state = server.state();
  Verdict verdict{.difference = {},
                  .unfit = whole.unfit.empty() ? parts.unfit : whole.unfit,
                  .statements = server.splitter() == Splitter::kClient ? parts.results.size()
                                                                       : whole.results.size(),
                  .accepted = !whole.error};
  if (parts.refused && whole.error && !is_syntax_error(dialect, *whole.error)) {
    verdict.unfit = "what we refuse comes behind where the server stops";
  }
  if (!verdict.unfit.empty()) {
    return verdict;
  }
  const std::string compared = "  in one piece:\n" +
                               describe(whole.results, whole.error.value_or("")) +
                               describe(script, dialect) + describe(parts.results, parts.error);
  if (!are_same(dialect, server.splitter(), whole, parts, script)) {
    verdict.difference = "other results\n" + compared;
  } else if (!parts.too_many.empty() && !whole.error) {
    verdict.difference = "several statements in one: " + parts.too_many + "\n";
  } else if (!have_same_ends(whole, parts, script)) {
    verdict.difference = "other ends of statements\n" + compared;
  } else if (!whole.error && parts.error.empty() && state != our_state && !undoes_more(whole)) {
    verdict.difference = "left behind\n" + state + "  our statements:\n" + our_state + "\n";
  }
  return verdict;
}

std::string shrink(ScriptServer& server, sql::Dialect dialect, std::string script) {
  const auto kind = [&](std::string_view text) {
    const std::string difference = check_split(server, dialect, text).difference;
    return difference.substr(0, difference.find('\n'));
  };
  const std::string wanted = kind(script).substr(0, kKindSize);
  for (size_t size = std::max<size_t>(script.size() / 2, 1); size > 0; size /= 2) {
    for (size_t at = 0; at < script.size();) {
      std::string shorter = script;
      shorter.erase(at, size);
      const bool cuts_character = is_valid_utf8(script) && !is_valid_utf8(shorter);
      if (!cuts_character && kind(shorter).starts_with(wanted)) {
        script = std::move(shorter);
      } else {
        at += size;
      }
    }
  }
  return script;
}

}  // namespace rhumb::property
