#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

/// The cookies that pages are known by, and what shows that a request comes from a page of ours.
/// Source: RFC 6265bis (draft 20) 4.1.3 for `__Host-`; W3C Fetch Metadata; OWASP "Cross-Site
/// Request Forgery Prevention".
namespace rhumb::registry {

/// What the browser sees: over TLS, here or at a proxy before us, the address is https.
[[nodiscard]] bool is_secure(const http::Request& request, std::string_view public_url);

/// The secret of the session that a request belongs to; nothing without one.
[[nodiscard]] std::optional<std::string> session_cookie(const http::Request& request,
                                                        std::string_view public_url);

struct CookieWish {
  std::string_view name;  ///< without `__Host-`
  std::string_view value;
  std::optional<int64_t> seconds{};  ///< none: until the browser ends; 0: away with it
};
/// HttpOnly, SameSite=Lax, and where it can be Secure and bound to this host.
void set_cookie(http::Response& response,
                const http::Request& request,
                std::string_view public_url,
                const CookieWish& wish);
[[nodiscard]] std::optional<std::string> find_cookie(const http::Request& request,
                                                     std::string_view public_url,
                                                     std::string_view name);

inline constexpr std::string_view kSessionCookie = "rhumb_session";

/// Whether another site could have sent this: not, when the browser says so (`Sec-Fetch-Site`, or
/// `Origin`), and not without `Content-Type: application/json`, which a form cannot send.
[[nodiscard]] bool may_be_forged(const http::Request& request, std::string_view public_url);
/// As may_be_forged, for requests that need no cookie: programs do not tell where they come from.
[[nodiscard]] bool is_cross_site(const http::Request& request, std::string_view public_url);

}  // namespace rhumb::registry
