#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace rhumb {

/// Collects the problems of one input; for parsers and checkers, which report many at once.
///
/// Shape: in the order found, each with a span where the reporter knows it.
class Diagnostics {
 public:
  void add(Error error) { errors_.push_back(std::move(error)); }
  [[nodiscard]] bool empty() const { return errors_.empty(); }
  [[nodiscard]] const std::vector<Error>& errors() const { return errors_; }

 private:
  std::vector<Error> errors_;
};

}  // namespace rhumb
