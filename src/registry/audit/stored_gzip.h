#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

/// Gzip (RFC 1952) without compression, in the one form that given bytes have: every program
/// unpacks it, no release of a library writes it otherwise, and no byte can be changed without
/// being seen.
namespace rhumb::registry {

[[nodiscard]] std::string write_stored_gzip(std::string_view content);
struct StoredGzip {
  std::string content;
  bool is_intact = true;  ///< write_stored_gzip() gives the same bytes again
};
/// Takes out the content also where bytes were changed, so that they can be found in it.
/// Errors: kInvalid when it does not even begin as what write_stored_gzip() makes.
Result<StoredGzip> read_stored_gzip(std::string_view bytes);

}  // namespace rhumb::registry
