#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace rhumb::graphql {

struct PreparedDocument;

/// The documents used last, by their text: clients send the same few again and again.
///
/// Shape: at most kDocumentsMax texts of at most kTextMax bytes; what was not asked for the longest
/// goes first. Threads: any.
class DocumentCache {
 public:
  static constexpr size_t kDocumentsMax = 128;
  static constexpr size_t kTextMax = size_t{8} << 10;

  /// Null when it is not there.
  [[nodiscard]] std::shared_ptr<const PreparedDocument> find(std::string_view text);
  void keep(std::string_view text, std::shared_ptr<const PreparedDocument> document);

 private:
  struct Entry {
    std::string text;
    std::shared_ptr<const PreparedDocument> document;
  };
  using Entries = std::list<Entry>;

  std::mutex mutex_;  // guards the members below
  Entries entries_;   // the one used last first
  // The views are of the entries' texts, which stay where they are in a list.
  std::unordered_map<std::string_view, Entries::iterator> by_text_;
};

}  // namespace rhumb::graphql
