#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "driver/postgres/libpq.h"
#include "driver/value.h"

namespace rhumb::driver::postgres {

struct ClearResult {
  const Libpq* pq;
  void operator()(PGresult* result) const { pq->clear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

/// Parameters in the form the library takes: all as text but bytes, NULL as no pointer.
struct BoundParameters {
  std::vector<std::string> texts{};
  std::vector<const char*> values{};
  std::vector<int> lengths{};
  std::vector<int> formats{};

  [[nodiscard]] int size() const { return static_cast<int>(values.size()); }
};

[[nodiscard]] BoundParameters bind_parameters(std::span<const Value> params);

/// Why a result is a failure; `statement` is what was sent.
[[nodiscard]] Error result_error(const Libpq& pq,
                                 const PGresult* result,
                                 std::string_view statement);
/// The rows a command changed; 0 for one that only reads.
[[nodiscard]] int64_t changed_rows(const Libpq& pq, PGresult* result);
[[nodiscard]] Rows read_rows(const Libpq& pq, const PGresult* result);

}  // namespace rhumb::driver::postgres
