#include "registry/identity/cookies.h"

#include <fmt/format.h>

#include "base/text.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kHostPrefix = "__Host-";

std::string full_name(const http::Request& request,
                      std::string_view public_url,
                      std::string_view name) {
  return fmt::format("{}{}", is_secure(request, public_url) ? kHostPrefix : "", name);
}

/// `https://host:port` of an address.
std::string_view origin_of(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t path = scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3);
  return url.substr(0, path);
}

bool is_json(const http::Request& request) {
  const std::string_view type = request.header("Content-Type");
  return equal_fold_ascii(trim(type.substr(0, type.find(';'))), "application/json");
}

bool is_own_origin(const http::Request& request,
                   std::string_view origin,
                   std::string_view public_url) {
  const std::string addressed =
      fmt::format("{}://{}", request.secure ? "https" : "http", request.header("Host"));
  return equal_fold_ascii(origin, addressed) || equal_fold_ascii(origin, origin_of(public_url));
}

}  // namespace

bool is_secure(const http::Request& request, std::string_view public_url) {
  return request.secure || public_url.starts_with("https://");
}

std::optional<std::string> find_cookie(const http::Request& request,
                                       std::string_view public_url,
                                       std::string_view name) {
  const std::optional<std::string_view> value =
      request.cookie(full_name(request, public_url, name));
  return value.has_value() && !value->empty() ? std::optional<std::string>(*value) : std::nullopt;
}

std::optional<std::string> session_cookie(const http::Request& request,
                                          std::string_view public_url) {
  return find_cookie(request, public_url, kSessionCookie);
}

void set_cookie(http::Response& response,
                const http::Request& request,
                std::string_view public_url,
                const CookieWish& wish) {
  std::string text = fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax",
                                 full_name(request, public_url, wish.name), wish.value);
  if (is_secure(request, public_url)) {
    text += "; Secure";
  }
  if (wish.seconds.has_value()) {
    text += fmt::format("; Max-Age={}", *wish.seconds);
  }
  response.headers.emplace_back("Set-Cookie", std::move(text));
}

bool is_cross_site(const http::Request& request, std::string_view public_url) {
  const std::string_view site = request.header("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin") {
    return true;
  }
  const std::string_view origin = request.header("Origin");
  return !origin.empty() && !is_own_origin(request, origin, public_url);
}

bool may_be_forged(const http::Request& request, std::string_view public_url) {
  const bool says_nothing =
      request.header("Sec-Fetch-Site").empty() && request.header("Origin").empty();
  return says_nothing || is_cross_site(request, public_url) || !is_json(request);
}

}  // namespace rhumb::registry
