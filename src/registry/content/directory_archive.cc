#include "registry/content/directory_archive.h"

#include <fmt/format.h>

#include "codec/base64.h"
#include "codec/hex.h"

namespace rhumb::registry {
namespace {

using codec::ArchiveFile;
using codec::Json;

constexpr size_t kArchiveMax = size_t{32} << 20;
constexpr size_t kFileMax = size_t{8} << 20;
constexpr size_t kFilesMax = 20'000;

}  // namespace

Result<std::string> decode_bytes(const Json& input, std::string_view member) {
  const std::string text = input.string_or_empty(member);
  std::vector<std::byte> bytes = TRY(codec::base64_decode(text).context(member));
  if (bytes.size() > kArchiveMax) {
    return Error(ErrorCode::kLimit,
                 fmt::format("{}: larger than {} MiB", member, kArchiveMax >> 20U));
  }
  return codec::to_string(bytes);
}

Result<std::vector<ArchiveFile>> read_archive(std::string_view bytes, migrate::Format format) {
  codec::TarOptions options;
  options.allow_directories_in_names = format == migrate::Format::kFlyway;
  std::vector<ArchiveFile> files = TRY(codec::read_tar(bytes, options).context("dir"));
  if (files.size() > kFilesMax) {
    return Error(ErrorCode::kLimit, fmt::format("dir: more than {} files", kFilesMax));
  }
  for (const ArchiveFile& file : files) {
    if (file.content.size() > kFileMax) {
      return Error(ErrorCode::kLimit,
                   fmt::format("dir: \"{}\" is larger than {} MiB", file.name, kFileMax >> 20U));
    }
  }
  return files;
}

Result<std::vector<ArchiveFile>> read_directory_archive(const Json& input,
                                                        std::string_view member,
                                                        migrate::Format format) {
  const std::string bytes = TRY(decode_bytes(input, member));
  return read_archive(bytes, format);
}

}  // namespace rhumb::registry
