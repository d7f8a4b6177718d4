#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/store/sql.h"

/// What the registry tells a monitoring system, in the text format of Prometheus (version 0.0.4).
/// Source: prometheus.io/docs/instrumenting/exposition_formats; spec registry.md 13.
namespace rhumb::registry {

/// How many observations were at most so large. Not safe from several threads by itself.
class Histogram {
 public:
  /// Upper bounds in seconds, ascending.
  explicit Histogram(std::vector<double> bounds);

  void observe(double seconds);
  /// Lines `name_bucket{labels,le="..."}`, `name_sum` and `name_count`.
  [[nodiscard]] std::string format(std::string_view name, const std::string& labels) const;

 private:
  std::vector<double> bounds_;
  std::vector<uint64_t> counts_;  // one more than bounds: the rest
  double sum_ = 0;
};

/// What one server counts since it started. Threads: any.
class Metrics {
 public:
  Metrics();

  void count_request(int status, double seconds);
  /// A deployment that was stored here. `seconds`: how long it took where it ran.
  void count_deployment(std::string_view status, double seconds);
  [[nodiscard]] std::string format() const;

 private:
  mutable std::mutex mutex_;  // guards the members below
  std::map<int, uint64_t> requests_;
  Histogram request_seconds_;
  std::map<std::string, Histogram, std::less<>> deployment_seconds_;
};

/// What the store tells about one organization: databases by repository and status, deployments by
/// environment, kind and status, for how long the oldest databases have been pending, and what
/// receivers were not told yet.
Result<std::string> format_store_metrics(Session& session, int64_t org_id, int64_t now);

}  // namespace rhumb::registry
