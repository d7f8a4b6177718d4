#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rhumb::codec {

/// Levels as zlib counts them, 1 fast to 9 small.
[[nodiscard]] std::string gzip_compress(std::string_view content, int level = 6);
/// Also several members one after the other. Errors: kInvalid when it is no gzip, damaged or cut
/// short; kLimit when the content is larger than `size_max` bytes.
[[nodiscard]] Result<std::string> gzip_decompress(std::string_view compressed, size_t size_max);

/// One frame with checksum. Levels as zstd counts them, 1 fast to 19 small.
[[nodiscard]] std::string zstd_compress(std::string_view content, int level = 3);
/// Errors: as gzip_decompress.
[[nodiscard]] Result<std::string> zstd_decompress(std::string_view compressed, size_t size_max);

}  // namespace rhumb::codec
