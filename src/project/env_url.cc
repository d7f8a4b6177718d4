#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"
#include "project/project.h"

namespace rhumb::project {
namespace {

constexpr std::string_view kScheme = "env://";

Error not_found(const std::string& url, const Environment& environment) {
  return invalid(url + " (attribute) not found in env." + environment.name);
}

Error not_defined(const std::string& url, std::string_view what, const Environment& environment) {
  return invalid(url + ": no " + std::string(what) + " defined in env " +
                 go_quote(environment.name));
}

Result<std::vector<std::string>> one(const std::string& text, const Error& missing) {
  if (text.empty()) {
    return missing;
  }
  return std::vector<std::string>{text};
}

/// The text of an attribute of the person's own, or all texts of a list.
Result<std::vector<std::string>> extra_texts(const std::string& url,
                                             std::string_view name,
                                             const Environment& environment) {
  const auto found = std::ranges::find(environment.extra, name, &ExtraAttribute::name);
  if (found == environment.extra.end()) {
    return not_found(url, environment);
  }
  const bool is_list = found->value.is_sequence();
  const hcl::ValueList values = is_list ? found->value.elements() : hcl::ValueList{found->value};
  std::vector<std::string> texts;
  for (const hcl::Value& value : values) {
    if (!value.has_content() || value.kind() != hcl::TypeKind::kString) {
      return invalid(url + ": string value is required");
    }
    texts.push_back(value.as_string());
  }
  return texts;
}

Result<std::vector<std::string>> named_texts(const std::string& url,
                                             std::string_view name,
                                             const Environment& environment) {
  if (name == "url" || name == "dev") {
    return one(name == "url" ? environment.url : environment.dev, not_found(url, environment));
  }
  if (name == "migration.dir") {
    return one(environment.migration.dir, not_defined(url, "migration dir", environment));
  }
  if (name == "schema.repo") {
    const bool has_repo = environment.schema.repo && !environment.schema.repo->name.empty();
    return one(has_repo ? "atlas://" + environment.schema.repo->name : "",
               not_defined(url, "schema repo", environment));
  }
  if (name == "src" || name == "schema.src") {
    const auto& sources = name == "src" ? environment.src : environment.schema.src;
    if (sources.empty()) {
      return not_defined(url, "src attribute", environment);
    }
    return sources;
  }
  return extra_texts(url, name, environment);
}

}  // namespace

Result<std::vector<std::string>> resolve_env_url(const std::string& url,
                                                 const Environment& environment) {
  if (!url.starts_with(kScheme)) {
    return std::vector<std::string>{url};
  }
  const std::string_view name = std::string_view(url).substr(kScheme.size());
  if (name.empty() || name.find_first_of("/?#") != std::string_view::npos) {
    return invalid("invalid env:// variable " + go_quote(url));
  }
  std::vector<std::string> texts = TRY(named_texts(url, name, environment));
  for (const std::string& text : texts) {
    if (text.starts_with(kScheme)) {
      return invalid(std::string(kScheme) + text + " (attribute) cannot reference another env://");
    }
  }
  return texts;
}

}  // namespace rhumb::project
