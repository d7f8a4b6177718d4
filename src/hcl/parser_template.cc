#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/utf8.h"
#include "hcl/evaluate.h"
#include "hcl/parser_internal.h"

namespace rhumb::hcl {

namespace {

bool is_space(char32_t rune) {
  if (rune < 0x80) {
    return rune == ' ' || (rune >= '\t' && rune <= '\r');
  }
  if (rune == 0x85) {
    return true;
  }
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(rune));
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

// Bytes of white space at the start, and how many characters they are.
struct LeadingSpace {
  size_t bytes = 0;
  size_t characters = 0;
};
LeadingSpace leading_space(std::string_view text, size_t character_max) {
  LeadingSpace space;
  while (space.bytes < text.size() && space.characters < character_max) {
    const DecodedRune rune = decode_rune(text.substr(space.bytes));
    if (!is_space(rune.rune)) {
      break;
    }
    space.bytes += rune.size;
    ++space.characters;
  }
  return space;
}

constexpr size_t kAll = std::numeric_limits<size_t>::max();

void trim_left_space(std::string& text) {
  text.erase(0, leading_space(text, kAll).bytes);
}

void trim_right_space(std::string& text) {
  size_t keep = 0;
  for (size_t at = 0; at < text.size();) {
    const DecodedRune rune = decode_rune(std::string_view(text).substr(at));
    at += rune.size;
    if (!is_space(rune.rune)) {
      keep = at;
    }
  }
  text.resize(keep);
}

// Takes from every line of an indented heredoc what all of them are indented by. Lines of blanks
// only do not count; a line that begins with a sequence is not indented.
void remove_indentation(std::vector<TemplatePart>& parts) {
  size_t least = kAll;
  std::vector<TemplatePart*> lines;
  bool line_start = true;
  for (TemplatePart& part : parts) {
    const bool is_text = part.kind == TemplatePart::Kind::kText;
    if (line_start && part.kind != TemplatePart::Kind::kEnd) {
      line_start = false;
      size_t indent = 0;
      if (is_text) {
        const LeadingSpace space = leading_space(part.text, kAll);
        const bool blank = space.bytes == part.text.size() && part.text.ends_with('\n');
        indent = blank ? kAll : space.characters;
        if (!blank) {
          lines.push_back(&part);
        }
      }
      least = std::min(least, indent);
    }
    if (is_text && part.text.ends_with('\n')) {
      line_start = true;
    }
  }
  for (TemplatePart* line : lines) {
    line->text.erase(0, leading_space(line->text, least).bytes);
  }
}

size_t count_hex_digits(std::string_view text) {
  const size_t end = text.find_first_not_of("0123456789abcdefABCDEF");
  return end == std::string_view::npos ? text.size() : end;
}

char32_t hex_value(std::string_view digits) {
  char32_t value = 0;
  for (const char c : digits) {
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    value = value * 16 + static_cast<char32_t>(lower >= 'a' ? lower - 'a' + 10 : lower - '0');
  }
  return value;
}

bool is_escaped_marker(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at);
  return rest.starts_with("$${") || rest.starts_with("%%{");
}

}  // namespace

std::string decode_marker_escapes(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (is_escaped_marker(text, at)) {
      out += text[at];
      out += '{';
      at += 3;
    } else {
      out += text[at++];
    }
  }
  return out;
}

std::optional<std::string> Parser::decode_quoted(const Token& token) {
  const std::string_view text = token.text;
  std::string out;
  const auto position = [&](size_t at) {
    SourcePosition place = token.begin;
    place.offset += at;
    place.column += count_runes(text.substr(0, at));
    return place;
  };
  bool ok = true;
  for (size_t at = 0; at < text.size();) {
    if (is_escaped_marker(text, at)) {
      out += text[at];
      out += '{';
      at += 3;
      continue;
    }
    if (text[at] != '\\') {
      out += text[at++];
      continue;
    }
    const char selector = at + 1 < text.size() ? text[at + 1] : '\0';
    constexpr std::string_view kSelectors = "nrt\"\\";
    constexpr std::string_view kMeanings = "\n\r\t\"\\";
    if (const size_t known = kSelectors.find(selector);
        selector != '\0' && known != std::string_view::npos) {
      out += kMeanings[known];
      at += 2;
      continue;
    }
    if (selector == 'u' || selector == 'U') {
      const size_t digits = selector == 'u' ? 4 : 8;
      const std::string_view hex = text.substr(at + 2, digits);
      const size_t given = count_hex_digits(hex);
      if (given < digits) {
        report("Invalid escape sequence",
               selector == 'u'
                   ? "The \\u escape sequence must be followed by four hexadecimal digits."
                   : "The \\U escape sequence must be followed by eight hexadecimal digits.",
               reader_.span(position(at), position(at + 2 + given)));
        recovery_ = true;
        return std::nullopt;
      }
      const char32_t rune = hex_value(hex);
      at += 2 + digits;
      if (rune >= 0x110000 || (rune >= 0xD800 && rune <= 0xDFFF)) {
        report("Invalid escape sequence",
               fmt::format("Cannot encode character U+{:x} in UTF-8.", static_cast<uint32_t>(rune)),
               reader_.span(position(at - 2 - digits), position(at)));
        ok = false;
        continue;
      }
      append_rune(out, rune);
      continue;
    }
    const size_t size = at + 1 < text.size() ? decode_rune(text.substr(at + 1)).size : 0;
    report("Invalid escape sequence",
           "The symbol \"" + std::string(text.substr(at + 1, size)) +
               "\" is not a valid escape sequence selector.",
           reader_.span(position(at), position(at + 1 + size)));
    recovery_ = true;
    return std::nullopt;
  }
  if (!ok) {
    recovery_ = true;
    return std::nullopt;
  }
  return out;
}

ExprPtr Parser::parse_quoted_or_heredoc() {
  const Token open = reader_.read();
  const bool heredoc = open.kind == TokenKind::kOpenHeredoc;
  const TokenKind end = heredoc ? TokenKind::kCloseHeredoc : TokenKind::kCloseQuote;
  if (!enter(open)) {
    return nullptr;
  }
  bool ok = true;
  auto parts = parse_template_parts(end, heredoc && open.text.starts_with("<<-"), ok);
  leave();
  const SourceSpan span = span_from(open.begin);
  if (ok && parts.size() == 2 && parts.front().kind == TemplatePart::Kind::kExpr) {
    return make(TemplateWrapExpr{parts.front().expr}, span);
  }
  size_t at = 0;
  BuiltParts built = build_parts(parts, at, nullptr);
  if (!ok || !built.ok) {
    recovery_ = true;
    return nullptr;
  }
  if (built.exprs.empty()) {
    const SourceSpan empty = reader_.span(span.end, span.end);
    built.exprs.push_back(make(LiteralExpr{Value::string("")}, empty));
  }
  return make(TemplateExpr{std::move(built.exprs)}, span);
}

// All pieces up to and including `end`, as a flat list that ends with a kEnd, even when a problem
// was found: what stands in the wrong place is reported all the same.
std::vector<TemplatePart> Parser::parse_template_parts(TokenKind end, bool flush, bool& ok) {
  std::vector<TemplatePart> parts;
  bool trim_next = false;
  TemplatePart last;
  last.kind = TemplatePart::Kind::kEnd;
  bool ended = false;
  while (!ended) {
    const Token token = reader_.peek();
    if (token.kind == end) {
      reader_.read();
      last.span = reader_.span(token);
      break;
    }
    switch (token.kind) {
      case TokenKind::kQuotedText:
      case TokenKind::kHeredocText:
        reader_.read();
        ok = add_text_part(parts, token, trim_next) && ok;
        trim_next = false;
        break;
      case TokenKind::kQuotedNewline:
        reader_.read();
        ok = false;
        break;
      case TokenKind::kTemplateInterpolation:
        ok = add_interpolation(parts, end, trim_next) && ok;
        break;
      case TokenKind::kTemplateControl:
        ok = add_control(parts, end, trim_next) && ok;
        break;
      default:
        fail("Unterminated template string", "No closing marker was found for the string.",
             reader_.span(token));
        last.span = reader_.span(token);
        if (token.kind != TokenKind::kEof) {
          recover_to(end);
        }
        ok = false;
        ended = true;
        break;
    }
  }
  parts.push_back(std::move(last));
  if (ok && flush) {
    remove_indentation(parts);
  }
  return parts;
}

bool Parser::add_text_part(std::vector<TemplatePart>& parts, const Token& token, bool trim_left) {
  TemplatePart part;
  part.span = reader_.span(token);
  if (token.kind == TokenKind::kHeredocText) {
    part.text = decode_marker_escapes(token.text);
  } else {
    auto text = decode_quoted(token);
    if (!text) {
      return false;
    }
    part.text = std::move(*text);
  }
  if (trim_left) {
    trim_left_space(part.text);
  }
  parts.push_back(std::move(part));
  return true;
}

namespace {

std::string_view directive_name(TemplatePart::Kind kind) {
  switch (kind) {
    case TemplatePart::Kind::kIf:
      return "if";
    case TemplatePart::Kind::kElse:
      return "else";
    case TemplatePart::Kind::kEndIf:
      return "endif";
    case TemplatePart::Kind::kFor:
      return "for";
    case TemplatePart::Kind::kEndFor:
      return "endfor";
    default:
      return "";
  }
}

bool is_opening(TemplatePart::Kind kind) {
  return kind == TemplatePart::Kind::kIf || kind == TemplatePart::Kind::kFor;
}

}  // namespace

namespace {

void trim_before(std::vector<TemplatePart>& parts, const Token& open) {
  if (open.text.size() == 3 && !parts.empty() && parts.back().kind == TemplatePart::Kind::kText) {
    trim_right_space(parts.back().text);
  }
}

}  // namespace

// The `}` of a sequence in a template that ends with `end`; an interpolation is no directive.
bool Parser::finish_sequence(const Token& open,
                             std::string_view directive,
                             TokenKind end,
                             bool& trim_next,
                             SourceSpan& span) {
  const Token close = reader_.peek();
  if (close.kind != TokenKind::kTemplateEnd) {
    const bool control = !directive.empty();
    if (close.kind == TokenKind::kEof) {
      fail(control ? "Unclosed template control sequence"
                   : "Unclosed template interpolation sequence",
           control ? "There is no closing brace for this control sequence before the end of the "
                     "file. This might be caused by incorrect nesting inside the given expression."
                   : "There is no closing brace for this interpolation sequence before the end of "
                     "the file. This might be caused by incorrect nesting inside the given "
                     "expression.",
           reader_.span(open));
    } else if (control) {
      fail("Extra characters in " + std::string(directive) + " marker",
           "Expected a closing brace to end the sequence, but found extra characters.",
           reader_.span(close));
    } else if (close.kind == TokenKind::kOpenQuote && end == TokenKind::kCloseQuote) {
      fail("Unclosed template interpolation sequence",
           "There is no closing brace for this interpolation sequence before the end of the quoted "
           "template. This might be caused by incorrect nesting inside the given expression.",
           reader_.span(open));
    } else {
      fail("Extra characters after interpolation expression",
           close.kind == TokenKind::kColon
               ? "Template interpolation doesn't expect a colon at this location. Did you intend "
                 "this to be a literal sequence to be processed as part of another language? If "
                 "so, you can escape it by starting with \"$${\" instead of just \"${\"."
               : "Expected a closing brace to end the interpolation expression, but found extra "
                 "characters.\n\nThis can happen when you include interpolation syntax for another "
                 "language, such as shell scripting, but forget to escape the interpolation start "
                 "token. If this is an embedded sequence for another language, escape it by "
                 "starting with \"$${\" instead of just \"${\".",
           reader_.span(close));
    }
    recover_to(TokenKind::kTemplateEnd);
    span = span_from(open.begin);
    return false;
  }
  reader_.read();
  trim_next = close.text.size() == 2;
  span = span_from(open.begin);
  return true;
}

bool Parser::add_interpolation(std::vector<TemplatePart>& parts, TokenKind end, bool& trim_next) {
  const NewlineScope newlines(reader_, false);
  const Token open = reader_.read();
  trim_before(parts, open);
  trim_next = false;
  TemplatePart part;
  part.kind = TemplatePart::Kind::kExpr;
  part.expr = parse_expr();
  if (part.expr == nullptr) {
    recover_to(TokenKind::kTemplateEnd);
    return false;
  }
  const bool ok = finish_sequence(open, "", end, trim_next, part.span);
  parts.push_back(std::move(part));
  return ok;
}

bool Parser::add_control(std::vector<TemplatePart>& parts, TokenKind end, bool& trim_next) {
  const NewlineScope newlines(reader_, false);
  const Token open = reader_.read();
  trim_before(parts, open);
  trim_next = false;
  TemplatePart part;
  if (!parse_control(part)) {
    recover_to(TokenKind::kTemplateEnd);
    return false;
  }
  if (is_opening(part.kind) && part.expr == nullptr) {
    recover_to(TokenKind::kTemplateEnd);
    part.span = span_from(open.begin);
    parts.push_back(std::move(part));  // what ends it is still expected
    return false;
  }
  const bool ok = finish_sequence(open, directive_name(part.kind), end, trim_next, part.span);
  parts.push_back(std::move(part));
  return ok;
}

// The keyword of a directive and what follows it; `part.expr` is null when that is faulty.
bool Parser::parse_control(TemplatePart& part) {
  const Token keyword = reader_.peek();
  if (keyword.kind != TokenKind::kIdent) {
    fail("Invalid template directive",
         "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ "
         "sequence.",
         reader_.span(keyword));
    return false;
  }
  reader_.read();
  if (keyword.text == "if") {
    part.kind = TemplatePart::Kind::kIf;
    part.expr = parse_expr();
    return true;
  }
  if (keyword.text == "for") {
    part.kind = TemplatePart::Kind::kFor;
    if (!parse_for_intro("directive", part.key_name, part.value_name)) {
      return false;
    }
    part.expr = parse_expr();
    return true;
  }
  if (keyword.text == "else") {
    part.kind = TemplatePart::Kind::kElse;
  } else if (keyword.text == "endif") {
    part.kind = TemplatePart::Kind::kEndIf;
  } else if (keyword.text == "endfor") {
    part.kind = TemplatePart::Kind::kEndFor;
  } else {
    std::string detail =
        "\"" + std::string(keyword.text) + "\" is not a valid template control keyword.";
    for (const std::string_view word : {"if", "for", "else", "endif", "endfor"}) {
      if (suggest_name(keyword.text, {std::string(word)})) {
        detail += " Did you mean \"" + std::string(word) + "\"?";
        break;
      }
    }
    fail("Invalid template control keyword", detail, reader_.span(keyword));
    return false;
  }
  return true;
}

// The pieces from `at` to what ends `directive` (or the whole template when it is null); `at` is
// left past what ends it. A directive in the wrong place ends the one it stands in.
Parser::BuiltParts Parser::build_parts(const std::vector<TemplatePart>& parts,
                                       size_t& at,
                                       const TemplatePart* directive) {
  BuiltParts built;
  while (true) {
    const TemplatePart& part = parts[at];
    if (part.kind == TemplatePart::Kind::kEnd) {
      if (directive != nullptr) {
        const std::string name(directive_name(directive->kind));
        report("Unexpected end of template",
               "The " + name + " directive at " + format_span(directive->span) +
                   " is missing its corresponding end" + name + " directive.",
               part.span);
        built.ok = false;
      }
      built.end = &part;
      return built;
    }
    ExprPtr expr;
    if (part.kind == TemplatePart::Kind::kText) {
      expr = make(LiteralExpr{Value::string(part.text)}, part.span);
      ++at;
    } else if (part.kind == TemplatePart::Kind::kExpr) {
      expr = part.expr;
      ++at;
    } else if (part.kind == TemplatePart::Kind::kIf) {
      expr = build_if(parts, at);
    } else if (part.kind == TemplatePart::Kind::kFor) {
      expr = build_for(parts, at);
    } else {
      ++at;
      if (directive != nullptr) {
        built.end = &part;
        return built;
      }
      report("Unexpected " + std::string(directive_name(part.kind)) + " directive",
             "The control directives within this template are unbalanced.", part.span);
    }
    built.ok = built.ok && expr != nullptr;
    built.exprs.push_back(std::move(expr));
  }
}

ExprPtr Parser::build_if(const std::vector<TemplatePart>& parts, size_t& at) {
  const TemplatePart& open = parts[at++];
  if (depth_ >= kNestingMax) {
    fail_too_deep(open.span);
    return nullptr;
  }
  ++depth_;
  BuiltParts when_true = build_parts(parts, at, &open);
  BuiltParts when_false;
  const bool has_else = when_true.end->kind == TemplatePart::Kind::kElse;
  if (has_else) {
    when_false = build_parts(parts, at, &open);
  }
  leave();
  const TemplatePart& end = has_else ? *when_false.end : *when_true.end;
  if (end.kind == TemplatePart::Kind::kEndFor || end.kind == TemplatePart::Kind::kElse) {
    const bool second_else = end.kind == TemplatePart::Kind::kElse;
    report("Unexpected " + std::string(directive_name(end.kind)) + " directive",
           (second_else ? "Already in the else clause for the if started at "
                        : "Expecting an endif directive for the if started at ") +
               format_span(open.span) + ".",
           end.span);
    return nullptr;
  }
  if (!when_true.ok || !when_false.ok || open.expr == nullptr) {
    return nullptr;
  }
  const SourceSpan span = reader_.span(open.span.begin, end.span.end);
  ExprPtr yes = make(TemplateExpr{std::move(when_true.exprs)}, open.span);
  ExprPtr no = make(TemplateExpr{std::move(when_false.exprs)}, span);
  if (yes == nullptr || no == nullptr) {
    return nullptr;
  }
  return make(ConditionalExpr{open.expr, std::move(yes), std::move(no)}, span);
}

ExprPtr Parser::build_for(const std::vector<TemplatePart>& parts, size_t& at) {
  const TemplatePart& open = parts[at++];
  if (depth_ >= kNestingMax) {
    fail_too_deep(open.span);
    return nullptr;
  }
  ++depth_;
  BuiltParts content = build_parts(parts, at, &open);
  leave();
  const TemplatePart& end = *content.end;
  if (end.kind == TemplatePart::Kind::kElse || end.kind == TemplatePart::Kind::kEndIf) {
    const bool other = end.kind == TemplatePart::Kind::kElse;
    report("Unexpected " + std::string(directive_name(end.kind)) + " directive",
           other ? "An else clause is not expected for a for directive."
                 : "Expecting an endfor directive corresponding to the for directive at " +
                       format_span(open.span) + ".",
           end.span);
    return nullptr;
  }
  if (!content.ok || open.expr == nullptr) {
    return nullptr;
  }
  const SourceSpan span = reader_.span(open.span.begin, end.span.end);
  ForExpr loop;
  loop.open = open.span;
  loop.key_name = open.key_name;
  loop.value_name = open.value_name;
  loop.collection = open.expr;
  loop.value = make(TemplateExpr{std::move(content.exprs)}, span);
  if (loop.value == nullptr) {
    return nullptr;
  }
  ExprPtr items = make(std::move(loop), span);
  return items == nullptr ? nullptr : make(TemplateJoinExpr{std::move(items)}, span);
}

}  // namespace rhumb::hcl
