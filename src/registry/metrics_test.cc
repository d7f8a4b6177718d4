#include "registry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json.h"
#include "http/server.h"
#include "registry/request_log.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

using testing::HasSubstr;

TEST(Histogram, CountsWhatWasAtMostSoLarge) {
  Histogram histogram({0.5, 1, 10});
  for (const double seconds : {0.5, 0.75, 1.0, 11.0}) {
    histogram.observe(seconds);
  }
  EXPECT_EQ(histogram.format("x", "a=\"b\""),
            "x_bucket{a=\"b\",le=\"0.5\"} 1\nx_bucket{a=\"b\",le=\"1\"} 3\n"
            "x_bucket{a=\"b\",le=\"10\"} 3\nx_bucket{a=\"b\",le=\"+Inf\"} 4\n"
            "x_sum{a=\"b\"} 13.25\nx_count{a=\"b\"} 4\n");
  EXPECT_THAT(Histogram({1}).format("x", ""), HasSubstr("x_bucket{le=\"+Inf\"} 0\nx_sum 0\n"));
}

TEST(Metrics, OfRequestsAndDeployments) {
  Metrics metrics;
  metrics.count_request(200, 0.002);
  metrics.count_request(200, 0.2);
  metrics.count_request(503, 0.001);
  metrics.count_deployment("FAILED", 30);
  const std::string text = metrics.format();
  EXPECT_THAT(text, HasSubstr("# TYPE rhumb_http_requests_total counter\n"
                              "rhumb_http_requests_total{code=\"200\"} 2\n"
                              "rhumb_http_requests_total{code=\"503\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rhumb_http_request_seconds_bucket{le=\"0.0025\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rhumb_deployment_seconds_bucket{status=\"FAILED\",le=\"30\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rhumb_deployment_seconds_sum{status=\"FAILED\"} 30\n"));
}

TEST(Metrics, OfTheStore) {
  TestRegistry registry;
  ASSERT_TRUE(registry.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry.ingest(registry.report("a", "", "1")));
  ASSERT_TRUE(registry.ingest(registry.report("b", "", "2")));
  registry.clock().advance(std::chrono::hours(1));
  auto format = [&registry](int64_t org_id) {
    return read_value<std::string>(*registry.store(),
                                   [&](Session& session) {
                                     return format_store_metrics(session, org_id, registry->now());
                                   })
        .value();
  };
  const std::string text = format(1);
  EXPECT_THAT(text, HasSubstr("rhumb_databases{repo=\"app\",status=\"SYNCED\"} 1\n"
                              "rhumb_databases{repo=\"app\",status=\"PENDING\"} 1\n"
                              "rhumb_databases{repo=\"app\",status=\"FAILED\"} 0\n"));
  EXPECT_THAT(text,
              HasSubstr("rhumb_deployments{env=\"prod\",kind=\"APPLY\",status=\"PASSED\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("\nrhumb_oldest_pending_seconds 3600\n"));
  EXPECT_THAT(format(2), HasSubstr("\nrhumb_oldest_pending_seconds 0\n"));
  EXPECT_THAT(format(2), testing::Not(HasSubstr("app")));
  EXPECT_THAT(registry->metrics.format(),
              HasSubstr("rhumb_deployment_seconds_count{status=\"PASSED\"} 2\n"));
}

TEST(RequestLog, IsOneObjectWithoutSecrets) {
  http::AccessEntry entry;
  entry.method = "POST";
  entry.target = "/setup/one-time-code?x=secret";
  entry.remote_address = "203.0.113.9";
  entry.request_id = "0123";
  entry.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  entry.status = 503;
  entry.request_bytes = 12;
  entry.duration = std::chrono::milliseconds(1500);
  EXPECT_EQ(format_request(entry, 0),
            R"j({"time":"1970-01-01T00:00:00Z","level":"error","msg":"request",)j"
            R"j("request_id":"0123","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)j"
            R"j("method":"POST","path":"/setup/...","status":503,"seconds":1.5,"bytes_in":12,)j"
            R"j("bytes_out":0,"remote":"203.0.113.9"})j");
  EXPECT_EQ(format_event("a\nb", 0),
            R"j({"time":"1970-01-01T00:00:00Z","level":"error","msg":"a\nb"})j");
}

}  // namespace
}  // namespace rhumb::registry
