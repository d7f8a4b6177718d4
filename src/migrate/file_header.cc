#include "migrate/file_header.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kMarker = "atlas:";

bool is_word_byte(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= 'a' && byte <= 'z') || byte == '_';
}

bool is_printable_ascii(char byte) { return byte >= 0x20 && byte <= 0x7E; }

/// Takes one line off `rest`; `*is_ended` tells whether a newline ended it.
std::string_view take_line(std::string_view& rest, bool* is_ended) {
  const size_t end = rest.find('\n');
  *is_ended = end != std::string_view::npos;
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(*is_ended ? end + 1 : rest.size());
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

bool is_comment_line(std::string_view line) {
  return line.starts_with('#') || line.starts_with("--");
}

bool is_blank_line(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

/// The comment lines at the top when an empty line or the end of the file follows them, else none.
std::vector<std::string_view> top_block(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    bool is_ended = false;
    const std::string_view line = take_line(text, &is_ended);
    if (!is_comment_line(line)) {
      return is_blank_line(line) ? lines : std::vector<std::string_view>();
    }
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

std::string_view without_byte_order_mark(std::string_view text) {
  return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

std::optional<Directive> parse_directive_line(std::string_view line) {
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  const auto* const foreign = std::find_if_not(line.begin(), line.end(), is_printable_ascii);
  const auto ascii_size = static_cast<size_t>(foreign - line.begin());
  // The greedy prefix makes the last marker that a word follows count.
  for (size_t at = line.rfind(kMarker, ascii_size); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : line.rfind(kMarker, at - 1)) {
    const std::string_view rest = line.substr(at + kMarker.size());
    const auto* const word_end = std::find_if_not(rest.begin(), rest.end(), is_word_byte);
    const auto word_size = static_cast<size_t>(word_end - rest.begin());
    const std::string_view after = rest.substr(word_size);
    if (word_size == 0) {
      continue;
    }
    const size_t argument = after.find_first_not_of(' ');
    const bool has_argument = argument != std::string_view::npos && argument > 0;
    return Directive{std::string(rest.substr(0, word_size)),
                     std::string(has_argument ? after.substr(argument) : "")};
  }
  return std::nullopt;
}

FileHeader read_header(std::string_view text, Format format) {
  text = without_byte_order_mark(text);
  FileHeader header;
  const auto first = parse_directive_line(text.substr(0, text.find('\n')));
  header.is_sum_ignored = first && *first == Directive{"sum", "ignore"};
  if (format != Format::kAtlas && format != Format::kLiquibase) {
    return header;
  }
  for (const std::string_view line : top_block(text)) {
    if (auto directive = parse_directive_line(line)) {
      header.directives.push_back(std::move(*directive));
    }
  }
  return header;
}

bool covers_header(std::string_view first_part) {
  std::string_view rest = without_byte_order_mark(first_part);
  while (!rest.empty()) {
    bool is_ended = false;
    const std::string_view line = take_line(rest, &is_ended);
    if (is_ended && !is_comment_line(line)) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> find_arguments(const std::vector<Directive>& directives,
                                        std::string_view name) {
  std::vector<std::string> arguments;
  for (const Directive& directive : directives) {
    if (directive.name == name) {
      arguments.push_back(directive.argument);
    }
  }
  return arguments;
}

std::string add_directive(std::string_view content, const Directive& directive) {
  const std::string_view body = without_byte_order_mark(content);
  const std::string_view mark = content.substr(0, content.size() - body.size());
  return fmt::format("{}-- atlas:{}{}{}\n{}{}", mark, directive.name,
                     directive.argument.empty() ? "" : " ", directive.argument,
                     top_block(body).empty() ? "\n" : "", body);
}

}  // namespace rhumb::migrate
