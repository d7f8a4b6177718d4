#include "report/spool.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "codec/json.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace rhumb::report {
namespace {

using codec::Json;

constexpr uint32_t kPrivateDirectoryMode = 0700;
constexpr size_t kStampDigits = 20;  // nanoseconds since 1970, so that names sort by age

std::string stamp_of(sys::Instant instant) {
  const std::string digits = std::to_string(instant.time_since_epoch().count());
  return std::string(kStampDigits - std::min(kStampDigits, digits.size()), '0') + digits;
}

/// When a file was spooled, by its name; files of other names are not ours.
std::optional<sys::Instant> spooled_at(std::string_view name) {
  if (name.size() <= kStampDigits || !name.ends_with(".json")) {
    return std::nullopt;
  }
  int64_t count = 0;
  const auto [end, code] = std::from_chars(name.data(), name.data() + kStampDigits, count);
  if (code != std::errc{} || end != name.data() + kStampDigits) {
    return std::nullopt;
  }
  return sys::Instant(std::chrono::nanoseconds(count));
}

}  // namespace

Spool::Spool(const std::string& state_directory, sys::Clock& clock)
    : directory_(state_directory + "/spool"), clock_(clock) {}

Result<void> Spool::put(const SpooledReport& report) const {
  TRY(sys::make_directories(directory_, kPrivateDirectoryMode));
  const std::vector<std::string> names = TRY(list());
  const std::string suffix = "-" + report.id + ".json";
  const auto same =
      std::ranges::find_if(names, [&](const std::string& name) { return name.ends_with(suffix); });
  const std::string name = same != names.end() ? *same : stamp_of(clock_.now()) + suffix;
  const Json content = Json::object({{"id", report.id},
                                     {"endpoint", report.endpoint},
                                     {"operation", report.operation},
                                     {"body", report.body}});
  TRY(sys::write_file_atomic(directory_ + "/" + name, codec::format_json(content) + "\n",
                             sys::kPrivateFileMode));
  return trim();
}

Result<std::vector<std::string>> Spool::list() const {
  std::vector<std::string> names;
  if (!sys::is_directory(directory_)) {
    return names;
  }
  for (const sys::DirectoryEntry& entry : TRY(sys::list_directory(directory_))) {
    if (entry.kind == sys::FileKind::kFile && spooled_at(entry.name)) {
      names.push_back(entry.name);
    }
  }
  return names;
}

Result<SpooledReport> Spool::read(const std::string& name) const {
  const std::string path = directory_ + "/" + name;
  const std::string text = TRY(sys::read_file(path));
  const Result<Json> content = codec::parse_json(text);
  if (!content.has_value()) {
    return content.error().context(path);
  }
  return SpooledReport{.id = content.value().string_or_empty("id"),
                       .endpoint = content.value().string_or_empty("endpoint"),
                       .operation = content.value().string_or_empty("operation"),
                       .body = content.value().string_or_empty("body")};
}

Result<void> Spool::remove(const std::string& name) const {
  Result<void> removed = sys::remove_file(directory_ + "/" + name);
  if (!removed.has_value() && removed.error().code() == ErrorCode::kNotFound) {
    return {};  // another process delivered it
  }
  return removed;
}

Result<void> Spool::trim() const {
  std::vector<std::string> names = TRY(list());
  int64_t bytes = 0;
  const sys::Instant oldest = clock_.now() - std::chrono::hours(24 * kDaysMax);
  // From the newest on: whatever lies beyond either bound goes.
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const auto status = TRY(sys::find_file(directory_ + "/" + *name));
    bytes += status ? status->size : 0;
    const std::optional<sys::Instant> at = spooled_at(*name);
    if (bytes > kBytesMax || (at && *at < oldest)) {
      TRY(remove(*name));
    }
  }
  return {};
}

}  // namespace rhumb::report
