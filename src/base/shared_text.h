#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace rhumb {

/// A text that nobody changes any more, or a piece of one.
///
/// Lifetime: the whole text lives as long as one of its pieces; copies and pieces cost no bytes.
/// Threads: may be read and copied by several.
class SharedText {
 public:
  SharedText() = default;
  SharedText(std::string text)  // NOLINT(google-explicit-constructor): takes a text over
      : owner_(std::make_shared<const std::string>(std::move(text))), view_(*owner_) {}

  [[nodiscard]] std::string_view view() const { return view_; }
  operator std::string_view() const { return view_; }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] size_t size() const { return view_.size(); }

  /// The piece that `part`, a view into this text, stands for.
  [[nodiscard]] SharedText piece(std::string_view part) const {
    SharedText text(*this);
    text.view_ = part;
    return text;
  }

 private:
  std::shared_ptr<const std::string> owner_;  // shared: whoever holds a piece keeps the text
  std::string_view view_;
};

}  // namespace rhumb
