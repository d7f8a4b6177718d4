#pragma once

#include <string_view>

namespace rhumb::driver::postgres {

/// A statement and the rows a COPY FROM STDIN brings behind it. Lifetime: both refer to the text.
struct CopyScript {
  std::string_view statement;
  std::string_view data;
};

/// Cuts the data off a COPY as scripts write it; any other text is all statement.
[[nodiscard]] CopyScript split_copy(std::string_view text);

}  // namespace rhumb::driver::postgres
