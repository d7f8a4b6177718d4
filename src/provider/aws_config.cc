#include "provider/aws_config.h"

#include <optional>

#include "base/text.h"
#include "sys/files.h"

namespace rhumb::provider {
namespace {

constexpr std::string_view kDefault = "default";

/// The profile whose section begins with this line; nothing for a section of another kind.
std::optional<std::string> profile_of(std::string_view header, bool is_config) {
  const std::string_view name = trim(header.substr(1, header.find(']') - 1));
  if (!is_config || name == kDefault) {
    return std::string(name);
  }
  const auto words = cut(name, " ");
  if (!words || words->first != "profile") {
    return std::nullopt;
  }
  return std::string(trim(words->second));
}

/// A value ends at a comment, which has a blank before it.
std::string_view without_comment(std::string_view value) {
  for (const std::string_view mark : {" #", " ;", "\t#", "\t;"}) {
    value = value.substr(0, value.find(mark));
  }
  return trim(value);
}

Result<std::string> read_if_there(const std::string& path) {
  Result<std::string> text = sys::read_file(path);
  if (!text && text.error().code() == ErrorCode::kNotFound) {
    return std::string();
  }
  return text;
}

std::string file_path(const sys::Environment& environment,
                      const std::string& variable,
                      const std::string& name) {
  const std::string named = environment.get_or_empty(variable);
  return named.empty() ? environment.get_or_empty("HOME") + "/.aws/" + name : named;
}

}  // namespace

Result<AwsConfig> AwsConfig::read(const sys::Environment& environment) {
  AwsConfig config;
  const std::string credentials =
      TRY(read_if_there(file_path(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials")));
  config.add(credentials, /*is_config=*/false);
  const std::string settings =
      TRY(read_if_there(file_path(environment, "AWS_CONFIG_FILE", "config")));
  config.add(settings, /*is_config=*/true);
  return config;
}

void AwsConfig::add(std::string_view text, bool is_config) {
  AwsProfile* profile = nullptr;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view content = trim(line);
    const bool is_nested = !line.empty() && (line.front() == ' ' || line.front() == '\t');
    if (content.empty() || content.front() == '#' || content.front() == ';') {
      continue;
    }
    if (content.front() == '[' && content.find(']') != std::string_view::npos) {
      const std::optional<std::string> name = profile_of(content, is_config);
      profile = name ? &profiles_[*name] : nullptr;
      continue;
    }
    const auto parts = cut(content, "=");
    if (profile != nullptr && parts && !is_nested) {
      profile->emplace(to_lower_ascii(trim(parts->first)), without_comment(parts->second));
    }
  }
}

const AwsProfile* AwsConfig::find(std::string_view profile) const {
  const auto found = profiles_.find(profile);
  return found == profiles_.end() ? nullptr : &found->second;
}

std::string AwsConfig::setting(std::string_view profile, std::string_view name) const {
  const AwsProfile* settings = find(profile);
  if (settings == nullptr) {
    return {};
  }
  const auto found = settings->find(name);
  return found == settings->end() ? std::string() : found->second;
}

std::string choose_profile(const sys::Environment& environment, const std::string& asked) {
  const std::string named = asked.empty() ? environment.get_or_empty("AWS_PROFILE") : asked;
  return named.empty() ? std::string(kDefault) : named;
}

}  // namespace rhumb::provider
