// Unpacks arbitrary bytes as a directory archive: names that are accepted stay inside the folder,
// and packing what was unpacked gives the same files.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "migrate/archive_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rhumb::migrate;  // NOLINT(google-build-using-namespace): one function
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const Format format : {Format::kAtlas, Format::kFlyway}) {
    const auto directory = unpack_directory("atlas://fuzz", format, bytes);
    if (!directory) {
      continue;
    }
    const auto files = archived_files(**directory).value();
    for (const NewFile& file : files) {
      const std::string& name = file.name;
      RHUMB_CHECK(!name.empty() && name.front() != '/' && !name.starts_with("../") &&
                      name.find("/../") == std::string::npos,
                  "names stay inside the folder");
    }
    const auto packed = pack_directory(**directory);
    const auto again = unpack_directory("atlas://fuzz", format, *packed);
    RHUMB_CHECK(again.has_value() && archived_files(**again).value() == files,
                "an archive we write reads as it was");
  }
  return 0;
}
