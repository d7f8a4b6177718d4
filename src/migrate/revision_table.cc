#include "migrate/revision_table.h"

#include <fmt/format.h>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/json.h"

namespace rhumb::migrate {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// `+05:30` or `-07:00` at the end of `text`.
std::chrono::minutes parse_offset(std::string_view text) {
  if (text.size() < 6) {
    return {};
  }
  const std::string_view tail = text.substr(text.size() - 6);
  const bool shaped = (tail[0] == '+' || tail[0] == '-') && is_digit(tail[1]) &&
                      is_digit(tail[2]) && tail[3] == ':' && is_digit(tail[4]) && is_digit(tail[5]);
  if (!shaped) {
    return {};
  }
  const int hours = (tail[1] - '0') * 10 + (tail[2] - '0');
  const int minutes = (tail[4] - '0') * 10 + (tail[5] - '0');
  return std::chrono::minutes((tail[0] == '-' ? -1 : 1) * (hours * 60 + minutes));
}

bool has_zone(std::string_view text) {
  return text.ends_with('Z') || (text.size() > 19 && text.find_first_of("+-", 19) != text.npos);
}

}  // namespace

std::string format_hashes(const std::vector<std::string>& hashes) {
  if (hashes.empty()) {
    return "null";
  }
  std::string json = "[";
  for (const std::string& hash : hashes) {
    json += json.size() == 1 ? "" : ",";
    json += codec::format_json_string(hash);
  }
  return json + "]";
}

std::vector<std::string> parse_hashes(std::string_view json) {
  if (json.empty() || json == "null") {
    return {};  // every finished row
  }
  const Result<codec::Json> parsed = codec::parse_json(json);
  std::vector<std::string> hashes;
  if (!parsed || !parsed->is_array()) {
    return hashes;
  }
  for (const codec::Json& element : parsed->as_array()) {
    if (!element.is_string()) {
      return {};
    }
    hashes.push_back(element.as_string());
  }
  return hashes;
}

std::string RevisionTable::on_conflict_update(const std::vector<std::string_view>& columns) const {
  std::vector<std::string> parts;
  parts.reserve(columns.size());
  for (const std::string_view column : columns) {
    parts.push_back(fmt::format("{0} = excluded.{0}", quote(column)));
  }
  return fmt::format(" ON CONFLICT ({}) DO UPDATE SET {}", quote("version"), join(parts, ", "));
}

std::string RevisionTable::on_conflict_keep() const {
  return fmt::format(" ON CONFLICT ({}) DO NOTHING", quote("version"));
}

driver::Value RevisionTable::encode_hashes(const std::vector<std::string>& hashes) const {
  return format_hashes(hashes);
}

std::vector<std::string> RevisionTable::first_column(const driver::Rows& rows) {
  std::vector<std::string> texts;
  texts.reserve(rows.rows.size());
  for (const std::vector<driver::Value>& row : rows.rows) {
    texts.push_back(driver::to_text(row[0]));
  }
  return texts;
}

std::string format_stored_time(std::chrono::sys_time<std::chrono::nanoseconds> at) {
  std::string text = format_rfc3339_nano(at);
  text[10] = ' ';
  text.pop_back();  // the `Z`
  return text;
}

StoredTime parse_stored_time(std::string_view text) {
  std::string rfc3339(trim(text));
  if (rfc3339.size() == 10) {
    rfc3339 += "T00:00:00";
  } else if (rfc3339.size() == 16) {
    rfc3339 += ":00";
  }
  if (rfc3339.size() > 10 && rfc3339[10] == ' ') {
    rfc3339[10] = 'T';
  }
  if (!has_zone(rfc3339)) {
    rfc3339 += 'Z';
  }
  const auto at = parse_rfc3339(rfc3339);
  if (!at) {
    return {};
  }
  return {.at = *at, .offset = parse_offset(rfc3339)};
}

Result<std::unique_ptr<RevisionTable>> make_revision_table(const driver::ConnectionInfo& info,
                                                           const std::string& schema) {
  switch (info.engine) {
    case driver::Engine::kSqlite:
    case driver::Engine::kLibsql:
      return sqlite_revision_table();
    case driver::Engine::kPostgres:
    case driver::Engine::kCockroach:
      return postgres_revision_table(schema);
    case driver::Engine::kMysql:
    case driver::Engine::kMariadb:
    case driver::Engine::kTidb:
      return mysql_revision_table(info, schema);
  }
  return Error(ErrorCode::kUnsupported,
               fmt::format("sql/migrate: no revisions table for driver \"{}\"", info.driver));
}

}  // namespace rhumb::migrate
