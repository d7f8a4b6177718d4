#include "codec/json_list.h"

#include <cstddef>
#include <utility>

// Finds the elements by their brackets, commas and strings alone: what stands between those is
// looked at by whoever parses the pieces. Where a text is no JSON the pieces may be any, but then
// one of them is none either.
namespace rhumb::codec {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

class ListCutter {
 public:
  ListCutter(std::string_view text, std::span<const std::string_view> path)
      : text_(text), path_(path), names_(path.begin(), path.end()) {}

  std::optional<CutJson> cut() {
    skip_blanks();
    if (!walk_object(0) || elements_.empty()) {
      return std::nullopt;
    }
    std::string rest(text_.substr(0, begin_));
    rest += text_.substr(end_);
    return CutJson{std::move(rest), std::move(found_at_), std::move(elements_)};
  }

 private:
  // These are false when there is not what they go over.

  /// An object whose member `path_[level]` leads on.
  bool walk_object(size_t level) {
    if (!take('{')) {
      return false;
    }
    skip_blanks();
    if (take('}')) {
      return true;
    }
    do {
      skip_blanks();
      const size_t name = at_ + 1;
      if (!skip_string()) {
        return false;
      }
      if (!walk_member(text_.substr(name, at_ - 1 - name), level)) {
        return false;
      }
      skip_blanks();
    } while (take(','));
    return take('}');
  }

  bool walk_member(std::string_view name, size_t level) {
    skip_blanks();
    if (name.find('\\') != std::string_view::npos || !take(':')) {
      return false;
    }
    skip_blanks();
    names_[level] = name;
    const bool leads_on = path_[level] == "*" || path_[level] == name;
    const bool is_last = level + 1 == path_.size();
    if (!leads_on || !is_at(is_last ? '[' : '{')) {
      return skip_value();
    }
    return is_last ? walk_list() : walk_object(level + 1);
  }

  bool walk_list() {
    if (begin_ != 0) {
      return false;  // the last one counts
    }
    found_at_ = names_;
    begin_ = ++at_;
    skip_blanks();
    while (!is_at(']')) {
      const size_t first = at_;
      if (!skip_value()) {
        return false;
      }
      elements_.push_back(text_.substr(first, at_ - first));
      skip_blanks();
      if (!take(',')) {
        break;
      }
      skip_blanks();
      if (is_at(']')) {
        return false;
      }
    }
    end_ = at_;
    return take(']');
  }

  bool skip_value() {
    const size_t first = at_;
    size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) {
          return false;
        }
        --at_;  // on its last quote
      } else if (c == '{' || c == '[') {
        ++depth;
        continue;
      } else if (depth > 0) {
        depth -= c == '}' || c == ']' ? 1 : 0;
      } else if (c == '}' || c == ']' || c == ',' || kBlanks.find(c) != std::string_view::npos) {
        break;  // behind a number or a word
      } else {
        continue;
      }
      if (depth == 0) {
        ++at_;
        break;
      }
    }
    return at_ > first;
  }

  bool skip_string() {
    if (!take('"')) {
      return false;
    }
    while (at_ < text_.size() && text_[at_] != '"') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    return take('"');
  }

  void skip_blanks() {
    while (at_ < text_.size() && kBlanks.find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }

  [[nodiscard]] bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool take(char c) {
    const bool is = is_at(c);
    at_ += is ? 1 : 0;
    return is;
  }

  std::string_view text_;
  std::span<const std::string_view> path_;
  std::vector<std::string_view> names_;  // on the way to where it is
  size_t at_ = 0;
  size_t begin_ = 0;  // of what is cut out; 0: not found yet
  size_t end_ = 0;
  std::vector<std::string_view> found_at_;
  std::vector<std::string_view> elements_;
};

}  // namespace

std::optional<CutJson> cut_json_list(std::string_view text,
                                     std::span<const std::string_view> path) {
  return ListCutter(text, path).cut();
}

}  // namespace rhumb::codec
