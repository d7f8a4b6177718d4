#include "sql/directives.h"

#include "base/error.h"

namespace rhumb::sql {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kMark = "atlas:";

bool is_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

/// How many bytes of `line` may stand before `atlas:`: printable ASCII only.
size_t prefix_size_max(std::string_view line) {
  size_t size = 0;
  while (size < line.size() && line[size] >= ' ' && line[size] <= '~') {
    ++size;
  }
  return size;
}

/// What follows the blanks behind a name. Of two or more blanks alone the last is the argument.
std::string_view argument_in(std::string_view rest) {
  const size_t begin = rest.find_first_not_of(' ');
  if (begin == std::string_view::npos) {
    return rest.size() >= 2 ? rest.substr(rest.size() - 1) : std::string_view();
  }
  return begin == 0 ? std::string_view() : rest.substr(begin);
}

std::vector<std::string_view> arguments_of(const std::vector<Directive>& directives,
                                           std::string_view name) {
  std::vector<std::string_view> arguments;
  for (const Directive& directive : directives) {
    if (directive.name == name) {
      arguments.push_back(directive.argument);
    }
  }
  return arguments;
}

/// The lines of the top block, each without its line end; empty when there is none.
std::vector<std::string_view> top_block(std::string_view file) {
  std::vector<std::string_view> lines;
  while (file.starts_with('#') || file.starts_with("--")) {
    const std::string_view line = first_line(file);
    lines.push_back(without_carriage_return(line));
    if (line.size() == file.size()) {
      return lines;
    }
    file.remove_prefix(line.size() + 1);
  }
  const std::string_view blank = without_carriage_return(first_line(file));
  if (blank.find_first_not_of(" \t") != std::string_view::npos) {
    lines.clear();
  }
  return lines;
}

std::optional<Directive> comment_directive(std::string_view comment) {
  if (comment.starts_with("/*")) {
    if (!comment.starts_with("/*atlas:") || !comment.ends_with("*/") ||
        comment.find('\n') != std::string_view::npos) {
      return std::nullopt;
    }
    comment.remove_suffix(2);
    std::optional<Directive> directive = parse_directive(comment);
    if (directive && directive->prefix != "/*") {
      return std::nullopt;
    }
    return directive;
  }
  std::optional<Directive> directive = parse_directive(comment);
  if (directive && directive->prefix != "#" && directive->prefix != "--" &&
      directive->prefix != "-- ") {
    return std::nullopt;
  }
  return directive;
}

}  // namespace

std::optional<Directive> parse_directive(std::string_view text) {
  const std::string_view line = without_carriage_return(first_line(text));
  size_t from = prefix_size_max(line);
  // The last mark that a name follows counts.
  for (;;) {
    const size_t mark = line.rfind(kMark, from);
    if (mark == std::string_view::npos) {
      return std::nullopt;
    }
    const size_t name = mark + kMark.size();
    size_t end = name;
    while (end < line.size() && is_name(line[end])) {
      ++end;
    }
    if (end > name) {
      return Directive{.prefix = line.substr(0, mark),
                       .name = line.substr(name, end - name),
                       .argument = argument_in(line.substr(end))};
    }
    if (mark == 0) {
      return std::nullopt;
    }
    from = mark - 1;
  }
}

std::string_view skip_byte_order_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  return text;
}

std::optional<Directive> content_directive(std::string_view file) {
  const std::optional<Directive> directive = parse_directive(skip_byte_order_mark(file));
  if (!directive) {
    return std::nullopt;
  }
  const bool known =
      directive->name == "sum" || (directive->name == "delimiter" && directive->prefix == "-- ");
  return known ? directive : std::nullopt;
}

std::vector<Directive> file_directives(std::string_view file) {
  std::vector<Directive> directives;
  for (const std::string_view line : top_block(skip_byte_order_mark(file))) {
    if (const std::optional<Directive> directive = parse_directive(line)) {
      directives.push_back(*directive);
    }
  }
  return directives;
}

std::vector<std::string_view> file_directive_arguments(std::string_view file,
                                                       std::string_view name) {
  return arguments_of(file_directives(file), name);
}

std::vector<Directive> statement_directives(const Statement& statement) {
  std::vector<Directive> directives;
  for (const std::string_view comment : statement.comments) {
    if (const std::optional<Directive> directive = comment_directive(comment)) {
      directives.push_back(*directive);
    }
  }
  return directives;
}

std::vector<std::string_view> statement_directive_arguments(const Statement& statement,
                                                            std::string_view name) {
  return arguments_of(statement_directives(statement), name);
}

Result<std::string> parse_delimiter(std::string_view text) {
  std::string delimiter;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    const char meant = next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t' : '\0';
    delimiter += meant != '\0' ? meant : text[i];
    i += meant != '\0' ? 1 : 0;
  }
  if (delimiter.empty()) {
    return invalid("empty delimiter");
  }
  return delimiter;
}

std::string add_directive(std::string_view file, std::string_view name, std::string_view argument) {
  const std::string_view body = skip_byte_order_mark(file);
  std::string out(file.substr(0, file.size() - body.size()));
  out += "-- atlas:";
  out += name;
  if (!argument.empty()) {
    out += ' ';
    out += argument;
  }
  out += top_block(body).empty() ? "\n\n" : "\n";
  out += body;
  return out;
}

}  // namespace rhumb::sql
