#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/source.h"

namespace rhumb::graphql {

/// Lexical tokens of a document; the query language and the schema language share them.
enum class TokenKind {
  kEnd,
  kPunctuator,  ///< one of ! $ & ( ) ... : = @ [ ] { | }
  kName,
  kInt,
  kFloat,
  kString,
  kBlockString,
};

/// Shape: `text` is the punctuator, the name, the number as written, or the string's value after
/// escapes (and, for block strings, after the removal of common indentation).
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  SourcePosition position;
};

/// A document of more tokens than this is refused.
inline constexpr size_t kTokensMax = 200'000;

/// Splits a document into tokens; the last one is kEnd.
///
/// Shape: white space, line ends, commas, a byte order mark and comments separate tokens and are
/// dropped. Positions are bytes of `source`.
/// Errors: kInvalid (a character that starts no token, a malformed number or escape, text that is
/// not UTF-8), kUnterminated (a string left open), kLimit (more than kTokensMax tokens); each has a
/// span.
/// Source: GraphQL specification, October 2021, section 2.1.
Result<std::vector<Token>> tokenize(std::string_view source);

}  // namespace rhumb::graphql
