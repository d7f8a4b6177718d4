#include <algorithm>

#include "hcl/format.h"
#include "hcl/functions_internal.h"
#include "hcl/lexer.h"

namespace rhumb::hcl {

// The text is taken as lines of tokens. Each line has up to three cells: what comes first, from the
// equal sign on, and the comment at its end. Blanks between tokens follow from their kinds alone;
// then lines are indented by the brackets that are open, and cells of neighbouring lines aligned.
// Lines that leave a bracket or a heredoc open have one cell only, so they end a run.
namespace {

struct Piece {
  TokenKind kind = TokenKind::kEof;
  std::string_view text;
  size_t spaces = 0;  // before it
};

struct Line {
  std::vector<Piece> pieces;
  std::string_view newline;
  size_t assign = 0;   // index of the equal sign, or pieces.size()
  size_t comment = 0;  // index of the comment at the end, or pieces.size()

  [[nodiscard]] bool has_assign() const { return assign < pieces.size(); }
  [[nodiscard]] bool has_comment() const { return comment < pieces.size(); }
};

bool opens(TokenKind kind) {
  return kind == TokenKind::kOpenBrace || kind == TokenKind::kOpenBracket ||
         kind == TokenKind::kOpenParen || kind == TokenKind::kTemplateInterpolation ||
         kind == TokenKind::kTemplateControl;
}

bool closes(TokenKind kind) {
  return kind == TokenKind::kCloseBrace || kind == TokenKind::kCloseBracket ||
         kind == TokenKind::kCloseParen || kind == TokenKind::kTemplateEnd;
}

bool is_text(TokenKind kind) {
  return kind == TokenKind::kQuotedText || kind == TokenKind::kHeredocText ||
         kind == TokenKind::kQuotedNewline;
}

int bracket_change(const Line& line) {
  int change = 0;
  for (const Piece& piece : line.pieces) {
    change += opens(piece.kind) ? 1 : (closes(piece.kind) ? -1 : 0);
  }
  return change;
}

// Whether a value can end with `kind`, so that an operator after it has two sides.
bool ends_value(TokenKind kind) {
  switch (kind) {
    case TokenKind::kIdent:
    case TokenKind::kNumber:
    case TokenKind::kCloseParen:
    case TokenKind::kCloseBracket:
    case TokenKind::kCloseBrace:
    case TokenKind::kCloseQuote:
    case TokenKind::kCloseHeredoc:
      return true;
    default:
      return false;
  }
}

bool is_keyword(std::string_view text) {
  return text == "in" || text == "for" || text == "if" || text == "else";
}

bool is_tight(TokenKind kind) {
  return kind == TokenKind::kDot || kind == TokenKind::kDoubleColon ||
         kind == TokenKind::kTemplateInterpolation || kind == TokenKind::kTemplateControl ||
         kind == TokenKind::kOpenQuote || kind == TokenKind::kOpenHeredoc || is_text(kind);
}

// Whether a blank stands between `left` and `right`; `before` is what comes before `left`.
bool wants_space(const Piece* before, const Piece& left, const Piece& right) {
  const TokenKind l = left.kind;
  const TokenKind r = right.kind;
  if (r == TokenKind::kComment || l == TokenKind::kComment) {
    return true;
  }
  if (is_tight(l) || is_text(r) || r == TokenKind::kCloseQuote || r == TokenKind::kTemplateEnd ||
      r == TokenKind::kDot || r == TokenKind::kDoubleColon || r == TokenKind::kComma ||
      r == TokenKind::kEllipsis || r == TokenKind::kCloseParen || r == TokenKind::kCloseBracket ||
      l == TokenKind::kOpenParen || l == TokenKind::kOpenBracket) {
    return false;
  }
  if (l == TokenKind::kTemplateEnd) {
    return false;
  }
  if (l == TokenKind::kOpenBrace && r == TokenKind::kCloseBrace) {
    return false;
  }
  if (r == TokenKind::kOpenParen) {
    return l != TokenKind::kIdent || is_keyword(left.text);
  }
  if (r == TokenKind::kOpenBracket) {
    const bool indexes = ends_value(l) && !(l == TokenKind::kIdent && is_keyword(left.text));
    return !indexes;
  }
  const bool unary_left =
      l == TokenKind::kBang ||
      (l == TokenKind::kMinus && (before == nullptr || !ends_value(before->kind) ||
                                  (before->kind == TokenKind::kIdent && is_keyword(before->text))));
  if (unary_left) {
    return false;
  }
  // `.*` and `[*]`
  return !(l == TokenKind::kStar && before != nullptr &&
           (before->kind == TokenKind::kDot || before->kind == TokenKind::kOpenBracket));
}

void set_spaces(Line& line) {
  for (size_t i = 1; i < line.pieces.size(); ++i) {
    const Piece* before = i >= 2 ? &line.pieces[i - 2] : nullptr;
    Piece& piece = line.pieces[i];
    piece.spaces = wants_space(before, line.pieces[i - 1], piece) ? 1 : 0;
  }
}

void find_cells(Line& line) {
  line.assign = line.comment = line.pieces.size();
  if (line.pieces.size() > 1 && line.pieces.back().kind == TokenKind::kComment) {
    line.comment = line.pieces.size() - 1;
  }
  const bool heredoc = std::any_of(line.pieces.begin(), line.pieces.end(), [](const Piece& piece) {
    return piece.kind == TokenKind::kOpenHeredoc;
  });
  if (heredoc || bracket_change(line) != 0) {
    return;
  }
  int depth = 0;
  for (size_t i = 0; i < line.pieces.size(); ++i) {
    const TokenKind kind = line.pieces[i].kind;
    depth += opens(kind) ? 1 : (closes(kind) ? -1 : 0);
    if (kind == TokenKind::kEqual && depth == 0 && i > 0) {
      line.assign = i;
      return;
    }
  }
}

// Lines of pieces; a heredoc's text belongs to the line it began on.
std::vector<Line> split_lines(const std::vector<Token>& tokens) {
  std::vector<Line> lines(1);
  for (const Token& token : tokens) {
    if (token.kind == TokenKind::kEof) {
      break;
    }
    if (token.kind == TokenKind::kNewline) {
      lines.back().newline = token.text;
      lines.emplace_back();
      continue;
    }
    lines.back().pieces.push_back(Piece{token.kind, token.text, 0});
  }
  return lines;
}

void set_indentation(std::vector<Line>& lines) {
  std::vector<int> levels;
  for (Line& line : lines) {
    if (line.pieces.empty()) {
      continue;
    }
    const int change = bracket_change(line);
    int closed = -change;
    while (closed > 0 && !levels.empty()) {
      if (closed < levels.back()) {
        levels.back() -= closed;
        closed = 0;
      } else {
        closed -= levels.back();
        levels.pop_back();
      }
    }
    line.pieces.front().spaces = 2 * levels.size();
    if (change > 0) {
      levels.push_back(change);
    }
  }
}

size_t width_of(const Line& line, size_t begin, size_t end) {
  size_t width = 0;
  for (size_t i = begin; i < end; ++i) {
    width += line.pieces[i].spaces + split_graphemes(line.pieces[i].text).size();
  }
  return width;
}

// Aligns one cell over every run of neighbouring lines that have it.
template <typename Has, typename Start>
void align(std::vector<Line>& lines, Has has, Start start) {
  for (size_t begin = 0; begin < lines.size();) {
    if (!has(lines[begin])) {
      ++begin;
      continue;
    }
    size_t end = begin;
    size_t widest = 0;
    while (end < lines.size() && has(lines[end])) {
      widest = std::max(widest, width_of(lines[end], 0, start(lines[end])));
      ++end;
    }
    for (size_t i = begin; i < end; ++i) {
      const size_t at = start(lines[i]);
      lines[i].pieces[at].spaces = widest - width_of(lines[i], 0, at) + 1;
    }
    begin = end;
  }
}

}  // namespace

std::string format_source(std::string_view text) {
  std::vector<Line> lines = split_lines(lex(text));
  for (Line& line : lines) {
    set_spaces(line);
    find_cells(line);
  }
  set_indentation(lines);
  align(
      lines, [](const Line& line) { return line.has_assign(); },
      [](const Line& line) { return line.assign; });
  align(
      lines, [](const Line& line) { return line.has_comment(); },
      [](const Line& line) { return line.comment; });
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const Line& line : lines) {
    for (const Piece& piece : line.pieces) {
      out.append(piece.spaces, ' ');
      out += piece.text;
    }
    out += line.newline;
  }
  return out;
}

}  // namespace rhumb::hcl
