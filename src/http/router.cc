#include "http/router.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/text.h"

namespace rhumb::http {
namespace {

/// The segments of a path, each decoded; false when an escape is malformed.
bool decode_path(std::string_view path, std::vector<std::string>& segments) {
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  for (const std::string_view raw : split(path, '/')) {
    std::optional<std::string> segment = decode_percent(raw, false);
    if (!segment) {
      return false;
    }
    segments.push_back(std::move(*segment));
  }
  return true;
}

}  // namespace

void PathParameters::set(std::string name, std::string value) {
  values_.emplace_back(std::move(name), std::move(value));
}

const std::string& PathParameters::get(std::string_view name) const {
  static const std::string empty;
  for (const auto& value : values_) {
    if (value.first == name) {
      return value.second;
    }
  }
  return empty;
}

std::vector<Router::Segment> Router::parse_pattern(std::string_view pattern) {
  RHUMB_CHECK(pattern.starts_with('/'), "patterns begin with a slash");
  std::vector<Segment> segments;
  for (std::string_view text : split(pattern.substr(1), '/')) {
    RHUMB_CHECK(segments.empty() || segments.back().kind != Segment::Kind::kRest,
                "nothing follows the rest of a path");
    Segment segment;
    if (text.starts_with('{') && text.ends_with('}')) {
      text = text.substr(1, text.size() - 2);
      segment.kind = Segment::Kind::kOne;
      if (text.ends_with("...")) {
        segment.kind = Segment::Kind::kRest;
        text.remove_suffix(3);
      }
    }
    segment.text = std::string(text);
    segments.push_back(std::move(segment));
  }
  return segments;
}

bool Router::is_preferred(const Route& a, const Route& b) {
  return std::lexicographical_compare(
      a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
      [](const Segment& x, const Segment& y) { return x.kind < y.kind; });
}

void Router::add(std::string_view method, std::string_view pattern, RouteHandler handler) {
  Route route{.method = std::string(method),
              .segments = parse_pattern(pattern),
              .handler = std::move(handler)};
  const auto place = std::upper_bound(routes_.begin(), routes_.end(), route, is_preferred);
  routes_.insert(place, std::move(route));
}

void Router::set_fallback(RouteHandler handler) {
  fallback_ = std::move(handler);
}

bool Router::matches(const Route& route,
                     const std::vector<std::string>& path,
                     PathParameters& parameters) {
  for (size_t i = 0; i < route.segments.size(); ++i) {
    const Segment& segment = route.segments[i];
    if (segment.kind == Segment::Kind::kRest) {
      const auto from = path.begin() + static_cast<std::ptrdiff_t>(std::min(i, path.size()));
      parameters.set(segment.text, join(std::vector<std::string>(from, path.end()), "/"));
      return true;
    }
    if (i >= path.size()) {
      return false;
    }
    if (segment.kind == Segment::Kind::kText ? segment.text != path[i] : path[i].empty()) {
      return false;
    }
    if (segment.kind == Segment::Kind::kOne) {
      parameters.set(segment.text, path[i]);
    }
  }
  return path.size() == route.segments.size();
}

Response Router::handle(const Request& request) const {
  std::vector<std::string> path;
  if (!decode_path(request.path, path)) {
    return text_response(400, "malformed escape in the path");
  }
  std::set<std::string> allowed;
  for (const Route& route : routes_) {
    PathParameters parameters;
    if (!matches(route, path, parameters)) {
      continue;
    }
    if (route.method == request.method || (route.method == "GET" && request.method == "HEAD")) {
      return route.handler(request, parameters);
    }
    allowed.insert(route.method);
  }
  if (!allowed.empty()) {
    if (allowed.count("GET") > 0) {
      allowed.insert("HEAD");
    }
    Response response = text_response(405, "method not allowed");
    response.headers.emplace_back("Allow", join(allowed, ", "));
    return response;
  }
  return fallback_ ? fallback_(request, {}) : text_response(404, "not found");
}

}  // namespace rhumb::http
