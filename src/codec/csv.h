#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::codec {

/// The fields of one CSV record (RFC 4180), none for an empty text.
/// Errors: kInvalid `parse error on line 1, column <n>: <what>` in the words of Go's encoding/csv.
[[nodiscard]] Result<std::vector<std::string>> parse_csv_record(std::string_view text);

}  // namespace rhumb::codec
