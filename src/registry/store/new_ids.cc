#include "registry/store/new_ids.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace rhumb::registry {
namespace {

constexpr size_t kUnaskedMax = 32;

}  // namespace

Result<void> NewIds::ask_for(size_t count) {
  asked_ = count - std::min(count, ids_.size());
  return asked_ == 0 ? Result<void>() : session_.ask_for_ids(table_, asked_);
}

Result<void> NewIds::receive() {
  const size_t count = std::exchange(asked_, 0);
  return count == 0 ? Result<void>() : fetch(count);
}

Result<int64_t> NewIds::take() {
  if (ids_.empty()) {
    TRY(receive());
  }
  if (ids_.empty()) {
    TRY(fetch(next_unasked_));
    next_unasked_ = std::min(next_unasked_ * 2, kUnaskedMax);
  }
  const int64_t id = ids_.front();
  ids_.pop_front();
  return id;
}

Result<void> NewIds::fetch(size_t count) {
  const std::vector<int64_t> ids = TRY(session_.new_ids(table_, count));
  ids_.insert(ids_.end(), ids.begin(), ids.end());
  return {};
}

}  // namespace rhumb::registry
