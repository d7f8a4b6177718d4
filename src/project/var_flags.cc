#include <algorithm>
#include <optional>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/csv.h"
#include "project/project.h"

namespace rhumb::project {
namespace {

using Pair = std::pair<std::string, std::string>;

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

/// The variables of a CSV record in which every field sets one; none when the text is no such
/// record.
std::vector<Pair> read_record(std::string_view text) {
  std::vector<Pair> pairs;
  const auto fields = codec::parse_csv_record(text).value_or(std::vector<std::string>());
  for (const std::string& field : fields) {
    std::optional<Pair> pair = find_pair(field);
    if (!pair || pair->first.empty() || !std::ranges::all_of(pair->first, is_name_character)) {
      return {};
    }
    pairs.push_back(*std::move(pair));
  }
  return pairs;
}

}  // namespace

Result<std::vector<Pair>> parse_variables(const std::vector<std::string>& texts) {
  std::vector<Pair> pairs;
  for (const std::string& text : texts) {
    const std::vector<Pair> several = read_record(text);
    if (!several.empty()) {
      pairs.insert(pairs.end(), several.begin(), several.end());
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
