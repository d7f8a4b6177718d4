#include "codec/csv.h"

#include <algorithm>

namespace rhumb::codec {
namespace {

// `at` counts from 0, the column in the message from 1.
Error csv_error(size_t at, std::string_view problem) {
  return invalid("parse error on line 1, column " + std::to_string(at + 1) + ": " +
                 std::string(problem));
}

constexpr std::string_view kStrayQuote = "extraneous or missing \" in quoted-field";

// The field that begins with the quote at `at`, which moves to the comma behind it or the end.
Result<std::string> read_quoted_field(std::string_view text, size_t& at) {
  std::string field;
  for (++at;; ++at) {
    if (at >= text.size()) {
      return csv_error(text.size(), kStrayQuote);
    }
    if (text[at] != '"') {
      field += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      field += text[at++];
    } else {
      break;
    }
  }
  ++at;
  if (at < text.size() && text[at] != ',') {
    return csv_error(at, kStrayQuote);
  }
  return field;
}

Result<std::string> read_bare_field(std::string_view text, size_t& at) {
  const size_t end = std::min(text.find(',', at), text.size());
  const std::string_view field = text.substr(at, end - at);
  if (const size_t quote = field.find('"'); quote != std::string_view::npos) {
    return csv_error(at + quote, "bare \" in non-quoted-field");
  }
  if (const size_t line_end = field.find_first_of("\r\n"); line_end != std::string_view::npos) {
    return csv_error(at + line_end, "a record ends with its line");
  }
  at = end;
  return std::string(field);
}

}  // namespace

Result<std::vector<std::string>> parse_csv_record(std::string_view text) {
  std::vector<std::string> fields;
  if (text.empty()) {
    return fields;
  }
  size_t at = 0;
  while (true) {
    const bool quoted = at < text.size() && text[at] == '"';
    fields.push_back(TRY(quoted ? read_quoted_field(text, at) : read_bare_field(text, at)));
    if (at >= text.size()) {
      return fields;
    }
    ++at;  // the comma
  }
}

}  // namespace rhumb::codec
