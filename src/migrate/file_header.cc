#include "migrate/file_header.h"

#include "sql/directives.h"

namespace rhumb::migrate {
namespace {

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

Directive to_owned(const sql::Directive& directive) {
  return {std::string(directive.name), std::string(directive.argument)};
}

}  // namespace

FileHeader read_header(std::string_view text, Format format) {
  FileHeader header;
  const auto first = sql::content_directive(text);
  header.is_sum_ignored = first && first->name == "sum" && first->argument == "ignore";
  if (format != Format::kAtlas && format != Format::kLiquibase) {
    return header;
  }
  for (const sql::Directive& directive : sql::file_directives(sql::skip_byte_order_mark(text))) {
    header.directives.push_back(to_owned(directive));
  }
  return header;
}

bool covers_header(std::string_view first_part) {
  std::string_view rest = sql::skip_byte_order_mark(first_part);
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

}  // namespace rhumb::migrate
