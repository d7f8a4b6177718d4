#include "migrate/case_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "base/utf8.h"
#include "codec/hex.h"

namespace rhumb::migrate {
namespace {

using Cells = std::vector<std::string>;

bool is_text(std::string_view bytes) {
  const auto is_control = [](char c) { return c >= 0 && c < ' ' && c != '\n' && c != '\t'; };
  return is_valid_utf8(bytes) && std::ranges::none_of(bytes, is_control);
}

std::string cell_text(const driver::Value& value, std::string_view type) {
  if (driver::is_null(value)) {
    return "NULL";
  }
  if (type == "boolean" && std::holds_alternative<std::string>(value)) {
    return driver::is_true(value) ? "true" : "false";
  }
  const std::string text = driver::to_text(value);
  const bool is_bytes = std::holds_alternative<driver::Blob>(value) && !is_text(text);
  return is_bytes ? "\\x" + codec::hex_encode(codec::as_bytes(text)) : text;
}

std::vector<Cells> read_cells(const driver::Rows& rows) {
  std::vector<Cells> all;
  all.reserve(rows.rows.size());
  for (const std::vector<driver::Value>& row : rows.rows) {
    Cells& cells = all.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      cells.push_back(cell_text(row[i], i < rows.types.size() ? rows.types[i] : ""));
    }
  }
  return all;
}

std::string table_line(const Cells& cells, const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    line += i == 0 ? " " : " | ";
    line += cells[i] + std::string(widths[i] - count_runes(cells[i]), ' ');
  }
  return std::string(trim_right(line));
}

std::string table_rule(const std::vector<size_t>& widths) {
  Cells dashes;
  dashes.reserve(widths.size());
  for (const size_t width : widths) {
    dashes.emplace_back(width + 2, '-');
  }
  return join(dashes, "+");
}

std::string format_table(const Cells& header, const std::vector<Cells>& rows) {
  std::vector<size_t> widths(header.size(), 0);
  const auto widen = [&](const Cells& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], count_runes(cells[i]));
    }
  };
  widen(header);
  std::ranges::for_each(rows, widen);
  Cells lines = {table_line(header, widths), table_rule(widths)};
  for (const Cells& cells : rows) {
    lines.push_back(table_line(cells, widths));
  }
  return join(lines, "\n");
}

/// A line of a table without what the width of its columns does to it.
std::string bare_table_line(std::string_view line, bool is_rule) {
  Cells cells;
  for (const std::string_view cell : split(line, is_rule ? '+' : '|')) {
    const std::string_view text = trim(cell);
    const bool is_dashes = text.find_first_not_of('-') == std::string_view::npos;
    cells.emplace_back(is_rule && is_dashes ? "-" : text);
  }
  return join(cells, "|");
}

/// The lines that count when outputs are compared.
Cells bare_lines(std::string_view output, OutputFormat format) {
  Cells lines;
  for (const std::string_view line : split(output, '\n')) {
    const bool is_rule = lines.size() == 1;
    if (!lines.empty() || !trim(line).empty()) {
      lines.push_back(format == OutputFormat::kTable ? bare_table_line(line, is_rule)
                                                     : std::string(trim_right(line)));
    }
  }
  while (!lines.empty() && lines.back().empty()) {
    lines.pop_back();
  }
  return lines;
}

std::string quote_lines(std::string_view title, std::string_view text) {
  std::string quoted = fmt::format("\n{}:", title);
  const std::string_view shown = trim_right(text);
  for (const std::string_view line : split(shown.empty() ? "(nothing)" : shown, '\n')) {
    quoted += fmt::format("\n  {}", line);
  }
  return quoted;
}

}  // namespace

std::string format_output(const driver::Rows& rows, OutputFormat format) {
  const std::vector<Cells> cells = read_cells(rows);
  if (format == OutputFormat::kTable) {
    return rows.columns.empty() ? "" : format_table(rows.columns, cells);
  }
  Cells lines;
  lines.reserve(cells.size());
  for (const Cells& row : cells) {
    lines.push_back(join(row, ", "));
  }
  return join(lines, "\n");
}

std::optional<std::string> find_mismatch(std::string_view output,
                                         OutputFormat format,
                                         const Expectation& expected) {
  const std::optional<std::string>& wanted = expected.output;
  if (wanted && bare_lines(output, format) != bare_lines(*wanted, format)) {
    return "the output is not the expected one" + quote_lines("got", output) +
           quote_lines("want", *wanted);
  }
  if (expected.match && !expected.match->is_found_in(trim_right(output))) {
    return fmt::format("the output does not match {}{}", go_quote(expected.match->text()),
                       quote_lines("got", output));
  }
  return std::nullopt;
}

}  // namespace rhumb::migrate
