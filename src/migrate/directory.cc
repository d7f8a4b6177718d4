#include "migrate/directory.h"

#include <fmt/format.h>

#include <utility>

#include "base/go_format.h"
#include "codec/base64.h"

namespace rhumb::migrate {
namespace {

/// A header is looked for in so many bytes: a longer first line or comment block is none.
constexpr size_t kHeaderMax = size_t{1} << 20U;

/// FNV-1a, 64 bits: tells whether a file changed between two reads, no more.
class Fingerprint {
 public:
  void update(std::string_view bytes) {
    for (const char byte : bytes) {
      value_ = (value_ ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
    }
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325U;
};

/// Feeds one file to a sum and collects its header on the way.
///
/// The first pieces are kept back until they hold the whole header, because its first line decides
/// whether the content counts at all.
class FileScan {
 public:
  FileScan(SumBuilder& sum, Format format) : sum_(sum), format_(format) {}

  Result<void> take(std::string_view piece) {
    fingerprint_.update(piece);
    if (header_) {
      feed(piece);
      return {};
    }
    if (kept_.empty() && covers_header(piece)) {
      decide(piece);
      return {};
    }
    kept_ += piece;
    if (kept_.size() >= kHeaderMax || covers_header(kept_)) {
      decide(kept_);
      kept_.clear();
    }
    return {};
  }

  File::Facts finish() {
    if (!header_) {
      decide(kept_);
    }
    File::Facts facts;
    facts.fingerprint = fingerprint_.value();
    if (is_summed()) {
      facts.hash = sum_.end_file();
    }
    const std::vector<std::string> tags =
        header_ ? find_arguments(header_->directives, "checkpoint") : std::vector<std::string>();
    if (!tags.empty()) {
      facts.checkpoint = tags.front();
    }
    return facts;
  }

 private:
  void decide(std::string_view text) {
    header_ = read_header(text, format_);
    feed(text);
  }
  [[nodiscard]] bool is_summed() const { return header_ && !header_->is_sum_ignored; }
  void feed(std::string_view piece) {
    if (is_summed()) {
      sum_.update(piece);
    }
  }

  SumBuilder& sum_;
  Format format_;
  std::string kept_;
  std::optional<FileHeader> header_;
  Fingerprint fingerprint_;
};

Result<File::Facts> scan_file(const Directory& directory,
                              const std::string& name,
                              SumBuilder& sum) {
  sum.begin_file(name);
  FileScan scan(sum, directory.format());
  TRY(directory.stream(name, [&](std::string_view piece) { return scan.take(piece); }));
  return scan.finish();
}

}  // namespace

Result<std::string> Directory::read(const std::string& name) const {
  std::string bytes;
  TRY(stream(name, [&](std::string_view piece) -> Result<void> {
    bytes += piece;
    return {};
  }));
  return bytes;
}

Result<std::optional<std::string>> Directory::read_sum() const {
  const std::string name(kSumFileName);
  const bool is_there = TRY(exists(name));
  if (!is_there) {
    return std::optional<std::string>();
  }
  std::string text = TRY(read(name));
  return std::optional<std::string>(std::move(text));
}

Result<void> Directory::write_sum(const Sum& sum) {
  return write(std::string(kSumFileName), format_sum(sum));
}

Result<std::string> File::hash() const {
  if (!facts_.hash) {
    return Error(
        ErrorCode::kNotFound,
        fmt::format("sql/migrate: scanning checksum from {}: checksum not found", go_quote(name_)));
  }
  return codec::base64_encode(*facts_.hash);
}

Result<FileContent> File::load() const {
  std::string bytes = TRY(directory_->read(name_));
  Fingerprint fingerprint;
  fingerprint.update(bytes);
  if (fingerprint.value() != facts_.fingerprint) {
    return Error(ErrorCode::kConflict,
                 fmt::format("sql/migrate: file {} was changed after its checksum was verified; "
                             "run the command again",
                             go_quote(name_)));
  }
  FileHeader header = read_header(bytes, format());
  return FileContent{.name = name_,
                     .format = format(),
                     .bytes = std::move(bytes),
                     .directives = std::move(header.directives)};
}

Result<DirectoryFiles> load_files(const Directory& directory) {
  std::vector<std::string> names = TRY(directory.list());
  DirectoryFiles loaded;
  loaded.files.reserve(names.size());
  SumBuilder sum;
  for (std::string& name : names) {
    File::Facts facts = TRY(scan_file(directory, name, sum));
    loaded.files.emplace_back(&directory, std::move(name), std::move(facts));
  }
  loaded.sum = sum.take();
  return loaded;
}

Result<Sum> compute_sum(const Directory& directory) {
  const std::vector<std::string> names = TRY(directory.list());
  SumBuilder sum;
  for (const std::string& name : names) {
    TRY(scan_file(directory, name, sum));
  }
  return sum.take();
}

Result<std::optional<SumProblem>> verify(const Directory& directory, const DirectoryFiles& loaded) {
  const std::optional<std::string> stored = TRY(directory.read_sum());
  return check_sum(stored, loaded.sum, !loaded.files.empty());
}

Result<void> rehash(Directory& directory) {
  const Sum sum = TRY(compute_sum(directory));
  return directory.write_sum(sum);
}

}  // namespace rhumb::migrate
