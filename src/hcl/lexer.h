#pragma once

#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/source.h"

namespace rhumb::hcl {

enum class TokenKind {
  kEof,
  kIdent,
  kNumber,
  kNewline,
  kComment,  ///< `#` and `//` without their line end, or a whole `/* */`
  kOpenBrace,
  kCloseBrace,
  kOpenBracket,
  kCloseBracket,
  kOpenParen,
  kCloseParen,
  kOpenQuote,
  kCloseQuote,
  kOpenHeredoc,            ///< `<<EOS` with its line end
  kCloseHeredoc,           ///< the closing marker with the blanks before it
  kQuotedText,             ///< text inside quotes, escapes not yet decoded
  kHeredocText,            ///< text inside a heredoc, at most to the end of a line
  kQuotedNewline,          ///< a line end inside quotes, which is an error
  kTemplateInterpolation,  ///< `${` or `${~`
  kTemplateControl,        ///< `%{` or `%{~`
  kTemplateEnd,            ///< `}` or `~}` that ends one of the two
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kEqual,
  kEqualEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAnd,
  kOr,
  kBang,
  kQuestion,
  kColon,
  kDoubleColon,
  kComma,
  kDot,
  kEllipsis,
  kFatArrow,
  kBitwise,  ///< `&`, `|`, `^`, `~`: not operators of the language
  kApostrophe,
  kBacktick,
  kSemicolon,
  kBadUtf8,
  kInvalid,
};

/// A piece of source text. `text` refers to the input of `lex`.
struct Token {
  TokenKind kind = TokenKind::kEof;
  std::string_view text;
  SourcePosition begin;  ///< columns count grapheme clusters
  SourcePosition end;
};

/// The tokens of a file, ending with kEof.
///
/// Shape: in source order without overlap; what lies between two tokens is blanks only (space, tab,
/// a lone CR, a byte order mark at the start). Never fails: what is no token of the language has a
/// kind of its own, which `report_bad_tokens` explains.
/// Lifetime: tokens refer to `text`.
/// Source: HCL native syntax specification, "Lexical Elements".
[[nodiscard]] std::vector<Token> lex(std::string_view text);

/// Reports the tokens that are not part of the language, a few of each kind.
void report_bad_tokens(std::string_view file_name,
                       const std::vector<Token>& tokens,
                       Diagnostics& diagnostics);

}  // namespace rhumb::hcl
