#include "migrate/directory_url.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "base/go_format.h"
#include "codec/url.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kDefaultFolder = "migrations";
constexpr std::string_view kFormatKey = "format";

}  // namespace

std::string join_path(const std::string& a, const std::string& b) {
  if (a.empty() && b.empty()) {
    return {};
  }
  const std::string joined = a.empty() || b.empty() ? a + b : a + "/" + b;
  std::string clean = std::filesystem::path(joined).lexically_normal().string();
  while (clean.size() > 1 && clean.ends_with('/')) {
    clean.pop_back();
  }
  return clean;
}

Result<Format> DirectoryUrl::format() const {
  const std::string name = query_value(kFormatKey);
  const std::optional<Format> known = find_format(name);
  if (!known) {
    return invalid(fmt::format("unknown dir format {}", go_quote(name)));
  }
  return *known;
}

std::string DirectoryUrl::query_value(std::string_view key) const {
  const auto found = query.find(key);
  return found == query.end() ? std::string() : found->second.front();
}

Result<DirectoryUrl> parse_directory_url(std::string_view text) {
  const codec::Url url = TRY(codec::parse_url(text));
  if (url.scheme.empty()) {
    return invalid(fmt::format("missing scheme for dir url. Did you mean \"file://{}\"? ", text));
  }
  DirectoryUrl parsed{
      .scheme = url.scheme,
      .path = url.opaque.empty() ? join_path(url.host, url.path) : join_path(url.opaque, ""),
      .query = url.query(),
      .shown = url.redacted_text()};
  if (parsed.scheme == "file" && parsed.path.empty()) {
    parsed.path = kDefaultFolder;
  }
  return parsed;
}

Result<std::string> with_format(std::string_view text, std::string_view format) {
  codec::Url url = TRY(codec::parse_url(text));
  if (url.scheme.empty()) {
    return std::string(text);
  }
  codec::QueryValues values = url.query();
  if (!values.contains(kFormatKey)) {
    values[std::string(kFormatKey)] = {std::string(format)};
    url.set_query(values);
    return url.text_with_secrets();
  }
  return std::string(text);
}

Result<std::string> as_atlas_format(std::string_view text) {
  TRY(parse_directory_url(text));
  codec::Url url = TRY(codec::parse_url(text));
  codec::QueryValues values = url.query();
  if (values.erase(std::string(kFormatKey)) > 0) {
    url.set_query(values);
  }
  return url.text_with_secrets();
}

}  // namespace rhumb::migrate
