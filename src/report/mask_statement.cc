// Masking of one statement: tokens in, spans to replace out.
//
// Nothing is searched for by pattern but where a directive says so: what is a value is decided by
// the tokens of the dialect, and a statement whose tokens are in doubt is not shown at all.
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "report/comment_internal.h"
#include "report/masking.h"
#include "report/structural_literals.h"

namespace rhumb::report {
namespace {

using sql::Dialect;
using sql::LexOptions;
using sql::Token;
using sql::TokenKind;

constexpr std::string_view kUnparsedHead = "(sensitive: unparsed statement, ";
constexpr size_t kHexDigitsShown = 8;

bool is_readable(const std::vector<Token>& tokens) {
  return std::all_of(tokens.begin(), tokens.end(),
                     [](const Token& token) { return token.closed && token.certain; });
}

bool is_gap(const Token& token) {
  return token.kind == TokenKind::kBlank || token.kind == TokenKind::kComment ||
         token.kind == TokenKind::kCommentMark;
}

bool is_any(const Token& token, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&token](std::string_view word) { return token.is(word); });
}

class StatementMasker {
 public:
  StatementMasker(std::string_view text,
                  const LexOptions& options,
                  const MaskPolicy& policy,
                  const HiddenValues* in_file)
      : text_(text),
        options_(options),
        policy_(policy),
        in_file_(in_file),
        tokens_(sql::tokenize(text, options)) {}

  MaskedSql mask() {
    if (!is_readable(tokens_) && hides_literals()) {
      return unparsed();
    }
    if (hides_literals()) {
      mask_literals();
      mask_comments();
    }
    if (policy_.sensitive) {
      mask_marked();
    }
    mask_patterns();
    MaskedSql masked{.text = {},
                     .spans = join_spans(std::move(spans_)),
                     .values = std::move(values_),
                     .parsed = true};
    masked.text = replace(masked.spans);
    masked.quotes_in_comments = quotes_in_comments_;
    return masked;
  }

 private:
  /// The text with the spans replaced, and the URLs in its comments redacted.
  [[nodiscard]] std::string replace(const std::vector<TextSpan>& spans) const {
    std::string out;
    size_t done = 0;
    for (const Token& token : tokens_) {
      const size_t end = token.offset + token.text.size();
      const auto crosses = [&token, end](const TextSpan& span) {
        return (span.begin < token.offset && token.offset < span.end) ||
               (span.begin < end && end < span.end);
      };
      if (token.kind == TokenKind::kComment && hides_literals() &&
          token.text.find("://") != std::string_view::npos &&
          std::none_of(spans.begin(), spans.end(), crosses)) {
        out += replace_between(done, token.offset, spans);
        out += redact_comment(replace_between(token.offset, end, spans));
        done = end;
      }
    }
    return out + replace_between(done, text_.size(), spans);
  }

  [[nodiscard]] std::string replace_between(size_t begin,
                                            size_t end,
                                            const std::vector<TextSpan>& spans) const {
    std::vector<TextSpan> inside;
    for (TextSpan span : spans) {
      if (span.begin >= begin && span.end <= end) {
        span.begin -= begin;
        span.end -= begin;
        inside.push_back(span);
      }
    }
    return replace_spans(text_.substr(begin, end - begin), std::move(inside));
  }

  [[nodiscard]] bool hides_literals() const {
    return policy_.sensitive || policy_.literals != LiteralMasking::kNone;
  }

  /// The placeholder for a text that can not be read; one that is there already stays.
  MaskedSql unparsed() const {
    if (text_.starts_with(kUnparsedHead)) {
      return {.text = std::string(text_), .spans = {}, .values = {}, .parsed = false};
    }
    MaskedSql masked{.text = fmt::format("{}{} bytes)", kUnparsedHead, text_.size()),
                     .spans = {TextSpan{.begin = 0, .end = text_.size()}},
                     .values = {},
                     .parsed = false};
    for (const Token& token : tokens_) {
      if (token.kind == TokenKind::kString || token.kind == TokenKind::kDollarString) {
        masked.values.emplace_back(sql::literal_content(token));
        masked.values.push_back(sql::literal_value(token, options_));
      }
    }
    return masked;
  }

  void hide(size_t begin, size_t end) { spans_.push_back(TextSpan{.begin = begin, .end = end}); }

  void hide_comment_spans(const Token& token, const std::vector<TextSpan>& in_comment) {
    for (TextSpan span : in_comment) {
      span.begin += token.offset;
      span.end += token.offset;
      spans_.push_back(span);
    }
  }

  void hide_literal(const Token& token) {
    const bool string = token.kind == TokenKind::kString;
    hide(token.offset + (string ? token.prefix_size : 0), token.offset + token.text.size());
    values_.emplace_back(sql::literal_content(token));
    std::string value = sql::literal_value(token, options_);
    if (value != values_.back()) {
      values_.push_back(std::move(value));
    }
  }

  void hide_plain(const Token& token) {
    hide(token.offset, token.offset + token.text.size());
    values_.emplace_back(token.text);
  }

  void mask_literals() {
    const bool structure_stays = !policy_.sensitive && policy_.literals == LiteralMasking::kValues;
    const std::vector<bool> structural =
        structure_stays ? find_structural_literals(tokens_) : std::vector<bool>(tokens_.size());
    const std::optional<size_t> body = find_body();
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (structural[i]) {
        continue;
      }
      switch (token.kind) {
        case TokenKind::kString:
          hide_literal(token);
          join_with_last(i);
          break;
        case TokenKind::kDollarString:
          if (body != i || policy_.sensitive || !mask_body(token)) {
            hide_literal(token);
          }
          break;
        case TokenKind::kCopyData:
          hide(token.offset, token.offset + token.text.size());
          break;
        case TokenKind::kNumber:
          if (is_long_hex(token)) {
            hide_plain(token);
          }
          break;
        default:
          break;
      }
    }
  }

  /// Quoted text in comments that equals a literal of the statement or of its file.
  void mask_comments() {
    HiddenValues own;
    for (const Token& token : tokens_) {
      if (token.kind != TokenKind::kComment) {
        continue;
      }
      if (token.text.find_first_of("'\"") == std::string_view::npos) {
        continue;
      }
      if (!quotes_in_comments_) {
        quotes_in_comments_ = true;
        own.add(values_);
      }
      const size_t before = spans_.size();
      hide_comment_spans(token, find_hidden_quotes(token.text, own));
      if (in_file_ != nullptr) {
        hide_comment_spans(token, find_hidden_quotes(token.text, *in_file_));
      }
      if (spans_.size() > before) {
        quoting_.push_back(token.offset);
      }
    }
  }

  /// Whether a token is a directive that stays as it is.
  [[nodiscard]] bool is_kept_directive(const Token& token) const {
    return token.kind == TokenKind::kComment && is_directive_comment(token.text) &&
           std::find(quoting_.begin(), quoting_.end(), token.offset) == quoting_.end();
  }

  /// Joins the literal at `i` with the one before it when the dialect concatenates them.
  void join_with_last(size_t i) {
    const bool joins =
        options_.dialect == Dialect::kMysql || options_.dialect == Dialect::kPostgres;
    if (!joins || i < 2 || tokens_[i].prefix_size > 0 ||
        tokens_[i - 2].kind != TokenKind::kString || tokens_[i - 1].kind != TokenKind::kBlank) {
      return;
    }
    const bool breaks = tokens_[i - 1].text.find('\n') != std::string_view::npos;
    if (options_.dialect == Dialect::kPostgres && !breaks) {
      return;
    }
    const TextSpan last = spans_.back();
    spans_.pop_back();
    if (!spans_.empty() && spans_.back().end == tokens_[i - 1].offset) {
      spans_.back().end = last.end;
    } else {
      spans_.push_back(last);
    }
  }

  [[nodiscard]] bool is_long_hex(const Token& token) const {
    const bool binary = options_.dialect != Dialect::kPostgres;
    return binary && token.text.size() > kHexDigitsShown + 2 &&
           (token.text.starts_with("0x") || token.text.starts_with("0X"));
  }

  /// The next token behind `i` that is no blank or comment, or the end.
  [[nodiscard]] size_t next_after(size_t i) const {
    do {
      ++i;
    } while (i < tokens_.size() && is_gap(tokens_[i]));
    return i;
  }
  [[nodiscard]] size_t first() const {
    return tokens_.empty() || !is_gap(tokens_[0]) ? 0 : next_after(0);
  }
  [[nodiscard]] bool is_at(size_t i, std::initializer_list<std::string_view> words) const {
    return i < tokens_.size() && is_any(tokens_[i], words);
  }

  /// The dollar string that is the body of a function, a procedure or DO in SQL or PL/pgSQL; one in
  /// another language, or in one that is not named plainly, is a value like any other.
  [[nodiscard]] std::optional<size_t> find_body() const {
    size_t at = first();
    const bool is_do = is_at(at, {"do"});
    if (!is_do) {
      if (!is_at(at, {"create"})) {
        return std::nullopt;
      }
      at = next_after(at);
      if (is_at(at, {"or"})) {
        at = next_after(next_after(at));
      }
      if (!is_at(at, {"function", "procedure"})) {
        return std::nullopt;
      }
    }
    std::optional<size_t> body;
    bool language = is_do;
    size_t before = at;
    for (size_t i = next_after(at); i < tokens_.size(); i = next_after(i)) {
      if (tokens_[before].is("language")) {
        if (!is_at(i, {"sql", "plpgsql"})) {
          return std::nullopt;
        }
        language = true;
      }
      const bool place = is_do || tokens_[before].is("as");
      if (!body && place && tokens_[i].kind == TokenKind::kDollarString) {
        body = i;
      }
      before = i;
    }
    return language ? body : std::nullopt;
  }

  /// Masks inside a body; false when it can not be read.
  bool mask_body(const Token& token) {
    const std::string_view content = sql::literal_content(token);
    MaskPolicy inner = policy_;
    inner.patterns.clear();
    const MaskedSql masked = mask_statement(content, options_, inner, in_file_);
    if (!masked.parsed) {
      return false;
    }
    const size_t offset = token.offset + token.prefix_size;
    for (const TextSpan& span : masked.spans) {
      hide(offset + span.begin, offset + span.end);
    }
    quotes_in_comments_ = quotes_in_comments_ || masked.quotes_in_comments;
    values_.insert(values_.end(), masked.values.begin(), masked.values.end());
    return true;
  }

  /// Level S: numbers, names of users, comments, values of template variables.
  void mask_marked() {
    for (const Token& token : tokens_) {
      if (token.kind == TokenKind::kNumber && !is_inside_placeholder(token)) {
        hide_plain(token);
      } else if (token.kind == TokenKind::kComment && !is_kept_directive(token)) {
        hide_comment_spans(token, find_comment_body(token.text));
      }
    }
    mask_user_names();
    for (const std::string& value : policy_.template_values) {
      if (value.size() < HiddenValues::kSizeMin) {
        continue;
      }
      for (size_t at = text_.find(value); at != std::string_view::npos;
           at = text_.find(value, at + value.size())) {
        hide(at, at + value.size());
      }
      values_.push_back(value);
    }
  }

  [[nodiscard]] bool is_inside_placeholder(const Token& token) const {
    return text_.substr(0, token.offset).ends_with(kUnparsedHead);
  }

  void mask_user_names() {
    size_t at = first();
    if (!is_at(at, {"create", "alter"})) {
      return;
    }
    at = next_after(at);
    if (is_at(at, {"or"})) {
      at = next_after(next_after(at));
    }
    if (!is_at(at, {"user", "role", "login"})) {
      return;
    }
    at = next_after(at);
    if (is_at(at, {"mapping"})) {
      return;
    }
    while (is_at(at, {"if", "not", "exists"})) {
      at = next_after(at);
    }
    at = mask_name(at);
    // MySQL: further names behind commas.
    for (; options_.dialect == Dialect::kMysql && at < tokens_.size(); at = next_after(at)) {
      if (tokens_[at].is_mark(',')) {
        mask_name(next_after(at));
      }
    }
  }

  /// Masks `name`, `name@host`; gives the token behind.
  size_t mask_name(size_t at) {
    at = mask_one_name(at);
    if (at < tokens_.size() && tokens_[at].text == "@") {
      at = mask_one_name(next_after(at));
    } else if (at < tokens_.size() && tokens_[at].kind == TokenKind::kParameter &&
               tokens_[at].text.starts_with('@')) {
      hide(tokens_[at].offset + 1, tokens_[at].offset + tokens_[at].text.size());
      values_.emplace_back(tokens_[at].text.substr(1));
      at = next_after(at);
    }
    return at;
  }

  size_t mask_one_name(size_t at) {
    if (at >= tokens_.size()) {
      return at;
    }
    const Token& token = tokens_[at];
    if (token.kind == TokenKind::kQuotedIdentifier) {
      hide_plain(token);
      values_.emplace_back(token.text.substr(1, token.text.size() - 2));
    } else if (token.kind == TokenKind::kWord) {
      // Not the prefix of a name in quotes that was masked before.
      if (!text_.substr(token.offset + token.text.size()).starts_with(kPlaceholder)) {
        hide_plain(token);
      }
    } else if (token.kind != TokenKind::kString) {
      return at;
    }
    return next_after(at);
  }

  /// Level P, over the whole statement but for directives in its comments.
  void mask_patterns() {
    std::vector<TextSpan> directives;
    for (const Token& token : tokens_) {
      if (is_kept_directive(token)) {
        directives.push_back(
            TextSpan{.begin = token.offset, .end = token.offset + token.text.size()});
      }
    }
    for (const SensitivePattern& pattern : policy_.patterns) {
      for (const TextSpan& span : pattern.find_in(text_)) {
        const auto overlaps = [&span](const TextSpan& directive) {
          return span.begin < directive.end && directive.begin < span.end;
        };
        const bool keeps = std::any_of(directives.begin(), directives.end(), overlaps);
        if (!keeps) {
          spans_.push_back(span);
          values_.emplace_back(text_.substr(span.begin, span.end - span.begin));
        }
      }
    }
  }

  std::string_view text_;
  const LexOptions& options_;
  const MaskPolicy& policy_;
  const HiddenValues* in_file_;
  std::vector<Token> tokens_;
  std::vector<TextSpan> spans_;
  std::vector<std::string> values_;
  bool quotes_in_comments_ = false;
  std::vector<size_t> quoting_;  // offsets of comments that quote a hidden value
};

}  // namespace

MaskedSql mask_statement(std::string_view text,
                         const sql::LexOptions& options,
                         const MaskPolicy& policy,
                         const HiddenValues* in_file) {
  if (policy.is_open()) {
    return {.text = std::string(text), .spans = {}, .values = {}, .parsed = true};
  }
  return StatementMasker(text, options, policy, in_file).mask();
}

}  // namespace rhumb::report
