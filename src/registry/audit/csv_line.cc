#include "registry/audit/csv_line.h"

#include "base/text.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kComputed = "=+-@\t\r'";
constexpr std::string_view kQuoted = "\",\r\n";

bool is_marked(std::string_view text) {
  return !text.empty() && kComputed.find(text.front()) != std::string_view::npos;
}

void append_cell(std::string& out, const std::string& text) {
  const std::string shown = is_marked(text) ? "'" + text : text;
  if (!shown.empty() && shown.find_first_of(kQuoted) == std::string::npos) {
    out += shown;
  } else {
    out += '"' + replace_all(shown, "\"", "\"\"") + '"';
  }
}

CsvCell to_cell(std::string text) {
  if (text.starts_with('\'')) {
    text.erase(0, 1);
  }
  return text;
}

/// The rest of a quoted cell, `at` behind its first quote; leaves `at` behind its last one.
Result<std::string> take_quoted(std::string_view line, size_t& at) {
  std::string text;
  while (true) {
    const size_t end = line.find('"', at);
    if (end == std::string_view::npos) {
      return invalid("a quote is left open");
    }
    text += line.substr(at, end - at);
    at = end + 1;
    if (at >= line.size() || line[at] != '"') {
      return text;
    }
    text += line[at++];
  }
}

}  // namespace

std::string format_csv_line(const std::vector<CsvCell>& cells) {
  std::string out;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) {
      out += ',';
    }
    const CsvCell& cell = cells[i];
    if (cell) {
      append_cell(out, *cell);
    }
  }
  return out + "\n";
}

Result<std::vector<CsvCell>> parse_csv_line(std::string_view line) {
  std::vector<CsvCell> cells;
  for (size_t at = 0;; ++at) {
    if (at < line.size() && line[at] == '"') {
      ++at;
      cells.push_back(to_cell(TRY(take_quoted(line, at))));
      if (at < line.size() && line[at] != ',') {
        return invalid("a quote stands in the middle of a cell");
      }
    } else {
      const size_t end = std::min(line.find(',', at), line.size());
      const std::string_view text = line.substr(at, end - at);
      if (text.find('"') != std::string_view::npos) {
        return invalid("a quote stands in the middle of a cell");
      }
      cells.push_back(text.empty() ? CsvCell() : to_cell(std::string(text)));
      at = end;
    }
    if (at >= line.size()) {
      return cells;
    }
  }
}

}  // namespace rhumb::registry
