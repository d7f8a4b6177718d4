#include "hcl/diagnostic.h"

#include <fmt/format.h>

#include <optional>

#include "base/check.h"

namespace rhumb::hcl {

Error diagnostic(std::string_view summary, std::string_view detail, const SourceSpan& span) {
  return invalid(fmt::format("{}; {}", summary, detail)).at(span);
}

std::string format_span(const SourceSpan& span) {
  if (span.begin.line == span.end.line) {
    return fmt::format("{}:{},{}-{}", span.file, span.begin.line, span.begin.column,
                       span.end.column);
  }
  return fmt::format("{}:{},{}-{},{}", span.file, span.begin.line, span.begin.column, span.end.line,
                     span.end.column);
}

std::string format_diagnostic(const Error& error) {
  const std::optional<SourceSpan>& span = error.span();
  return span ? format_span(*span) + ": " + error.message() : error.message();
}

std::string format_diagnostics(const Diagnostics& diagnostics) {
  RHUMB_CHECK(!diagnostics.empty(), "there is a problem to format");
  std::string text = format_diagnostic(diagnostics.errors().front());
  if (const size_t others = diagnostics.errors().size() - 1; others > 0) {
    text += fmt::format(", and {} other diagnostic(s)", others);
  }
  return text;
}

Error to_error(const Diagnostics& diagnostics) {
  std::string text = format_diagnostics(diagnostics);
  const Error& first = diagnostics.errors().front();
  Error error(first.code(), std::move(text));
  if (const std::optional<SourceSpan>& span = first.span()) {
    error = error.at(*span);
  }
  if (const std::optional<Cause>& cause = first.cause()) {
    error = error.caused_by(*cause);
  }
  return first.hint().empty() ? error : error.hinted(first.hint());
}

}  // namespace rhumb::hcl
