#include <algorithm>
#include <optional>

#include "base/go_format.h"
#include "base/text.h"
#include "project/project.h"

namespace rhumb::project {
namespace {

using Pair = std::pair<std::string, std::string>;

/// The fields of one CSV record; nothing when the text is no CSV or more than one record.
std::optional<std::vector<std::string>> parse_csv_record(std::string_view text) {
  std::vector<std::string> fields;
  size_t at = 0;
  while (true) {
    std::string field;
    if (at < text.size() && text[at] == '"') {
      ++at;
      while (true) {
        const size_t quote = text.find('"', at);
        if (quote == std::string_view::npos) {
          return std::nullopt;
        }
        field += text.substr(at, quote - at);
        at = quote + 1;
        if (at >= text.size() || text[at] != '"') {
          break;
        }
        field += '"';
        ++at;
      }
      if (at < text.size() && text[at] != ',') {
        return std::nullopt;
      }
    } else {
      const size_t end = std::min(text.find(',', at), text.size());
      field = text.substr(at, end - at);
      if (field.find_first_of("\"\r\n") != std::string::npos) {
        return std::nullopt;
      }
      at = end;
    }
    fields.push_back(std::move(field));
    if (at >= text.size()) {
      return fields;
    }
    ++at;
  }
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

std::optional<Pair> find_pair(std::string_view field) {
  const auto parts = cut(field, "=");
  if (!parts) {
    return std::nullopt;
  }
  return Pair(parts->first, parts->second);
}

bool reads_as_pair(std::string_view field) {
  const auto pair = find_pair(field);
  return pair && !pair->first.empty() && std::ranges::all_of(pair->first, is_name_character);
}

}  // namespace

Result<std::vector<Pair>> parse_variables(const std::vector<std::string>& texts) {
  std::vector<Pair> pairs;
  for (const std::string& text : texts) {
    const auto fields = parse_csv_record(text);
    if (fields && std::ranges::all_of(*fields, reads_as_pair)) {
      for (const std::string& field : *fields) {
        pairs.push_back(*find_pair(field));
      }
      continue;
    }
    std::optional<Pair> pair = find_pair(text);
    if (!pair) {
      return invalid("variables must be format as key=value, got: " + go_quote(text));
    }
    pairs.push_back(*std::move(pair));
  }
  return pairs;
}

}  // namespace rhumb::project
