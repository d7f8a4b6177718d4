#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace rhumb::http {

/// What the named parts of a pattern matched, decoded.
class PathParameters {
 public:
  void set(std::string name, std::string value);
  /// "" when the pattern has no such part.
  [[nodiscard]] const std::string& get(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

using RouteHandler = std::function<Response(const Request&, const PathParameters&)>;

/// Chooses a handler by method and path.
///
/// Shape: a pattern is segments between slashes: text, `{name}` for one segment that is not empty,
/// or `{name...}` at the end for the rest, slashes included and perhaps empty:
/// `/dirs/{id}/tags/{tag}`, `/repos/{slug...}`. Text is preferred to `{name}`, that to `{name...}`,
/// from left to right, whatever the order of adding. GET handlers answer HEAD too.
/// Threads: add everything first; handle() is safe from any thread.
class Router {
 public:
  void add(std::string_view method, std::string_view pattern, RouteHandler handler);
  /// Called when no pattern matches; without it the answer is 404.
  void set_fallback(RouteHandler handler);

  /// 405 with `Allow` when the path matches with other methods only; 400 when an escape of the path
  /// is malformed.
  [[nodiscard]] Response handle(const Request& request) const;

 private:
  struct Segment {
    enum class Kind { kText, kOne, kRest };
    Kind kind = Kind::kText;
    std::string text;  // the text, or the name
  };
  struct Route {
    std::string method;
    std::vector<Segment> segments;
    RouteHandler handler;
  };
  [[nodiscard]] static std::vector<Segment> parse_pattern(std::string_view pattern);
  [[nodiscard]] static bool matches(const Route& route,
                                    const std::vector<std::string>& path,
                                    PathParameters& parameters);
  [[nodiscard]] static bool is_preferred(const Route& a, const Route& b);

  std::vector<Route> routes_;  // the preferred ones first
  RouteHandler fallback_;
};

}  // namespace rhumb::http
