#include "migrate/sum.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/sha256.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kPrefix = "h1:";
constexpr size_t kLineMax = size_t{64} * 1024;
constexpr size_t kHashTextSize = 44;

std::string to_text(const codec::Sha256Hasher& hash) {
  return codec::base64_encode(hash.digest());
}

/// Takes one line off `rest`, without its line end; nothing when there is none left.
std::optional<std::string_view> next_line(std::string_view& rest) {
  if (rest.empty()) {
    return std::nullopt;
  }
  const size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

/// Whether reading the line of a file gives its name again.
bool is_plain_name(std::string_view name) {
  return name.find(kPrefix) == std::string_view::npos && trim(name) == name &&
         name.find('\n') == std::string_view::npos && name.size() < kLineMax / 2;
}

/// Whether a checksum file is what we would write: then there is no need to take it apart.
bool is_as_written(std::string_view stored, const Sum& computed) {
  const auto is_plain = [](const SumEntry& entry) { return is_plain_name(entry.name); };
  return std::all_of(computed.entries.begin(), computed.entries.end(), is_plain) &&
         stored == format_sum(computed);
}

/// The first place where the stored entries differ from the computed ones.
SumProblem::Place find_difference(const Sum& stored, const Sum& computed) {
  using Reason = SumProblem::Reason;
  SumProblem::Place place{.line = 2, .offset = kPrefix.size() + kHashTextSize + 1, .file = {}};
  const std::vector<SumEntry>& actual = computed.entries;
  for (size_t i = 0; i < stored.entries.size(); ++i) {
    const SumEntry& entry = stored.entries[i];
    if (i < actual.size() && entry == actual[i]) {
      place.offset += entry.name.size() + 1 + kPrefix.size() + kHashTextSize + 1;
      ++place.line;
      continue;
    }
    const bool exists = std::any_of(actual.begin(), actual.end(), [&](const SumEntry& other) {
      return other.name == entry.name;
    });
    if (!exists || i >= actual.size()) {
      place.file = entry.name;
      place.reason = Reason::kRemoved;
    } else if (actual[i].name == entry.name) {
      place.file = entry.name;
      place.reason = Reason::kEdited;
    } else {
      place.file = actual[i].name;
      place.reason = Reason::kAdded;
    }
    return place;
  }
  place.file = actual[stored.entries.size()].name;
  place.reason = Reason::kAdded;
  return place;
}

}  // namespace

std::string Sum::total() const {
  codec::Sha256Hasher hash;
  for (const SumEntry& entry : entries) {
    hash.update(entry.name);
    hash.update(entry.hash);
  }
  return to_text(hash);
}

Result<std::string> Sum::hash_of(std::string_view name) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const SumEntry& entry) { return entry.name == name; });
  if (found == entries.end()) {
    return Error(ErrorCode::kNotFound, "checksum not found");
  }
  return found->hash;
}

std::string format_sum(const Sum& sum) {
  std::string text = fmt::format("{}{}\n", kPrefix, sum.total());
  size_t size = text.size();
  for (const SumEntry& entry : sum.entries) {
    size += entry.name.size() + entry.hash.size() + kPrefix.size() + 2;
  }
  text.reserve(size);
  for (const SumEntry& entry : sum.entries) {
    text.append(entry.name).append(" ").append(kPrefix).append(entry.hash).append("\n");
  }
  return text;
}

Result<Sum> parse_sum(std::string_view text) {
  std::string_view total = next_line(text).value_or("");
  if (total.starts_with(kPrefix)) {
    total.remove_prefix(kPrefix.size());
  }
  Sum sum;
  while (const auto line = next_line(text)) {
    const auto halves = cut(*line, kPrefix);
    if (!halves || line->size() >= kLineMax) {
      return invalid("checksum file format invalid");
    }
    sum.entries.push_back({std::string(trim(halves->first)), std::string(halves->second)});
  }
  if (sum.total() != total) {
    return Error(ErrorCode::kConflict, "checksum mismatch");
  }
  return sum;
}

void SumBuilder::begin_file(std::string_view name) {
  name_ = name;
  hash_.update(name);
}

void SumBuilder::update(std::string_view bytes) {
  hash_.update(bytes);
}

codec::Sha256 SumBuilder::end_file() {
  const codec::Sha256 digest = hash_.digest();
  sum_.entries.push_back({std::move(name_), codec::base64_encode(digest)});
  return digest;
}

Error SumProblem::to_error() const {
  switch (kind) {
    case Kind::kNotFound:
      return {ErrorCode::kNotFound, "checksum file not found"};
    case Kind::kFormat:
      return {ErrorCode::kInvalid, "checksum file format invalid"};
    case Kind::kMismatch:
      break;
  }
  return {ErrorCode::kConflict, "checksum mismatch"};
}

std::string_view sum_reason_name(SumProblem::Reason reason) {
  switch (reason) {
    case SumProblem::Reason::kAdded:
      return "added";
    case SumProblem::Reason::kRemoved:
      return "removed";
    case SumProblem::Reason::kEdited:
      break;
  }
  return "edited";
}

std::string SumProblem::detail() const {
  if (!place) {
    return {};
  }
  return fmt::format("L{}: {} was {}", place->line, place->file, sum_reason_name(place->reason));
}

std::optional<SumProblem> check_sum(std::optional<std::string_view> stored,
                                    const Sum& computed,
                                    bool has_files) {
  if (!stored) {
    if (!has_files) {
      return std::nullopt;
    }
    return SumProblem{.kind = SumProblem::Kind::kNotFound, .place = std::nullopt};
  }
  if (is_as_written(*stored, computed)) {
    return std::nullopt;
  }
  const Result<Sum> parsed = parse_sum(*stored);
  if (!parsed) {
    const bool is_mismatch = parsed.error().code() == ErrorCode::kConflict;
    return SumProblem{.kind = is_mismatch ? SumProblem::Kind::kMismatch : SumProblem::Kind::kFormat,
                      .place = std::nullopt};
  }
  if (*parsed == computed) {
    return std::nullopt;
  }
  if (parsed->total() == computed.total()) {
    // Names and hashes that run together to the same text: upstream compares the totals alone.
    return std::nullopt;
  }
  return SumProblem{.kind = SumProblem::Kind::kMismatch,
                    .place = find_difference(*parsed, computed)};
}

std::string sum_advice(const SumProblem& problem, std::string_view command) {
  const std::string where = problem.place ? fmt::format("\n\t{}\n\n", problem.detail()) : "";
  return fmt::format(
      "You have a checksum error in your migration directory.\n"
      "{}"
      "Please check your migration files and run '{}' to re-hash the contents\n\n",
      where, command);
}

}  // namespace rhumb::migrate
