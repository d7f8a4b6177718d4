// Reads arbitrary bytes as a migration file of every format: statements lie inside the file and
// their offsets point at their text.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "migrate/file_statements.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rhumb::migrate;  // NOLINT(google-build-using-namespace): one function
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const Format format : {Format::kAtlas, Format::kGolangMigrate, Format::kGoose,
                              Format::kFlyway, Format::kLiquibase, Format::kDbmate}) {
    const FileContent file{.name = "1.sql",
                           .format = format,
                           .bytes = bytes,
                           .directives = read_header(bytes, format).directives};
    const auto split = split_file(file, rhumb::sql::Dialect::kPostgres);
    if (!split) {
      continue;
    }
    StatementReader reader = split->read();
    while (const auto statement = reader.next()) {
      RHUMB_CHECK(statement->offset <= bytes.size(), "a statement starts inside its file");
      const bool is_empty = statement->text.empty();
      RHUMB_CHECK(is_empty || bytes[statement->offset] == statement->text.front(),
                  "an offset points at its text");
    }
  }
  return 0;
}
