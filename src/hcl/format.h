#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hcl/value.h"

namespace rhumb::hcl {

/// HCL text in canonical layout: blanks between tokens, indentation by two, aligned equal signs and
/// comments.
///
/// Shape: only blanks change; blank lines, comments, heredocs and strings stay. Text that does not
/// parse is laid out as far as its tokens go. Formatting twice gives the same text.
/// Source: scenarios schema-clean-fmt.
[[nodiscard]] std::string format_source(std::string_view text);

/// A quoted string literal: `"` `\` and line ends escaped, `${` and `%{` doubled.
[[nodiscard]] std::string format_string_literal(std::string_view text);

/// A value as an expression on one line: `"a"`, `1.5`, `[1, 2]`, `{ a = 1 }`, `sql("x")`.
/// Errors: kInvalid for unknown values, infinities and capsules of others.
[[nodiscard]] Result<std::string> format_value(const Value& value);

struct OutputItem;

/// What a block or a file is to hold, in order.
struct OutputBody {
  std::vector<OutputItem> items;

  /// `name = text`; `text` is an expression as it is to stand.
  void attribute(std::string name, std::string text);
  /// The body of a new block, valid until the next item is added here; labels are quoted.
  OutputBody& block(std::string type, std::vector<std::string> labels = {});
};

struct OutputItem {
  bool is_block = false;
  std::string name;  ///< of the attribute, or the type of the block
  std::string text;  ///< of the attribute
  std::vector<std::string> labels;
  OutputBody body;
};

/// The body as HCL text: equal signs of neighbouring attributes aligned unless a value spans lines.
[[nodiscard]] std::string format_body(const OutputBody& body);

/// Whether `name` can stand without quotes as an attribute, a block type or an object key.
[[nodiscard]] bool is_identifier(std::string_view name);

}  // namespace rhumb::hcl
