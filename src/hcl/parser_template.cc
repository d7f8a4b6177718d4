#include <utf8proc.h>

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/utf8.h"
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

void trim_left_space(std::string& text) { text.erase(0, leading_space(text, kAll).bytes); }

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

std::optional<char32_t> parse_hex(std::string_view digits) {
  char32_t value = 0;
  for (const char c : digits) {
    value *= 16;
    if (c >= '0' && c <= '9') {
      value += static_cast<char32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value += static_cast<char32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      value += static_cast<char32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
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
      const auto rune = hex.size() == digits ? parse_hex(hex) : std::nullopt;
      if (!rune) {
        report("Invalid escape sequence",
               selector == 'u'
                   ? "The \\u escape sequence must be followed by four hexadecimal digits."
                   : "The \\U escape sequence must be followed by eight hexadecimal digits.",
               reader_.span(position(at), position(at + 2 + hex.size())));
        recovery_ = true;
        return std::nullopt;
      }
      const bool valid = *rune < 0x110000 && (*rune < 0xD800 || *rune > 0xDFFF);
      append_rune(out, valid ? *rune : char32_t{0xFFFD});
      at += 2 + digits;
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
  return out;
}

ExprPtr Parser::parse_quoted_or_heredoc() {
  const Token open = reader_.read();
  const bool heredoc = open.kind == TokenKind::kOpenHeredoc;
  const TokenKind end = heredoc ? TokenKind::kCloseHeredoc : TokenKind::kCloseQuote;
  if (!enter(open)) {
    return nullptr;
  }
  auto parts = parse_template_parts(end, heredoc && open.text.starts_with("<<-"));
  leave();
  if (!parts) {
    return nullptr;
  }
  const SourceSpan span = span_from(open.begin);
  if (parts->size() == 2 && parts->front().kind == TemplatePart::Kind::kExpr) {
    return make(TemplateWrapExpr{parts->front().expr}, span);
  }
  size_t at = 0;
  auto exprs = build_parts(*parts, at, nullptr);
  if (!exprs) {
    return nullptr;
  }
  if (exprs->empty()) {
    const SourceSpan empty = reader_.span(span.end, span.end);
    exprs->push_back(make(LiteralExpr{Value::string("")}, empty));
  }
  return make(TemplateExpr{std::move(*exprs)}, span);
}

// All pieces up to and including `end`, as a flat list that ends with a kEnd.
std::optional<std::vector<TemplatePart>> Parser::parse_template_parts(TokenKind end, bool flush) {
  std::vector<TemplatePart> parts;
  bool trim_next = false;
  bool ok = true;
  while (true) {
    const Token token = reader_.peek();
    if (token.kind == end) {
      reader_.read();
      TemplatePart last;
      last.kind = TemplatePart::Kind::kEnd;
      last.span = reader_.span(token);
      parts.push_back(std::move(last));
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
        ok = add_interpolation(parts, trim_next) && ok;
        break;
      case TokenKind::kTemplateControl:
        ok = add_control(parts, trim_next) && ok;
        break;
      case TokenKind::kEof:
        fail("Unterminated template string", "No closing marker was found for the string.",
             reader_.span(token));
        return std::nullopt;
      default:
        fail("Unterminated template string", "No closing marker was found for the string.",
             reader_.span(token));
        recover_to(end);
        return std::nullopt;
    }
  }
  if (!ok) {
    return std::nullopt;
  }
  if (flush) {
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

void trim_before(std::vector<TemplatePart>& parts, const Token& open) {
  if (open.text.size() == 3 && !parts.empty() &&
      parts.back().kind == TemplatePart::Kind::kText) {
    trim_right_space(parts.back().text);
  }
}

}  // namespace

// The `}` of a sequence.
bool Parser::finish_sequence(const Token& open, bool control, bool& trim_next, SourceSpan& span) {
  const Token close = reader_.peek();
  if (close.kind != TokenKind::kTemplateEnd) {
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
      fail("Extra characters in template directive",
           "Expected a closing brace to end the template directive, but found extra characters.",
           reader_.span(close));
    } else {
      fail("Extra characters after interpolation expression",
           "Expected a closing brace to end the interpolation expression, but found extra "
           "characters.",
           reader_.span(close));
    }
    recover_to(TokenKind::kTemplateEnd);
    return false;
  }
  reader_.read();
  trim_next = close.text.size() == 2;
  span = span_from(open.begin);
  return true;
}

bool Parser::add_interpolation(std::vector<TemplatePart>& parts, bool& trim_next) {
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
  const bool ok = finish_sequence(open, false, trim_next, part.span);
  parts.push_back(std::move(part));
  return ok;
}

bool Parser::add_control(std::vector<TemplatePart>& parts, bool& trim_next) {
  const NewlineScope newlines(reader_, false);
  const Token open = reader_.read();
  trim_before(parts, open);
  trim_next = false;
  TemplatePart part;
  if (!parse_control(part)) {
    recover_to(TokenKind::kTemplateEnd);
    return false;
  }
  const bool ok = finish_sequence(open, true, trim_next, part.span);
  parts.push_back(std::move(part));
  return ok;
}

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
    return part.expr != nullptr;
  }
  if (keyword.text == "for") {
    part.kind = TemplatePart::Kind::kFor;
    if (!parse_for_intro(part.key_name, part.value_name)) {
      return false;
    }
    part.expr = parse_expr();
    return part.expr != nullptr;
  }
  if (keyword.text == "else") {
    part.kind = TemplatePart::Kind::kElse;
  } else if (keyword.text == "endif") {
    part.kind = TemplatePart::Kind::kEndIf;
  } else if (keyword.text == "endfor") {
    part.kind = TemplatePart::Kind::kEndFor;
  } else {
    fail("Invalid template control keyword",
         "\"" + std::string(keyword.text) + "\" is not a valid template control keyword.",
         reader_.span(keyword));
    return false;
  }
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

bool ends_directive(const TemplatePart& directive, TemplatePart::Kind kind) {
  switch (directive.kind) {
    case TemplatePart::Kind::kIf:
      return kind == TemplatePart::Kind::kElse || kind == TemplatePart::Kind::kEndIf;
    case TemplatePart::Kind::kElse:
      return kind == TemplatePart::Kind::kEndIf;
    default:
      return kind == TemplatePart::Kind::kEndFor;
  }
}

}  // namespace

// The pieces from `at` to what ends `directive` (or the whole template when it is null); `at` is
// left on the piece that ends it.
std::optional<std::vector<ExprPtr>> Parser::build_parts(const std::vector<TemplatePart>& parts,
                                                        size_t& at,
                                                        const TemplatePart* directive) {
  std::vector<ExprPtr> exprs;
  while (true) {
    const TemplatePart& part = parts[at];
    ExprPtr expr;
    switch (part.kind) {
      case TemplatePart::Kind::kText:
        expr = make(LiteralExpr{Value::string(part.text)}, part.span);
        ++at;
        break;
      case TemplatePart::Kind::kExpr:
        expr = part.expr;
        ++at;
        break;
      case TemplatePart::Kind::kIf:
        expr = build_if(parts, at);
        break;
      case TemplatePart::Kind::kFor:
        expr = build_for(parts, at);
        break;
      case TemplatePart::Kind::kEnd: {
        if (directive == nullptr) {
          return exprs;
        }
        const std::string name(directive_name(directive->kind));
        const std::string end = directive->kind == TemplatePart::Kind::kFor ? "endfor" : "endif";
        fail("Unexpected end of template",
             "The " + name + " directive at " + format_span(directive->span) +
                 " is missing its corresponding " + end + " directive.",
             part.span);
        return std::nullopt;
      }
      default:
        if (directive != nullptr && ends_directive(*directive, part.kind)) {
          return exprs;
        }
        fail("Unexpected " + std::string(directive_name(part.kind)) + " directive",
             "The control directives within this template are unbalanced.", part.span);
        return std::nullopt;
    }
    if (expr == nullptr) {
      return std::nullopt;
    }
    exprs.push_back(std::move(expr));
  }
}

ExprPtr Parser::build_if(const std::vector<TemplatePart>& parts, size_t& at) {
  const TemplatePart& open = parts[at++];
  if (depth_ >= kNestingMax) {
    fail_too_deep(open.span);
    return nullptr;
  }
  ++depth_;
  auto when_true = build_parts(parts, at, &open);
  leave();
  if (!when_true) {
    return nullptr;
  }
  std::vector<ExprPtr> when_false;
  if (parts[at].kind == TemplatePart::Kind::kElse) {
    const TemplatePart& other = parts[at++];
    ++depth_;
    auto built = build_parts(parts, at, &other);
    leave();
    if (!built) {
      return nullptr;
    }
    when_false = std::move(*built);
  }
  const SourceSpan span = reader_.span(open.span.begin, parts[at].span.end);
  ++at;
  ExprPtr yes = make(TemplateExpr{std::move(*when_true)}, open.span);
  ExprPtr no = make(TemplateExpr{std::move(when_false)}, span);
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
  auto content = build_parts(parts, at, &open);
  leave();
  if (!content) {
    return nullptr;
  }
  const SourceSpan span = reader_.span(open.span.begin, parts[at].span.end);
  ++at;
  ForExpr loop;
  loop.open = open.span;
  loop.key_name = open.key_name;
  loop.value_name = open.value_name;
  loop.collection = open.expr;
  loop.value = make(TemplateExpr{std::move(*content)}, span);
  if (loop.value == nullptr) {
    return nullptr;
  }
  ExprPtr items = make(std::move(loop), span);
  return items == nullptr ? nullptr : make(TemplateJoinExpr{std::move(items)}, span);
}

}  // namespace rhumb::hcl
