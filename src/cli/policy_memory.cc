#include "cli/policy_memory.h"

#include <string_view>

#include "base/go_format.h"
#include "codec/hex.h"
#include "codec/sha256.h"
#include "project/login.h"
#include "sys/files.h"

namespace rhumb::cli {
namespace {

using codec::Json;

constexpr uint32_t kPrivateDirectoryMode = 0700;
constexpr std::string_view kPermitEnding = ".permits";

std::string hash_of(const std::string& text) {
  return codec::hex_encode(codec::sha256(text));
}

std::string name_of(const PolicyQuestion& question) {
  const Json parts = Json::array(
      {question.endpoint, question.repo, question.env, question.dir_hash, question.version});
  return hash_of(codec::format_json(parts)) + std::string(kPermitEnding);
}

std::string policies_name(const std::string& endpoint) {
  return hash_of(endpoint) + ".policies";
}

void write_private(const std::string& folder, const std::string& name, const std::string& text) {
  if (sys::make_directories(folder, kPrivateDirectoryMode).has_value()) {
    (void)sys::write_file_atomic(folder + "/" + name, text, sys::kPrivateFileMode);
  }
}

}  // namespace

std::optional<std::string> PolicyMemory::folder() const {
  const std::optional<std::string> state = project::state_directory(environment_);
  return state ? std::optional(*state + "/cache") : std::nullopt;
}

void PolicyMemory::note_policies(const std::string& endpoint, bool has_policies) const {
  const std::optional<std::string> place = folder();
  if (!place || had_policies(endpoint) == has_policies) {
    return;
  }
  if (has_policies) {
    write_private(*place, policies_name(endpoint), endpoint + "\n");
  } else {
    (void)sys::remove_file(*place + "/" + policies_name(endpoint));
  }
}

bool PolicyMemory::had_policies(const std::string& endpoint) const {
  const std::optional<std::string> place = folder();
  return place && sys::file_exists(*place + "/" + policies_name(endpoint));
}

/// The permits of a file that are good, by target.
Json PolicyMemory::read_good(const std::string& path) const {
  Json good = Json::object();
  const Result<std::string> text = sys::read_file(path);
  const Result<Json> kept = text ? codec::parse_json(text.value()) : Result<Json>(Json());
  if (!kept || !kept.value().is_object()) {
    return good;
  }
  for (const Json::Member& member : kept.value().as_object()) {
    const auto end = parse_rfc3339(member.value.string_or_empty("expiresAt"));
    if (end && end.value() > clock_.now()) {
      good.set(member.key, member.value);
    }
  }
  return good;
}

void PolicyMemory::forget_what_is_over(const std::string& folder) const {
  const auto entries = sys::list_directory(folder);
  for (size_t i = 0; entries && i < entries.value().size(); ++i) {
    const std::string path = folder + "/" + entries.value()[i].name;
    if (path.ends_with(kPermitEnding) && read_good(path).empty()) {
      (void)sys::remove_file(path);
    }
  }
}

void PolicyMemory::keep(const PolicyQuestion& question,
                        const std::map<std::string, KeptPermit>& permits) const {
  const std::optional<std::string> place = folder();
  if (!place || permits.empty()) {
    return;
  }
  const std::string name = name_of(question);
  Json kept = read_good(*place + "/" + name);
  for (const auto& [target_id, permit] : permits) {
    kept.set(target_id,
             Json::object({{"permit", permit.permit}, {"expiresAt", permit.expires_at}}));
  }
  forget_what_is_over(*place);
  write_private(*place, name, codec::format_json(kept));
}

std::optional<std::string> PolicyMemory::find(const PolicyQuestion& question,
                                              const std::string& target_id) const {
  const std::optional<std::string> place = folder();
  const Json good = place ? read_good(*place + "/" + name_of(question)) : Json();
  const Json* kept = good.find(target_id);
  return kept == nullptr ? std::nullopt : std::optional(kept->string_or_empty("permit"));
}

}  // namespace rhumb::cli
