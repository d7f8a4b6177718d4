#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "sql/directives.h"
#include "sql/statement_splitter.h"
#include "sql/tokens.h"

namespace {

using rhumb::sql::Dialect;

/// The offset of a view in the text it was cut from.
size_t offset_in(std::string_view text, std::string_view part) {
  RHUMB_CHECK(part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size(),
              "views refer to the script");
  return static_cast<size_t>(part.data() - text.data());
}

void check_statements(std::string_view script, Dialect dialect) {
  auto scanner = rhumb::sql::StatementScanner::create(script, dialect);
  size_t done = 0;
  while (scanner) {
    auto statement = scanner->next();
    if (!statement || !statement->has_value()) {
      break;
    }
    for (const std::string_view comment : (*statement)->comments) {
      const size_t begin = offset_in(script, comment);
      RHUMB_CHECK(begin >= done, "comments lie between statements, in order");
      done = begin + comment.size();
    }
    const size_t begin = offset_in(script, (*statement)->text);
    RHUMB_CHECK(begin == (*statement)->offset, "the offset is that of the text");
    RHUMB_CHECK(begin >= done, "statements are in order and do not overlap");
    done = begin + (*statement)->text.size();
  }
}

void check_tokens(std::string_view text, Dialect dialect) {
  size_t done = 0;
  for (const rhumb::sql::Token& token : rhumb::sql::tokenize(text, {.dialect = dialect})) {
    RHUMB_CHECK(token.offset == done && !token.text.empty(), "tokens follow each other");
    RHUMB_CHECK(offset_in(text, token.text) == done, "tokens are the bytes of the text");
    done += token.text.size();
  }
  RHUMB_CHECK(done == text.size(), "tokens cover the text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Dialect dialect : {Dialect::kGeneric, Dialect::kSqlite, Dialect::kMysql,
                                Dialect::kPostgres, Dialect::kSqlServer}) {
    check_statements(text, dialect);
    check_tokens(text, dialect);
  }
  static_cast<void>(rhumb::sql::file_directives(text));
  static_cast<void>(rhumb::sql::content_directive(text));
  return 0;
}
