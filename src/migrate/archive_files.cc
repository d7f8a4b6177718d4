#include "migrate/archive_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/tar.h"

namespace rhumb::migrate {
namespace {

bool is_safe_name(std::string_view name, Format format) {
  if (name.find('\0') != std::string_view::npos) {
    return false;
  }
  const std::vector<std::string_view> parts = split(name, '/');
  const bool is_flat = parts.size() == 1 || format == Format::kFlyway;
  return is_flat && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part != "." && part != "..";
         });
}

}  // namespace

Result<std::vector<NewFile>> archived_files(const Directory& directory) {
  std::vector<NewFile> files;
  std::optional<std::string> sum = TRY(directory.read_sum());
  if (sum) {
    files.push_back({std::string(kSumFileName), std::move(*sum)});
  }
  const std::vector<std::string> names = TRY(directory.list());
  for (const std::string& name : names) {
    std::string bytes = TRY(directory.read(name));
    files.push_back({name, std::move(bytes)});
  }
  return files;
}

Result<std::shared_ptr<MemoryDirectory>> directory_of_files(std::string url,
                                                            Format format,
                                                            const std::vector<NewFile>& files) {
  auto directory = std::make_shared<MemoryDirectory>(std::move(url), format);
  for (const NewFile& file : files) {
    if (!is_safe_name(file.name, format)) {
      return invalid(
          fmt::format("directory archive: file name {} is not allowed", go_quote(file.name)));
    }
    const bool is_known = TRY(directory->exists(file.name));
    if (is_known) {
      return invalid(fmt::format("directory archive: file {} occurs twice", go_quote(file.name)));
    }
    TRY(directory->write(file.name, file.bytes));
  }
  return directory;
}

Result<std::string> pack_directory(const Directory& directory) {
  std::vector<NewFile> files = TRY(archived_files(directory));
  std::vector<codec::ArchiveFile> entries;
  entries.reserve(files.size());
  for (NewFile& file : files) {
    entries.push_back({std::move(file.name), std::move(file.bytes)});
  }
  return codec::write_tar(entries);
}

Result<std::shared_ptr<MemoryDirectory>> unpack_directory(std::string url,
                                                          Format format,
                                                          std::string_view archive) {
  const codec::TarOptions options{.allow_directories_in_names = format == Format::kFlyway};
  std::vector<codec::ArchiveFile> entries = TRY(codec::read_tar(archive, options));
  std::vector<NewFile> files;
  files.reserve(entries.size());
  for (codec::ArchiveFile& entry : entries) {
    files.push_back({std::move(entry.name), std::move(entry.content)});
  }
  return directory_of_files(std::move(url), format, files);
}

}  // namespace rhumb::migrate
