#include "registry/audit/export.h"

#include <fmt/format.h>

#include <algorithm>

namespace rhumb::registry {
namespace {

constexpr int64_t kPageRows = 500;
constexpr size_t kLinksAtOnce = 200;
constexpr size_t kBufferBytes = size_t{64} << 10;

/// Writes records in one form, and knows what was written.
class RecordWriter {
 public:
  RecordWriter(const ExportOptions& options, const ExportSink& sink)
      : options_(options), sink_(sink) {}

  Result<void> begin(ExportBegin begin) {
    append(std::string(export_head(options_.format)));
    return write(std::move(begin));
  }
  Result<void> write(const ExportRecord& record) {
    append(format_record(record, options_.format));
    return buffer_.size() < kBufferBytes ? Result<void>() : flush();
  }
  Result<void> end(int64_t entries, const AuditHead& head) {
    const ExportEnd end =
        TRY(sign_end({.entries = entries, .head = head, .digest = hasher_.digest()}, options_.key));
    append(format_record(end, options_.format));
    return flush();
  }

 private:
  void append(const std::string& text) {
    hasher_.update(text);
    buffer_ += text;
  }
  Result<void> flush() { return sink_(std::exchange(buffer_, {})); }

  const ExportOptions& options_;
  const ExportSink& sink_;
  codec::Sha256Hasher hasher_;
  std::string buffer_;
};

class Exporter {
 public:
  Exporter(const StoreReader& read, const ExportOptions& options, const ExportSink& sink)
      : read_(read), options_(options), writer_(options, sink) {}

  Result<int64_t> run() {
    ExportBegin begin{.complete = options_.filter.takes_all() && !options_.only,
                      .filter = options_.filter};
    TRY(read_([&](Session& session) -> Result<void> {
      begin.base = TRY(audit_base(session));
      end_ = TRY(audit_head(session));
      org_ = TRY(checkpoint_org(session));
      return options_.only ? bound(session, *options_.only) : Result<void>();
    }));
    head_ = begin.base;
    is_complete_ = begin.complete;
    is_open_ = begin.complete;
    TRY(writer_.begin(std::move(begin)));
    while (pass_over_unwanted() && at_ < end_.seq) {
      TRY(read_page());
      TRY(write_page());
    }
    TRY(write_links());
    TRY(writer_.end(entries_, head_));
    return entries_;
  }

 private:
  /// Nothing is needed behind the checkpoint that follows the last one that is wanted; where there
  /// is none yet, behind that one.
  Result<void> bound(Session& session, const std::set<int64_t>& wanted) {
    const int64_t last = wanted.empty() ? 0 : *wanted.rbegin();
    const Value checkpoint =
        TRY(session.scalar("SELECT min(seq) FROM audit_checkpoints WHERE seq >= ?", {last}));
    end_.seq = std::min(end_.seq, checkpoint.find_number().value_or(last));
    return {};
  }

  /// Goes to the next entry that is wanted, where nothing before it is needed. False behind the
  /// last one.
  bool pass_over_unwanted() {
    if (!options_.only || is_open_ || !vouchers_.empty()) {
      return true;
    }
    const auto next = options_.only->upper_bound(at_);
    at_ = next == options_.only->end() ? at_ : *next - 1;
    return next != options_.only->end();
  }

  [[nodiscard]] bool takes(const AuditEntry& entry) {
    return vouchers_.erase(entry.seq) > 0 ||
           (options_.only ? options_.only->contains(entry.seq) : options_.filter.takes(entry));
  }

  Result<void> read_page() {
    return read_([this](Session& session) -> Result<void> {
      const Rows rows = TRY(session.query(
          fmt::format("SELECT seq, {} FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                      sealed_columns()),
          {at_, end_.seq, kPageRows}));
      page_.clear();
      bool is_vouched_later = false;
      for (const Row& row : rows) {
        SealedEntry sealed = TRY(read_sealed(row));
        is_vouched_later = is_vouched_later || sealed.redacted_by.value_or(0) > end_.seq;
        page_.push_back(std::move(sealed));
      }
      if (is_vouched_later) {
        end_ = TRY(audit_head(session));  // what vouches is there, too
      }
      checkpoints_ = TRY(list_checkpoints(session, at_, kPageRows));
      return {};
    });
  }

  Result<void> write_page() {
    auto checkpoint = checkpoints_.begin();
    for (const SealedEntry& sealed : page_) {
      const int64_t seq = sealed.entry.seq;
      TRY(add(sealed));
      while (checkpoint != checkpoints_.end() && checkpoint->checkpoint.head.seq < seq) {
        ++checkpoint;
      }
      if (is_open_ && checkpoint != checkpoints_.end() && checkpoint->checkpoint.head == head_) {
        TRY(close(*checkpoint));
      }
      at_ = seq;
    }
    if (page_.empty()) {
      at_ = end_.seq;
    }
    return {};
  }

  Result<void> add(const SealedEntry& sealed) {
    const AuditEntry& entry = sealed.entry;
    if (!takes(entry)) {
      return is_open_ ? pass_over(sealed) : Result<void>();
    }
    TRY(write_links());
    if (sealed.redacted_by) {
      vouchers_.insert(*sealed.redacted_by);
    }
    TRY(writer_.write(sealed));
    ++entries_;
    is_open_ = true;
    head_ = AuditHead{entry.seq, sealed.hash};
    time_ = entry.time;
    return {};
  }

  /// What is not shown keeps the chain together; of earlier releases' entries nothing does.
  Result<void> pass_over(const SealedEntry& sealed) {
    if (sealed.format == kAuditWhole) {
      return cut();
    }
    if (links_.leaves.empty()) {
      links_.first = sealed.entry.seq;
    }
    links_.leaves.push_back(sealed.leaf.value_or(audit_leaf(sealed.entry)));
    head_ = AuditHead{sealed.entry.seq, sealed.hash};
    time_ = sealed.entry.time;
    return links_.leaves.size() < kLinksAtOnce ? Result<void>() : write_links();
  }

  Result<void> cut() {
    if (!options_.key) {
      TRY(write_links());
      is_open_ = false;
      return writer_.write(ExportBreak{});
    }
    return close(TRY(sign_checkpoint(*options_.key, {.head = head_, .time = time_, .org = org_})));
  }

  Result<void> close(const SignedCheckpoint& checkpoint) {
    TRY(write_links());
    is_open_ = is_complete_;
    return writer_.write(checkpoint);
  }

  Result<void> write_links() {
    if (links_.leaves.empty()) {
      return {};
    }
    TRY(writer_.write(links_));
    links_.leaves.clear();
    return {};
  }

  const StoreReader& read_;
  const ExportOptions& options_;
  RecordWriter writer_;
  std::string org_;
  AuditHead end_;     // where it ends
  AuditHead head_;    // how far it is shown or linked
  int64_t time_ = 0;  // of that entry
  int64_t at_ = 0;    // how far the log was read
  bool is_complete_ = false;
  bool is_open_ = false;  // what comes next must be linked
  int64_t entries_ = 0;
  std::vector<SealedEntry> page_;
  std::vector<SignedCheckpoint> checkpoints_;
  ExportLinks links_;
  std::set<int64_t> vouchers_;  // entries that are needed by redacted ones before them
};

}  // namespace

Result<int64_t> export_audit(const StoreReader& read,
                             const ExportOptions& options,
                             const ExportSink& sink) {
  return Exporter(read, options, sink).run();
}

Result<ExportFormat> parse_export_format(std::string_view text) {
  if (text == "jsonl") {
    return ExportFormat::kJsonl;
  }
  return text == "csv" ? Result<ExportFormat>(ExportFormat::kCsv)
                       : invalid(fmt::format("format must be jsonl or csv, not \"{}\"", text));
}

}  // namespace rhumb::registry
