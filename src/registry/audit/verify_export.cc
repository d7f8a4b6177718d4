#include <fmt/format.h>

#include <algorithm>
#include <istream>

#include "registry/audit/export.h"

namespace rhumb::registry {
namespace {

constexpr size_t kRecordBytesMax = size_t{64} << 20;
constexpr size_t kPieceBytes = size_t{64} << 10;

/// The lines of a file; of CSV a record may have several.
class RecordReader {
 public:
  explicit RecordReader(std::istream& file) : file_(file), piece_(kPieceBytes, '\0') {}

  [[nodiscard]] int64_t line() const { return line_; }
  /// The next record without its line break; nothing at the end of the file.
  Result<std::optional<std::string>> next(bool has_quotes) {
    std::string record;
    bool is_quoted = false;
    ++line_;
    while (true) {
      if (at_ == end_ && !fill()) {
        return record.empty() ? Result<std::optional<std::string>>(std::nullopt)
                              : invalid("the file was cut short in the middle of a record");
      }
      const std::string_view rest = std::string_view(piece_).substr(at_, end_ - at_);
      const size_t size = std::min(rest.find('\n'), rest.size());
      record += rest.substr(0, size);
      is_quoted = is_quoted != (std::ranges::count(rest.substr(0, size), '"') % 2 == 1);
      at_ += size;
      if (record.size() > kRecordBytesMax) {
        return Error(ErrorCode::kLimit, "a record is longer than any that is written");
      }
      if (at_ == end_) {
        continue;
      }
      ++at_;
      if (!has_quotes || !is_quoted) {
        return std::optional(std::move(record));
      }
      record += '\n';
      ++line_;
    }
  }

 private:
  bool fill() {
    file_.read(piece_.data(), static_cast<std::streamsize>(piece_.size()));
    at_ = 0;
    end_ = static_cast<size_t>(file_.gcount());
    return end_ > 0;
  }

  std::istream& file_;
  std::string piece_;
  size_t at_ = 0;
  size_t end_ = 0;
  int64_t line_ = 0;
};

class ExportCheck {
 public:
  ExportCheck(std::istream& file, const TrustedKeys& trusted, const ExpectedHashes& expected)
      : reader_(file), trusted_(trusted), expected_(expected) {}

  Result<ExportReport> run() {
    std::optional<std::string> line = TRY(reader_.next(false));
    if (line && *line + "\n" == export_head(ExportFormat::kCsv)) {
      format_ = ExportFormat::kCsv;
      hasher_.update(*line).update("\n");
      line = TRY(reader_.next(true));
    }
    while (line && !is_ended_) {
      TRY(take(*line).context(fmt::format("line {}", reader_.line())));
      line = TRY(reader_.next(format_ == ExportFormat::kCsv));
    }
    if (line) {
      return invalid(fmt::format("line {}: something follows the end", reader_.line()));
    }
    if (!is_ended_) {
      return invalid("the file was cut short: it has no end record");
    }
    TRY(check_.finish(/*is_end=*/false));
    report_.head = check_.head();
    report_.unseen = check_.unseen();
    return report_;
  }

 private:
  Result<void> take(const std::string& line) {
    const ExportRecord record = TRY(parse_record(line, format_));
    const bool is_begin = std::holds_alternative<ExportBegin>(record);
    if (is_begin == is_begun_) {
      return invalid(is_begin ? "an export begins in the middle of another one"
                              : "it is no export of an audit log");
    }
    is_begun_ = true;
    TRY(std::visit([this](const auto& one) { return add(one); }, record));
    hasher_.update(line).update("\n");
    return {};
  }

  Result<void> add(const ExportBegin& begin) {
    report_.complete = begin.complete;
    report_.base = begin.base;
    check_ = begin.complete ? ChainCheck(begin.base) : ChainCheck();
    for (const auto& [seq, hash] : expected_) {
      TRY(check_.expect(seq, hash));
    }
    return {};
  }
  Result<void> add(const SealedEntry& sealed) {
    ++report_.entries;
    report_.first = report_.entries == 1 ? sealed.entry.seq : report_.first;
    report_.last = sealed.entry.seq;
    return check_.add(sealed);
  }
  Result<void> add(const ExportLinks& links) {
    int64_t seq = links.first;
    for (const codec::Sha256& leaf : links.leaves) {
      TRY(check_.add_leaf(seq++, leaf));
    }
    return {};
  }
  Result<void> add(const SignedCheckpoint& checkpoint) {
    const AuditHead& at = checkpoint.checkpoint.head;
    TRY(check_signature(checkpoint, trusted_));
    if (at != check_.head()) {
      return Error(
          ErrorCode::kConflict,
          fmt::format("checkpoint of audit entry {}: is not of the entry before it", at.seq));
    }
    return begin_anew();
  }
  Result<void> add(const ExportBreak& /*record*/) {
    ++report_.unproven;
    return report_.complete ? invalid("a complete export has no break") : begin_anew();
  }
  Result<void> add(const ExportEnd& end) {
    is_ended_ = true;
    if (end.digest != hasher_.digest() || end.head != check_.head() ||
        end.entries != report_.entries) {
      return Error(ErrorCode::kConflict, "the end does not fit what stands before it");
    }
    const bool must_be_signed = end.key || !trusted_.empty();
    if (must_be_signed && !is_signed(end, trusted_)) {
      return Error(
          ErrorCode::kConflict,
          end.key ? fmt::format("key {} is not trusted, or has not signed it", key_name(*end.key))
                  : std::string("nobody has signed it"));
    }
    report_.key = end.key;
    return {};
  }
  Result<void> begin_anew() {
    if (!report_.complete) {
      check_.begin_anew();
    }
    return {};
  }

  RecordReader reader_;
  const TrustedKeys& trusted_;
  const ExpectedHashes& expected_;
  ExportFormat format_ = ExportFormat::kJsonl;
  codec::Sha256Hasher hasher_;
  ChainCheck check_;
  bool is_begun_ = false;
  bool is_ended_ = false;
  ExportReport report_;
};

}  // namespace

Result<ExportReport> verify_export(std::istream& file,
                                   const TrustedKeys& trusted,
                                   const ExpectedHashes& expected) {
  return ExportCheck(file, trusted, expected).run();
}

}  // namespace rhumb::registry
