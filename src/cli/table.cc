#include "cli/table.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"

namespace rhumb::cli {
namespace {

constexpr size_t kGap = 2;

std::string pad(const std::string& text, size_t width) {
  return text + std::string(width - std::min(width, count_runes(text)), ' ');
}

std::string format_row(const Row& row, const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < row.size(); ++i) {
    line += i + 1 == row.size() ? row[i] : pad(row[i], widths[i] + kGap);
  }
  return std::string(trim_right(line)) + "\n";
}

}  // namespace

std::string format_table(const Row& header, const std::vector<Row>& rows) {
  std::vector<size_t> widths(header.size(), 0);
  const auto widen = [&](const Row& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], count_runes(row[i]));
    }
  };
  widen(header);
  std::ranges::for_each(rows, widen);
  std::string text = format_row(header, widths);
  for (const Row& row : rows) {
    text += format_row(row, widths);
  }
  return text;
}

std::string format_facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  size_t width = 0;
  for (const auto& [label, value] : facts) {
    width = std::max(width, count_runes(label));
  }
  std::string text;
  for (const auto& [label, value] : facts) {
    text += pad(label, width + kGap) + (value.empty() ? "-" : value) + "\n";
  }
  return text;
}

}  // namespace rhumb::cli
