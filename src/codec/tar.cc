#include "codec/tar.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>

#include "base/check.h"
#include "base/go_format.h"
#include "base/text.h"

// An archive is a row of 512-byte blocks: for each file a header, then its content padded with NUL;
// a block of NUL ends it. What the header's short fields can not hold stands in an entry before it:
// PAX records (type x) or GNU long names (type L).
namespace rhumb::codec {
namespace {

constexpr size_t kBlockSize = 512;
constexpr size_t kNameSize = 100;

/// A field of the header: where it begins and how long it is. Fixed by the format.
struct Field {
  size_t begin;
  size_t size;
};
constexpr Field kName = {0, kNameSize};
constexpr Field kMode = {100, 8};
constexpr Field kOwner = {108, 8};
constexpr Field kGroup = {116, 8};
constexpr Field kSize = {124, 12};
constexpr Field kTime = {136, 12};
constexpr Field kChecksum = {148, 8};
constexpr size_t kType = 156;
constexpr Field kMagic = {257, 8};
constexpr Field kMajor = {329, 8};
constexpr Field kMinor = {337, 8};
constexpr Field kPrefix = {345, 155};

constexpr char kRegular = '0';
constexpr char kOldRegular = '\0';
constexpr char kFolder = '5';
constexpr char kPaxHeader = 'x';
constexpr char kPaxGlobal = 'g';
constexpr char kGnuLongName = 'L';

size_t padded(size_t size) {
  return (size + kBlockSize - 1) / kBlockSize * kBlockSize;
}

void put(std::string& block, Field field, std::string_view text) {
  RHUMB_CHECK(text.size() <= field.size, "a header field holds its text");
  block.replace(field.begin, text.size(), text);
}

std::string octal(uint64_t value, size_t digits) {
  std::string out(digits, '0');
  for (size_t i = digits; i > 0; --i, value >>= 3) {
    out[i - 1] = static_cast<char>('0' + (value & 7));
  }
  return out;
}

/// The sum of all bytes, those of the checksum itself counted as blanks.
uint64_t sum_bytes(std::string_view block) {
  uint64_t sum = 0;
  for (size_t i = 0; i < block.size(); ++i) {
    const bool in_checksum = i >= kChecksum.begin && i < kChecksum.begin + kChecksum.size;
    sum += in_checksum ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

void append_entry(std::string& out, std::string_view name, char type, std::string_view content) {
  constexpr size_t kSizeDigits = 11;
  RHUMB_CHECK(content.size() < uint64_t{1} << (3 * kSizeDigits), "a file is below 8 GiB");
  std::string block(kBlockSize, '\0');
  put(block, kName, name);
  put(block, kMode, "0000600");
  put(block, kOwner, "0000000");
  put(block, kGroup, "0000000");
  put(block, kSize, octal(content.size(), kSizeDigits));
  put(block, kTime, octal(0, 11));
  block[kType] = type;
  put(block, kMagic, std::string_view("ustar\00000", 8));
  put(block, kMajor, "0000000");
  put(block, kMinor, "0000000");
  put(block, kChecksum, octal(sum_bytes(block), 6) + std::string("\0 ", 2));
  out += block;
  out += content;
  out.append(padded(content.size()) - content.size(), '\0');
}

/// `<length> key=value\n`, where the length counts itself.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::string rest = " " + std::string(key) + "=" + std::string(value) + "\n";
  size_t size = rest.size();
  while (size != rest.size() + std::to_string(size).size()) {
    size = rest.size() + std::to_string(size).size();
  }
  return std::to_string(size) + rest;
}

bool needs_pax(std::string_view name) {
  return name.size() > kNameSize ||
         std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

/// The beginning of a name, for readers that do not know PAX.
std::string short_name(std::string_view name) {
  std::string out(name.substr(0, kNameSize));
  std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '_');
  return out;
}

Error damaged(size_t offset, std::string_view what) {
  return invalid("archive is damaged at byte " + std::to_string(offset) + ": " + std::string(what));
}

std::string_view text_field(std::string_view block, Field field) {
  const std::string_view text = block.substr(field.begin, field.size);
  return text.substr(0, text.find('\0'));
}

/// Octal digits with blanks around them, or GNU's binary form with the first bit set.
std::optional<uint64_t> number_field(std::string_view block, Field field) {
  const std::string_view raw = block.substr(field.begin, field.size);
  if (static_cast<unsigned char>(raw[0]) == 0x80) {
    uint64_t value = 0;
    for (const char c : raw.substr(1)) {
      if (value >> 55 != 0) {
        return std::nullopt;
      }
      value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
  }
  const std::string_view text = trim(raw.substr(0, raw.find('\0')));
  uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return text.empty() ? std::optional<uint64_t>(0) : whole ? std::optional(value) : std::nullopt;
}

bool has_right_checksum(std::string_view block) {
  const auto written = number_field(block, kChecksum);
  return written && *written == sum_bytes(block);
}

/// What PAX records and GNU long names say about the entry that follows.
struct Overrides {
  std::optional<std::string> name;
  std::optional<uint64_t> size;
};

Result<void> apply_record(std::string_view record, size_t offset, Overrides& overrides) {
  const auto parts = cut(record, "=");
  if (!parts) {
    return damaged(offset, "PAX record without =");
  }
  if (parts->first == "path") {
    overrides.name = parts->second;
  } else if (parts->first == "size") {
    uint64_t size = 0;
    const std::string_view text = parts->second;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), size);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
      return damaged(offset, "PAX size is no number");
    }
    overrides.size = size;
  } else if (parts->first.starts_with("GNU.sparse")) {
    return invalid("archive holds a sparse file, which is not supported");
  }
  return {};
}

Result<void> read_pax(std::string_view records, size_t offset, Overrides& overrides) {
  while (!records.empty()) {
    size_t size = 0;
    const auto read = std::from_chars(records.data(), records.data() + records.size(), size);
    const auto digits = static_cast<size_t>(read.ptr - records.data());
    if (read.ec != std::errc() || size > records.size() || size < digits + 2 ||
        records[digits] != ' ' || records[size - 1] != '\n') {
      return damaged(offset, "malformed PAX record");
    }
    TRY(apply_record(records.substr(digits + 1, size - digits - 2), offset, overrides));
    records.remove_prefix(size);
  }
  return {};
}

std::string header_name(std::string_view block) {
  const std::string name(text_field(block, kName));
  // GNU's magic is `ustar  `; it uses the place of the prefix for other things.
  const bool is_posix = block.substr(kMagic.begin, 6) == std::string_view("ustar\0", 6);
  const std::string_view prefix = is_posix ? text_field(block, kPrefix) : "";
  return prefix.empty() ? name : std::string(prefix) + "/" + name;
}

Result<void> check_name(std::string_view name, const TarOptions& options) {
  const auto refuse = [&](std::string_view why) {
    return invalid("archive entry " + go_quote(name) + " is refused: " + std::string(why));
  };
  if (name.empty()) {
    return refuse("it has no name");
  }
  if (name.find('\0') != std::string_view::npos) {
    return refuse("its name holds a NUL");
  }
  if (name[0] == '/') {
    return refuse("its name is absolute");
  }
  const std::vector<std::string_view> parts = split(name, '/');
  if (parts.size() > 1 && !options.allow_directories_in_names) {
    return refuse("its name holds a directory");
  }
  for (const std::string_view part : parts) {
    if (part.empty() || part == "." || part == "..") {
      return refuse("its name leaves the directory");
    }
  }
  return {};
}

class TarReader {
 public:
  TarReader(std::string_view archive, const TarOptions& options)
      : archive_(archive), options_(options) {}

  Result<std::vector<ArchiveFile>> read() {
    while (offset_ + kBlockSize <= archive_.size()) {
      const std::string_view block = archive_.substr(offset_, kBlockSize);
      if (block.find_first_not_of('\0') == std::string_view::npos) {
        return finish();
      }
      TRY(read_entry(block));
    }
    return damaged(offset_, "it has no end mark");
  }

 private:
  Result<std::vector<ArchiveFile>> finish() {
    if (overrides_.name || overrides_.size) {
      return damaged(offset_, "a header without its file");
    }
    return std::move(files_);
  }

  Result<void> read_entry(std::string_view block) {
    const size_t header = offset_;
    if (!has_right_checksum(block)) {
      return damaged(header, "wrong header checksum");
    }
    const char type = block[kType];
    const bool is_about_next = type == kPaxHeader || type == kPaxGlobal || type == kGnuLongName;
    std::optional<uint64_t> size = number_field(block, kSize);
    if (!is_about_next && overrides_.size) {
      size = overrides_.size;
    }
    if (!size) {
      return damaged(header, "size is no number");
    }
    offset_ += kBlockSize;
    if (*size > archive_.size() - offset_) {
      return damaged(header, "its content is cut short");
    }
    const std::string_view content = archive_.substr(offset_, static_cast<size_t>(*size));
    offset_ = std::min(offset_ + padded(content.size()), archive_.size());
    switch (type) {
      case kPaxHeader:
        return read_pax(content, header, overrides_);
      case kPaxGlobal:
        return {};
      case kGnuLongName:
        overrides_.name = content.substr(0, content.find('\0'));
        return {};
      default:
        return add_file(block, type, content);
    }
  }

  Result<void> add_file(std::string_view block, char type, std::string_view content) {
    const Overrides overrides = std::exchange(overrides_, {});
    std::string name = overrides.name ? *overrides.name : header_name(block);
    if (options_.passes_over_folders && type == kFolder) {
      return {};
    }
    if (options_.passes_over_folders && name.starts_with("./")) {
      name.erase(0, 2);
    }
    if (type != kRegular && type != kOldRegular) {
      return invalid("archive entry " + go_quote(name) + " is refused: it is no regular file");
    }
    TRY(check_name(name, options_));
    if (!names_.insert(name).second) {
      return Error(ErrorCode::kConflict, "archive holds " + go_quote(name) + " twice");
    }
    files_.push_back({.name = name, .content = std::string(content)});
    return {};
  }

  std::string_view archive_;
  const TarOptions& options_;
  size_t offset_ = 0;
  Overrides overrides_;
  std::set<std::string> names_;
  std::vector<ArchiveFile> files_;
};

}  // namespace

std::string write_tar(const std::vector<ArchiveFile>& files) {
  std::string out;
  for (const ArchiveFile& file : files) {
    if (needs_pax(file.name)) {
      append_entry(out, "PaxHeaders.0/" + short_name(file.name).substr(0, 80), kPaxHeader,
                   pax_record("path", file.name));
    }
    append_entry(out, short_name(file.name), kRegular, file.content);
  }
  out.append(2 * kBlockSize, '\0');
  return out;
}

Result<std::vector<ArchiveFile>> read_tar(std::string_view archive, const TarOptions& options) {
  if (archive.empty()) {
    return std::vector<ArchiveFile>();
  }
  return TarReader(archive, options).read();
}

}  // namespace rhumb::codec
