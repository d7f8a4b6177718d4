#include "registry_api/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace rhumb::registry_api {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kNameMax = 100;

// Offsets and widths of a header's fields.
struct Field {
  size_t offset;
  size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUid{108, 8};
constexpr Field kGid{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kTime{136, 12};
constexpr Field kChecksum{148, 8};
constexpr size_t kType = 156;
constexpr Field kMagic{257, 8};
constexpr Field kMajor{329, 8};
constexpr Field kMinor{337, 8};
constexpr Field kPrefix{345, 155};

void put(std::string& header, Field field, std::string_view text) {
  header.replace(field.offset, text.size(), text);
}

/// Octal digits, filling the field but for the NUL at its end.
void put_octal(std::string& header, Field field, uint64_t number) {
  put(header, field, fmt::format("{:0{}o}", number, field.size - 1));
}

uint64_t checksum(std::string_view header) {
  uint64_t sum = 0;
  for (size_t i = 0; i < header.size(); ++i) {
    bool inside = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size;
    sum += inside ? static_cast<unsigned char>(' ') : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

void append_entry(std::string& out, std::string_view name, std::string_view bytes, char type) {
  std::string header(kBlock, '\0');
  put(header, kName, name.substr(0, kNameMax));
  put_octal(header, kMode, 0600);
  put_octal(header, kUid, 0);
  put_octal(header, kGid, 0);
  put_octal(header, kSize, bytes.size());
  put_octal(header, kTime, 0);
  header[kType] = type;
  put(header, kMagic, std::string_view("ustar\0" "00", kMagic.size));
  put_octal(header, kMajor, 0);
  put_octal(header, kMinor, 0);
  put(header, kChecksum, fmt::format("{:06o}", checksum(header)) + std::string("\0 ", 2));
  out += header;
  out += bytes;
  out.append((kBlock - bytes.size() % kBlock) % kBlock, '\0');
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

/// `<length> path=<name>\n`, where the length counts itself.
std::string path_record(std::string_view name) {
  size_t rest = std::string_view(" path=\n").size() + name.size();
  size_t length = rest + 1;
  while (rest + std::to_string(length).size() != length) {
    length = rest + std::to_string(length).size();
  }
  return fmt::format("{} path={}\n", length, name);
}

std::string_view text_field(std::string_view header, Field field) {
  std::string_view text = header.substr(field.offset, field.size);
  return text.substr(0, std::min(text.find('\0'), text.size()));
}

std::optional<uint64_t> octal_field(std::string_view header, Field field) {
  std::string_view text = text_field(header, field);
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  text = text.substr(0, std::min(text.find(' '), text.size()));
  uint64_t number = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, 8);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

/// What extended headers say about the entry that follows them.
struct Extended {
  std::optional<std::string> path;
  std::optional<uint64_t> size;
};

Error broken(std::string_view what) { return invalid(fmt::format("archive: {}", what)); }

Result<void> read_pax(std::string_view records, Extended& extended) {
  while (!records.empty()) {
    size_t length = 0;
    auto parsed = std::from_chars(records.data(), records.data() + records.size(), length);
    size_t digits = static_cast<size_t>(parsed.ptr - records.data());
    if (parsed.ec != std::errc() || length <= digits + 1 || length > records.size() ||
        records[digits] != ' ' || records[length - 1] != '\n') {
      return broken("invalid extended header");
    }
    std::string_view record = records.substr(digits + 1, length - digits - 2);
    size_t equals = std::min(record.find('='), record.size());
    std::string_view key = record.substr(0, equals);
    std::string_view value = record.substr(std::min(equals + 1, record.size()));
    if (key == "path") {
      extended.path = value;
    } else if (key == "size") {
      uint64_t size = 0;
      std::from_chars(value.data(), value.data() + value.size(), size);
      extended.size = size;
    }
    records.remove_prefix(length);
  }
  return {};
}

Result<void> check_name(std::string_view name, const ArchiveLimits& limits) {
  bool folders = name.find('/') != std::string_view::npos;
  bool leaves = name == "." || name == ".." || name.starts_with("../") ||
                name.find("/../") != std::string_view::npos || name.ends_with("/..");
  if (name.empty() || name.front() == '/' || leaves || name.find('\0') != std::string_view::npos ||
      name.find('\\') != std::string_view::npos || (folders && !limits.allow_folders)) {
    return broken(fmt::format("invalid file name \"{}\"", name));
  }
  return {};
}

class ArchiveReader {
 public:
  ArchiveReader(std::string_view archive, const ArchiveLimits& limits)
      : rest_(archive), limits_(limits) {}

  Result<std::vector<ArchiveFile>> read() {
    while (true) {
      if (rest_.size() < kBlock) {
        return broken("ends inside an entry");
      }
      std::string_view header = rest_.substr(0, kBlock);
      if (header.find_first_not_of('\0') == std::string_view::npos) {
        return std::move(files_);
      }
      rest_.remove_prefix(kBlock);
      TRY(read_entry(header));
      if (rest_.empty()) {  // some writers leave the closing blocks out
        return std::move(files_);
      }
    }
  }

 private:
  Result<void> read_entry(std::string_view header) {
    if (octal_field(header, kChecksum) != checksum(header)) {
      return broken("no tar, or a damaged header");
    }
    std::optional<uint64_t> size = octal_field(header, kSize);
    char type = header[kType];
    bool is_file = type == '0' || type == '\0' || type == '7';
    if (is_file && extended_.size.has_value()) {
      size = extended_.size;
    }
    if (!size.has_value() || *size > rest_.size()) {
      return broken("ends inside a file");
    }
    std::string_view bytes = rest_.substr(0, *size);
    rest_.remove_prefix(std::min<size_t>((*size + kBlock - 1) / kBlock * kBlock, rest_.size()));
    if (type == 'x') {
      return read_pax(bytes, extended_);
    }
    if (type == 'g') {
      return {};
    }
    if (type == 'L') {
      extended_.path = bytes.substr(0, std::min(bytes.find('\0'), bytes.size()));
      return {};
    }
    if (!is_file) {
      return broken(fmt::format("\"{}\" is no plain file", text_field(header, kName)));
    }
    return add_file(header, bytes);
  }

  Result<void> add_file(std::string_view header, std::string_view bytes) {
    std::string name(text_field(header, kName));
    std::string_view prefix = text_field(header, kPrefix);
    if (text_field(header, kMagic) == "ustar" && !prefix.empty()) {
      name = fmt::format("{}/{}", prefix, name);
    }
    name = extended_.path.value_or(name);
    extended_ = {};
    TRY(check_name(name, limits_));
    if (!names_.insert(name).second) {
      return broken(fmt::format("\"{}\" occurs twice", name));
    }
    if (bytes.size() > limits_.file_bytes_max) {
      return Error(ErrorCode::kLimit, fmt::format("archive: \"{}\" is larger than {} bytes", name,
                                                  limits_.file_bytes_max));
    }
    if (files_.size() == limits_.files_max) {
      return Error(ErrorCode::kLimit,
                   fmt::format("archive: more than {} files", limits_.files_max));
    }
    files_.push_back(ArchiveFile{std::move(name), std::string(bytes)});
    return {};
  }

  std::string_view rest_;
  const ArchiveLimits& limits_;  // outlives the reader, which lives in read_archive
  Extended extended_;
  std::set<std::string> names_;
  std::vector<ArchiveFile> files_;
};

}  // namespace

std::string write_archive(const std::vector<ArchiveFile>& files) {
  std::string out;
  for (const ArchiveFile& file : files) {
    if (file.name.size() > kNameMax || !is_ascii(file.name)) {
      append_entry(out, "PaxHeaders.0", path_record(file.name), 'x');
    }
    append_entry(out, file.name, file.bytes, '0');
  }
  out.append(2 * kBlock, '\0');
  return out;
}

Result<std::vector<ArchiveFile>> read_archive(std::string_view archive,
                                              const ArchiveLimits& limits) {
  if (archive.size() > limits.archive_bytes_max) {
    return Error(ErrorCode::kLimit,
                 fmt::format("archive is larger than {} bytes", limits.archive_bytes_max));
  }
  return ArchiveReader(archive, limits).read();
}

}  // namespace rhumb::registry_api
