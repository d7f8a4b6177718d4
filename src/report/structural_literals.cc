#include "report/structural_literals.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace rhumb::report {
namespace {

using sql::Token;
using sql::TokenKind;

bool is_any(const Token& token, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&token](std::string_view word) { return token.is(word); });
}

bool is_gap(const Token& token) {
  return token.kind == TokenKind::kBlank || token.kind == TokenKind::kComment ||
         token.kind == TokenKind::kCommentMark;
}

/// Words behind which a DEFAULT expression is over.
bool ends_default(const Token& token) {
  return is_any(token, {"not", "null", "primary", "unique", "references", "comment", "on",
                        "generated", "constraint", "check", "collate", "key", "after", "first"});
}

bool begins_structure(const std::vector<const Token*>& words) {
  if (words.empty() || !is_any(*words[0], {"create", "alter"})) {
    return false;
  }
  for (size_t i = 1; i < words.size(); ++i) {
    if (is_any(*words[i], {"table", "type", "domain"})) {
      return true;
    }
    if (!is_any(*words[i], {"or", "replace", "temporary", "temp", "unlogged", "global", "local"})) {
      return false;
    }
  }
  return false;
}

class StructureReader {
 public:
  explicit StructureReader(const std::vector<Token>& tokens) : tokens_(tokens) {}

  std::vector<bool> read() {
    std::vector<bool> structural(tokens_.size());
    std::vector<const Token*> head;
    for (const Token& token : tokens_) {
      if (!is_gap(token) && head.size() < 6) {
        head.push_back(&token);
      }
    }
    if (!begins_structure(head)) {
      return structural;
    }
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (!is_gap(tokens_[i])) {
        structural[i] = read_token(tokens_[i]);
        before_ = before_last_;
        before_last_ = &tokens_[i];
      }
    }
    return structural;
  }

 private:
  /// Reads one token; true for a literal of the structure.
  bool read_token(const Token& token) {
    if (token.is_mark('(')) {
      open_.push_back(in_structure_);
      in_structure_ = in_structure_ || opens_structure();
      return false;
    }
    if (token.is_mark(')')) {
      if (!open_.empty()) {
        in_structure_ = open_.back();
        open_.pop_back();
      }
      default_depth_ = default_depth_ > open_.size() + 1 ? 0 : default_depth_;
      return false;
    }
    if (token.kind == TokenKind::kWord) {
      if (token.is("default")) {
        default_depth_ = open_.size() + 1;
      } else if (default_depth_ == open_.size() + 1 && ends_default(token)) {
        default_depth_ = 0;
      }
      return false;
    }
    if (token.is_mark(',') && default_depth_ == open_.size() + 1) {
      default_depth_ = 0;
    }
    const bool literal = token.kind == TokenKind::kString || token.kind == TokenKind::kDollarString;
    return literal && (in_structure_ || default_depth_ > 0 || is_enum_value());
  }

  [[nodiscard]] bool last_is(std::string_view word) const {
    return before_last_ != nullptr && before_last_->is(word);
  }
  [[nodiscard]] bool second_is(std::string_view word) const {
    return before_ != nullptr && before_->is(word);
  }

  /// Whether the parenthesis behind the last two tokens holds structure.
  [[nodiscard]] bool opens_structure() const {
    const bool values = second_is("values") && (last_is("in") || last_is("from"));
    const bool range = (second_is("less") && last_is("than")) || last_is("to");
    return last_is("enum") || last_is("set") || last_is("check") || values || range;
  }

  /// `ADD VALUE 'x'`, `RENAME VALUE 'a' TO 'b'`.
  [[nodiscard]] bool is_enum_value() const {
    return last_is("value") && (second_is("add") || second_is("rename"));
  }

  const std::vector<Token>& tokens_;
  const Token* before_last_ = nullptr;
  const Token* before_ = nullptr;
  std::vector<bool> open_;  ///< whether the text around each open parenthesis is structure
  bool in_structure_ = false;
  size_t default_depth_ = 0;  ///< one more than the parentheses around an open DEFAULT; 0: none
};

}  // namespace

std::vector<bool> find_structural_literals(const std::vector<Token>& tokens) {
  return StructureReader(tokens).read();
}

}  // namespace rhumb::report
