#include "migrate/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/go_format.h"
#include "migrate/file_statements.h"
#include "migrate/new_migration.h"

namespace rhumb::migrate {
namespace {

/// Whether a file asks for no transaction, by its own format or by our directive.
bool refuses_transactions(const FileContent& content, const FileStatements& split) {
  const std::vector<std::string> modes = content.arguments("txmode");
  return split.no_transaction || std::ranges::find(modes, "none") != modes.end();
}

/// Whether a `;` right behind the text would belong to a comment on its last line: a goose
/// statement may end there, other rules would read on.
bool hides_delimiter(std::string_view text) {
  const std::string_view line = text.substr(text.rfind('\n') + 1);
  if (line.find("--") == std::string_view::npos && line.find('#') == std::string_view::npos) {
    return false;
  }
  constexpr std::string_view kNext = "SELECT";
  const std::string script = fmt::format("{};\n{}", text, kNext);
  Result<sql::StatementScanner> scanner =
      sql::StatementScanner::create(script, sql::Dialect::kGeneric);
  std::string_view last;
  while (scanner.has_value()) {
    const Result<std::optional<sql::Statement>> statement = scanner.value().next();
    if (!statement.has_value()) {
      break;
    }
    const std::optional<sql::Statement>& found = statement.value();
    if (!found) {
      break;
    }
    last = found->text;
  }
  return last != kNext;
}

std::string rewrite(const FileContent& content, const FileStatements& split) {
  std::string bytes = refuses_transactions(content, split) ? "-- atlas:txmode none\n\n" : "";
  StatementReader reader = split.read();
  while (const std::optional<sql::Statement> statement = reader.next()) {
    for (const std::string_view comment : statement->comments) {
      bytes += comment;
      bytes += comment.ends_with('\n') ? "" : "\n";
    }
    const bool has_end = statement->text.ends_with(';');
    const std::string_view text =
        statement->text.substr(0, statement->text.size() - (has_end ? 1 : 0));
    bytes += text;
    bytes += hides_delimiter(text) ? "\n;\n" : ";\n";
  }
  return bytes;
}

/// The versions files get: their own, repeatable flyway files that of the file before them.
class ImportVersions {
 public:
  std::string next(const std::string& name, Format format) {
    std::string version = file_version(name, format);
    const bool is_repeatable = format == Format::kFlyway && version.empty();
    if (is_repeatable) {
      return last_ + "R";
    }
    last_ = version;
    return version;
  }

 private:
  std::string last_ = "0";
};

/// Splits a file; the error names it, as those of goose do anyway.
Result<FileStatements> split_named(const FileContent& content) {
  Result<FileStatements> split = split_file(content, sql::Dialect::kGeneric);
  if (!split.has_value() && !split.error().message().starts_with("sql/migrate: ")) {
    return split.error().context(
        fmt::format("sql/migrate: scanning statements from {}", go_quote(content.name)));
  }
  return split;
}

Result<NewFile> import_file(const Directory& from, const std::string& name, std::string version) {
  std::string bytes = TRY(from.read(name));
  FileHeader header = read_header(bytes, from.format());
  const FileContent content{.name = name,
                            .format = from.format(),
                            .bytes = std::move(bytes),
                            .directives = std::move(header.directives)};
  const FileStatements split = TRY(split_named(content));
  const std::string description = file_description(name, from.format());
  return NewFile{
      .name = fmt::format("{}{}{}.sql", version, description.empty() ? "" : "_", description),
      .bytes = rewrite(content, split)};
}

}  // namespace

Result<void> check_import_format(Format format) {
  if (format == Format::kAtlas) {
    return invalid("cannot import a migration directory already in \"atlas\" format");
  }
  return {};
}

Result<std::vector<NewFile>> read_import(const Directory& from) {
  TRY(check_import_format(from.format()));
  const std::vector<std::string> names = TRY(from.list());
  std::vector<NewFile> files;
  std::map<std::string, std::string> sources;
  ImportVersions versions;
  for (const std::string& name : names) {
    NewFile file = TRY(import_file(from, name, versions.next(name, from.format())));
    const auto [source, is_new] = sources.emplace(file.name, name);
    if (!is_new) {
      return Error(ErrorCode::kConflict,
                   fmt::format("sql/migrate: files {} and {} would both be imported as {}",
                               go_quote(source->second), go_quote(name), go_quote(file.name)));
    }
    files.push_back(std::move(file));
  }
  return files;
}

Result<void> write_import(Directory& to, const std::vector<NewFile>& files) {
  const std::vector<std::string> present = TRY(to.list());
  if (!present.empty()) {
    return invalid("target migration directory must be empty");
  }
  if (files.empty()) {
    return {};
  }
  Result<void> written = write_files(to, files);
  if (!written.has_value()) {
    for (const NewFile& file : files) {
      // What was not reached is not there; the first error is the one to tell.
      (void)to.remove(file.name);
    }
  }
  return written;
}

}  // namespace rhumb::migrate
