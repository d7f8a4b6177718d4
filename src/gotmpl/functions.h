#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gotmpl/colors.h"
#include "gotmpl/value.h"

/// The functions that commands add to the language: each command picks those it documents, so that
/// any other name is a parse error.
namespace rhumb::gotmpl {

struct FunctionChoice {
  std::vector<std::string_view> names;
  bool colors_enabled = false;
};

/// The chosen ones of: json json_merge add sub upper lower join repeat indent_ln base64url cyan
/// green red yellow redBgWhiteFg underline gray colorize maxWidth.
///
/// Every name must be one of these. Functions that need more than their arguments (`sql`,
/// `default`, `mermaid`) are the command's own; it adds them to the map. Source: spec templates.md
/// 1 and 3.
[[nodiscard]] FunctionMap pick_functions(const FunctionChoice& choice);

/// JSON texts of objects merged at top level, later ones win; keys are sorted, at every level.
/// No text at all, or only `null`, gives `null`. Errors: kInvalid `json_merge: ...`.
[[nodiscard]] Result<std::string> merge_json_texts(std::span<const std::string> texts);

/// The words of a text in lines: a word goes to the next line when the words of this one, blanks
/// not counted, would be longer than `width_bytes`. There is always one line; the first is empty
/// when the first word alone is too long.
[[nodiscard]] std::vector<std::string> wrap_words(std::string_view text, int64_t width_bytes);

}  // namespace rhumb::gotmpl
