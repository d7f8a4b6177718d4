#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "report/file_mask.h"

namespace {

using rhumb::report::MaskedSql;
using rhumb::report::MaskPolicy;
using rhumb::sql::Dialect;

void check_statement(std::string_view text, Dialect dialect, const MaskPolicy& policy) {
  const MaskedSql once = rhumb::report::mask_statement(text, {.dialect = dialect}, policy);
  const MaskedSql twice = rhumb::report::mask_statement(once.text, {.dialect = dialect}, policy);
  RHUMB_CHECK(once.text == twice.text, "masking twice changes nothing");
  if (once.parsed) {
    RHUMB_CHECK(std::count(text.begin(), text.end(), '\n') ==
                    std::count(once.text.begin(), once.text.end(), '\n'),
                "the number of lines stays");
  }
  rhumb::report::HiddenValues hidden;
  hidden.add(once.values);
  const rhumb::report::QuotedStatement quoted{.text = text, .masked = &once};
  static_cast<void>(rhumb::report::mask_error(text, quoted, policy, hidden));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Dialect dialect : {Dialect::kGeneric, Dialect::kSqlite, Dialect::kMysql,
                                Dialect::kPostgres, Dialect::kSqlServer}) {
    check_statement(text, dialect, {});
    check_statement(text, dialect, {.sensitive = true});
    auto file =
        rhumb::report::FileMask::create("x.sql", std::string(text), {.lex = {.dialect = dialect}});
    if (file) {
      const bool marked = text.find("atlas:") != std::string_view::npos;
      RHUMB_CHECK(marked || file->content(rhumb::report::TextForm::kShown) == text,
                  "the terminal shows files without directives as they are");
      static_cast<void>(file->content(rhumb::report::TextForm::kReported));
    }
  }
  return 0;
}
