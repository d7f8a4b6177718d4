#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "codec/tar.h"
#include "migrate/format.h"

namespace rhumb::registry {

/// A member of type Bytes. Errors: kInvalid; kLimit past 32 MiB.
Result<std::string> decode_bytes(const codec::Json& input, std::string_view member);

/// The files of a directory as clients send it: an uncompressed tar.
/// Errors: kInvalid; kLimit for more than 20,000 files, and for one past 8 MiB.
Result<std::vector<codec::ArchiveFile>> read_archive(std::string_view bytes,
                                                     migrate::Format format);
/// Both: a member that holds a directory.
Result<std::vector<codec::ArchiveFile>> read_directory_archive(const codec::Json& input,
                                                               std::string_view member,
                                                               migrate::Format format);

}  // namespace rhumb::registry
