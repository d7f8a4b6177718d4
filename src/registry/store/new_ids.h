#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "registry/store/sql.h"

/// Numbers for rows that are about to be made, so that nobody waits for each row to be given one.
namespace rhumb::registry {

/// Those of one table, taken from the store some at a time.
///
/// Lifetime: one run of a transaction, whose rows of that table all have their numbers from here
/// while it lives; refers to the session.
class NewIds {
 public:
  NewIds(Session& session, std::string_view table) : session_(session), table_(table) {}

  /// So many are about to be taken: asks ahead for them.
  Result<void> ask_for(size_t count);
  /// Reads what was asked for, which else is lost with Session::forget_asked().
  Result<void> receive();
  /// The next one, whether it was asked for or not.
  Result<int64_t> take();

 private:
  Result<void> fetch(size_t count);

  Session& session_;
  std::string_view table_;
  std::deque<int64_t> ids_;
  size_t asked_ = 0;  // more than those
  size_t next_unasked_ = 1;
};

}  // namespace rhumb::registry
