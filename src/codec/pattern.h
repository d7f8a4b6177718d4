#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace rhumb::codec {

/// A regular expression in the syntax of Go, to be looked for in texts.
///
/// Cheap to copy; several threads may use one.
class Pattern {
 public:
  /// Errors: "error parsing regexp: missing closing ]: `[a`".
  [[nodiscard]] static Result<Pattern> create(std::string_view text);

  [[nodiscard]] const std::string& text() const;
  /// Whether any part of `text` matches.
  [[nodiscard]] bool is_found_in(std::string_view text) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> regex) : regex_(std::move(regex)) {}

  std::shared_ptr<const re2::RE2> regex_;  // shared: immutable, and expensive to build
};

/// Why RE2 refused an expression, in the words of Go: `missing closing ]`.
[[nodiscard]] std::string_view pattern_problem(const re2::RE2& regex);
/// The same as the error that Go has for it. Source: Go 1.22, regexp/syntax.Error.
[[nodiscard]] Error pattern_error(const re2::RE2& regex);

}  // namespace rhumb::codec
