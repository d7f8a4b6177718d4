#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/hidden_values.h"

namespace rhumb::report {

/// Whether a comment is a directive and nothing else, so that it stays; one that is none any more
/// once its URLs are redacted counts as any other comment. So does one with hidden values in it.
[[nodiscard]] bool is_directive_comment(std::string_view comment);

/// The comment with the URLs in it redacted; the mark that closes it is no part of them.
[[nodiscard]] std::string redact_comment(std::string_view comment);

/// The body of a comment, to be replaced by level S; nothing for empty comments and those that were
/// masked before.
[[nodiscard]] std::vector<TextSpan> find_comment_body(std::string_view comment);

/// Quoted text in a comment that is one of `hidden`, with its quotes.
[[nodiscard]] std::vector<TextSpan> find_hidden_quotes(std::string_view comment,
                                                       const HiddenValues& hidden);

}  // namespace rhumb::report
