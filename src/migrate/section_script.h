#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rhumb::migrate {

/// Where the bytes of a script stand in the file it was taken from. Empty: at the same offsets.
class ScriptPlaces {
 public:
  /// From byte `begin` of the script on it is the file from byte `offset` on. In rising order.
  void add(size_t begin, size_t offset);
  [[nodiscard]] bool empty() const { return parts_.empty(); }
  /// The offset in the file of the byte at `offset` of the script.
  [[nodiscard]] size_t to_file_offset(size_t offset) const;

 private:
  struct Part {
    size_t begin;   ///< in the script
    size_t offset;  ///< in the file
  };
  std::vector<Part> parts_;
};

/// A script put together from parts of a file, which remembers where each part came from.
class SectionScript {
 public:
  /// Appends `piece`, which stands at byte `offset` of the file.
  void append(std::string_view piece, size_t offset);
  /// Appends text that is not in the file.
  void append_own(std::string_view text) { text_ += text; }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string take_text() && { return std::move(text_); }
  [[nodiscard]] const ScriptPlaces& places() const { return places_; }

 private:
  std::string text_;
  ScriptPlaces places_;
};

}  // namespace rhumb::migrate
