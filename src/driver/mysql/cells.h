#pragma once

#include <string>
#include <string_view>

#include "driver/mysql/client_library.h"
#include "driver/value.h"

namespace rhumb::driver::mysql {

/// A cell as the text protocol sends it, by the type of its column: whole numbers that fit, floats,
/// bytes for binary columns; decimals, times and all else as text.
[[nodiscard]] Value decode_cell(const MYSQL_FIELD& field, std::string_view text);

/// `date`, `datetime` and `timestamp`; other types have no name here.
[[nodiscard]] std::string type_name(const MYSQL_FIELD& field);

}  // namespace rhumb::driver::mysql
