#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rhumb::gotmpl {

enum class TokenKind {
  kError,  ///< `text` is the message
  kEof,
  kText,
  kLeftDelim,
  kRightDelim,
  kSpace,
  kAssign,   ///< `=`
  kDeclare,  ///< `:=`
  kPipe,
  kLeftParen,
  kRightParen,
  kChar,  ///< any other ASCII character, such as `,`
  kBool,
  kCharConstant,
  kComplex,
  kNumber,
  kString,
  kRawString,
  kField,     ///< with its point: `.Name`
  kVariable,  ///< with its dollar sign
  kIdentifier,
  // Keywords, printed as `<if>` in error texts.
  kDot,
  kNil,
  kBlock,
  kBreak,
  kContinue,
  kDefine,
  kElse,
  kEnd,
  kIf,
  kRange,
  kTemplate,
  kWith,
};

struct Token {
  TokenKind kind = TokenKind::kEof;
  size_t offset = 0;  ///< of its first byte in the template
  size_t line = 0;    ///< counted from 1; 0 before anything was read
  std::string text;
};

/// The token as error texts show it: `"x"`, `<if>`, `EOF`, the first ten characters and `...`.
[[nodiscard]] std::string format_token(const Token& token);

}  // namespace rhumb::gotmpl
