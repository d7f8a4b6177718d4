#include "graphql/document_cache.h"

#include <utility>

namespace rhumb::graphql {

std::shared_ptr<const PreparedDocument> DocumentCache::find(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) {
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->document;
}

void DocumentCache::keep(std::string_view text, std::shared_ptr<const PreparedDocument> document) {
  if (text.size() > kTextMax) {
    return;
  }
  const std::lock_guard lock(mutex_);
  if (by_text_.contains(text)) {
    return;
  }
  entries_.push_front({.text = std::string(text), .document = std::move(document)});
  by_text_.emplace(entries_.front().text, entries_.begin());
  if (entries_.size() > kDocumentsMax) {
    by_text_.erase(entries_.back().text);
    entries_.pop_back();
  }
}

}  // namespace rhumb::graphql
