#pragma once

#include <string>
#include <string_view>

#include "base/diagnostics.h"
#include "base/error.h"
#include "base/source.h"

namespace rhumb::hcl {

/// A problem at a place; its message is `Summary; Detail`.
[[nodiscard]] Error diagnostic(std::string_view summary,
                               std::string_view detail,
                               const SourceSpan& span);

/// `file.hcl:3,5-10`, or `file.hcl:3,5-4,1` over several lines; columns count characters a person
/// sees (grapheme clusters) from 1, the last one is past the end.
[[nodiscard]] std::string format_span(const SourceSpan& span);

/// `file.hcl:3,5-10: Summary; Detail`, without the position when there is none.
[[nodiscard]] std::string format_diagnostic(const Error& error);

/// The first problem as format_diagnostic has it, with `, and <n> other diagnostic(s)` if there are
/// more. `diagnostics` must not be empty.
/// Source: spec project-file.md 2 step 1.
[[nodiscard]] std::string format_diagnostics(const Diagnostics& diagnostics);

/// One error whose message is `format_diagnostics`, ready to be printed; code, span, cause and hint
/// are those of the first problem.
[[nodiscard]] Error to_error(const Diagnostics& diagnostics);

}  // namespace rhumb::hcl
