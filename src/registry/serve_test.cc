#include "registry/serve.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>
#include <sstream>
#include <thread>

#include "codec/json.h"
#include "http/client.h"
#include "registry/audit/verify_log.h"
#include "registry/store/test_old_store.h"
#include "registry/store/test_store.h"
#include "registry_api/client.h"

namespace rhumb::registry {
namespace {

constexpr const char* kToken = "token-of-the-serve-tests-01";

class OneAsset final : public AssetSource {
 public:
  [[nodiscard]] std::optional<Asset> find(std::string_view path) const override {
    if (path == "/index.html") {
      return Asset{"<html>", "text/html; charset=utf-8", "\"1\"", false, false};
    }
    return std::nullopt;
  }
};

/// A registry on a free port until the end of the test.
class RunningServer {
 public:
  explicit RunningServer(StoreAddress store, std::function<void(ServeOptions&)> change = {}) {
    options_.store = std::move(store);
    options_.listen = "127.0.0.1:0";
    options_.admin_token = kToken;
    options_.version = "v9";
    options_.assets = &assets_;
    options_.stop = stop_.token();
    std::promise<std::string> ready;
    std::future<std::string> url = ready.get_future();
    options_.on_ready = [&ready](const std::string& base) { ready.set_value(base); };
    if (change) {
      change(options_);
    }
    thread_ = std::thread([this] {
      Result<int> status = serve(options_, out_);
      EXPECT_TRUE(status) << (status ? "" : status.error().message());
      EXPECT_EQ(status.value_or(-1), 0);
    });
    RHUMB_CHECK(url.wait_for(std::chrono::seconds(20)) == std::future_status::ready,
                "the server gets ready");
    url_ = url.get();
  }
  ~RunningServer() { stop(); }

  void stop() {
    if (thread_.joinable()) {
      stop_.cancel();
      thread_.join();
    }
  }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::string output() const { return out_.str(); }

  http::ClientResponse send(const std::string& method,
                            const std::string& path,
                            std::string body = "",
                            const std::string& token = kToken,
                            http::Headers headers = {}) {
    Result<http::Client> client = http::Client::create();
    RHUMB_CHECK(client.has_value(), "an HTTP client");
    http::ClientRequest request;
    request.method = method;
    request.url = url_ + path;
    request.headers = std::move(headers);
    request.headers.emplace_back("Authorization", "Bearer " + token);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = std::move(body);
    Result<http::ClientResponse> response = client->send(request);
    EXPECT_TRUE(response) << (response ? "" : response.error().message());
    return response ? *response : http::ClientResponse{};
  }

 private:
  OneAsset assets_;
  ServeOptions options_;
  sys::CancellationSource stop_;
  std::ostringstream out_;
  std::string url_;
  std::thread thread_;
};

class ServeTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!http::Client::create()) {
      GTEST_SKIP() << "libcurl is not installed";
    }
  }

  TestStorePlace place_;
  const StoreAddress store_ = place_.address();
};

TEST_F(ServeTest, SaysWhatAnOlderStoreIsUpgradedBy) {
  const std::span<const EmbeddedFile> files = own_migrations();
  ASSERT_TRUE(apply_migrations(store_, files.first(files.size() - 1)));
  std::mutex mutex;
  std::vector<std::string> lines;
  RunningServer server(store_, [&](ServeOptions& options) {
    options.log = [&](const std::string& line) {
      const std::lock_guard guard(mutex);
      lines.push_back(line);
    };
  });
  EXPECT_EQ(server.send("GET", "/readyz").status, 200);
  server.stop();
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front(), "store: upgrading by " + std::string(files.back().name) +
                               "; requests are answered when it is done");
}

TEST_F(ServeTest, PrintsWhatScriptsWaitFor) {
  std::string first;
  {
    RunningServer server(store_, [](ServeOptions& options) { options.admin_token.reset(); });
    server.stop();
    first = server.output();
  }
  std::istringstream lines(first);
  std::string line;
  std::getline(lines, line);
  EXPECT_TRUE(line.starts_with("Admin token: rgb_")) << line;
  std::getline(lines, line);
  EXPECT_TRUE(line.starts_with("Set-up URL: http://127.0.0.1:")) << line;
  std::getline(lines, line);
  EXPECT_TRUE(line.starts_with("Rhumb v9 is listening on http://127.0.0.1:")) << line;
  EXPECT_FALSE(std::getline(lines, line));
  RunningServer again(store_, [](ServeOptions& options) {
    options.admin_token.reset();
    options.public_url = "https://registry.example/";
  });
  again.stop();
  EXPECT_EQ(again.output().find("Admin token"), std::string::npos);
  EXPECT_TRUE(again.output().starts_with("Set-up URL: https://registry.example/setup/"));
}

TEST_F(ServeTest, Refusals) {
  RunningServer server(store_);
  std::ostringstream out;
  ServeOptions options;
  options.store = store_;
  options.listen = "127.0.0.1:0";
  if (store_.url.empty()) {  // servers share what is on a server
    Result<int> in_use = serve(options, out);
    ASSERT_FALSE(in_use);
    EXPECT_EQ(in_use.error().code(), ErrorCode::kBusy);
  }
  options.store = {"", place_.folder() + "/other"};
  options.listen = server.url().substr(std::string("http://").size());
  Result<int> address = serve(options, out);
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code(), ErrorCode::kConflict);
  options.admin_token = "short";
  EXPECT_FALSE(serve(options, out));
  options.admin_token.reset();
  options.listen = "nowhere";
  EXPECT_FALSE(serve(options, out));
  EXPECT_EQ(out.str(), "");
  server.stop();
  options.store = store_;
  options.listen = "127.0.0.1:0";
  options.admin_token = "another-token-0123456789";
  Result<int> other = serve(options, out);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::kDenied);
}

TEST_F(ServeTest, AnswersAsClientsExpect) {
  RunningServer server(store_);
  const std::string me = R"({"query":"query Bot { me { name org } }"})";
  for (const char* path : {"/", "/query", "/api/query", "/graphql", "/query?x=1", "/query/", "/team/a"}) {
    http::ClientResponse response = server.send("POST", path, me);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.body, R"({"data":{"me":{"name":"admin","org":"default"}}})") << path;
    EXPECT_EQ(http::header_or_empty(response.headers, "Content-Type"), "application/json");
    EXPECT_EQ(http::header_or_empty(response.headers, "X-Registry-Features"),
              "ext, drift, schema-apply, live");
    EXPECT_NE(http::header_or_empty(response.headers, "X-Request-Id"), "");
  }
  for (const char* token : {"", "wrong-token"}) {
    http::ClientResponse response = server.send("POST", "/query", me, token);
    EXPECT_EQ(response.status, 401) << token;
    EXPECT_EQ(response.body, R"({"errors":[{"message":"unauthorized"}]})");
  }
  EXPECT_EQ(server.send("POST", "/query", "no json").status, 400);
  EXPECT_EQ(server.send("POST", "/query", R"({"query":"{ nothing }"})").status, 422);
  EXPECT_EQ(server.send("POST", "/query", R"({"query":"{ me"})").status, 422);
  http::ClientResponse unknown =
      server.send("POST", "/query", R"j({"query":"{ dirState(input: {slug: \"x\"}) { content } }"})j");
  EXPECT_EQ(unknown.status, 200);
  Result<codec::Json> body = codec::parse_json(unknown.body);
  ASSERT_TRUE(body);
  const codec::Json& error = body->at("errors").at(0);
  EXPECT_EQ(error.at("message").as_string(), "dir \"x\" not found");
  EXPECT_EQ(codec::format_json(error.at("path")), R"(["dirState"])");
  EXPECT_FALSE(error.contains("locations"));
  EXPECT_EQ(error.at("extensions").at("code").as_string(), "NOT_FOUND");
}

TEST_F(ServeTest, HealthAndPages) {
  RunningServer server(store_);
  EXPECT_EQ(server.send("GET", "/livez", "", "").status, 200);
  EXPECT_EQ(server.send("GET", "/readyz", "", "").status, 200);
  for (const char* path : {"/", "/databases", "/deployments/sets/3", "/repos/a.b", "/setup/x"}) {
    http::ClientResponse page = server.send("GET", path, "", "");
    EXPECT_EQ(page.body, "<html>") << path;
    EXPECT_TRUE(http::header_or_empty(page.headers, "Content-Security-Policy")
                    .starts_with("default-src 'none'"));
  }
  EXPECT_EQ(server.send("GET", "/missing.js", "", "").status, 404);
  EXPECT_EQ(server.send("GET", "/", "", "", {{"If-None-Match", "\"1\""}}).status, 304);
  EXPECT_EQ(server.send("DELETE", "/query").status, 405);
}

TEST_F(ServeTest, RevokedTokensEndAtOnce) {
  RunningServer server(store_);
  const std::string made =
      server
          .send("POST", "/query",
                R"({"query":"mutation{createBot(input:{name:\"ci\",scopes:[\"cloud:read\"]}))"
                R"({secret token{id}}}"})")
          .body;
  const codec::Json answer = *codec::parse_json(made);
  const codec::Json& bot = answer.at("data").at("createBot");
  const std::string secret = bot.at("secret").as_string();
  const char* whoami = R"({"query":"query Bot { me { name } }"})";
  EXPECT_EQ(server.send("POST", "/query", whoami, secret).status, 200);
  EXPECT_EQ(server.send("POST", "/query", whoami, secret).status, 200);
  const std::string id = bot.at("token").at("id").as_string();
  EXPECT_EQ(server
                .send("POST", "/query",
                      R"({"query":"mutation{revokeToken(id:\")" + id + R"(\"){success}}"})")
                .status,
            200);
  EXPECT_EQ(server.send("POST", "/query", whoami, secret).status, 401);
}

TEST_F(ServeTest, MetricsCountWritesAndCommits) {
  RunningServer server(store_);
  EXPECT_EQ(server.send("GET", "/metrics", "", "no-such-token-0123456789").status, 401);
  const http::ClientResponse metrics = server.send("GET", "/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.body.find("\nrhumb_store_writes_total "), std::string::npos) << metrics.body;
  EXPECT_NE(metrics.body.find("\nrhumb_store_commits_total "), std::string::npos);
  EXPECT_EQ(metrics.body.find("rhumb_store_commits_total 0\n"), std::string::npos);
}

TEST_F(ServeTest, SetupAddressWorksOnce) {
  RunningServer server(store_);
  const std::string output = server.output();
  size_t start = output.find("/setup/");
  ASSERT_NE(start, std::string::npos);
  std::string path = output.substr(start, output.find('\n', start) - start);
  EXPECT_EQ(server.send("POST", "/setup/wrong", "{}", "").status, 410);
  http::ClientResponse first = server.send("POST", path, R"({"name":"ann"})", "");
  ASSERT_EQ(first.status, 200) << first.body;
  Result<codec::Json> body = codec::parse_json(first.body);
  ASSERT_TRUE(body);
  std::string token = body->string_or_empty("token");
  EXPECT_TRUE(token.starts_with("rgp_"));
  EXPECT_EQ(server.send("POST", "/query", R"({"query":"{ me { name } }"})", token).body,
            R"({"data":{"me":{"name":"ann"}}})");
  EXPECT_EQ(server.send("POST", path, R"({"name":"bob"})", "").status, 410);
  server.stop();
  RunningServer again(store_);
  EXPECT_EQ(again.output().find("Set-up"), std::string::npos);
}

TEST_F(ServeTest, RateLimitSparesReports) {
  RunningServer server(store_, [](ServeOptions& options) { options.requests_per_minute = 2; });
  const std::string me = R"({"query":"{ me { name } }"})";
  EXPECT_EQ(server.send("POST", "/query", me).status, 200);
  EXPECT_EQ(server.send("POST", "/query", me).status, 200);
  http::ClientResponse refused = server.send("POST", "/query", me);
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(http::header_or_empty(refused.headers, "Retry-After"), "");
  EXPECT_EQ(server
                .send("POST", "/query",
                      R"j({"query":"mutation { reportMigration(input: {}) { url } }"})j")
                .status,
            422);
  EXPECT_EQ(server
                .send("POST", "/query",
                      R"j({"query":"mutation { a: syncDir(input: {slug: \"reportMigration\", )j"
                      R"j(driver: \"\", dir: \"\"}) { url } }"})j")
                .status,
            429);
}

TEST_F(ServeTest, AuditLogIsVerifiedWhileItRunsAndAfter) {
  RunningServer server(store_);
  server.send("POST", "/query", R"({"query":"{ me { name } }"})", "wrong-token");
  Result<AuditReport> running = verify_audit_log(store_, "");
  ASSERT_TRUE(running) << running.error().message();
  EXPECT_EQ(running->entries, 4);  // organization, bot, token, refused login
  std::string checkpoint = std::to_string(running->entries) + ":" + running->head_hash;
  server.stop();
  EXPECT_TRUE(verify_audit_log(store_, checkpoint));
  EXPECT_FALSE(verify_audit_log(store_, "9:" + running->head_hash));
  EXPECT_FALSE(verify_audit_log(store_, "x"));
  EXPECT_FALSE(verify_audit_log({"", "/nonexistent"}, ""));
}

TEST_F(ServeTest, RefusedTokensOfAMinuteAreTwoEntriesAtMost) {
  RunningServer server(store_);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(server.send("POST", "/query", R"({"query":"{ me { name } }"})", "wrong-token").status,
              401);
  }
  server.stop();
  const Result<AuditReport> report = verify_audit_log(store_, "");
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->entries, 5);  // organization, bot, token, the first refusal, the three others
}

TEST_F(ServeTest, OpenPagesFollowWhatIsCommitted) {
  RunningServer server(store_);
  EXPECT_EQ(server.send("GET", "/events", "", "wrong").status, 401);
  EXPECT_EQ(server.send("GET", "/events?set=x").status, 404);
  std::string seen;
  std::atomic<bool> done = false;
  std::thread page([&] {
    Result<http::Client> client = http::Client::create();
    http::ClientRequest request;
    request.url = server.url() + "/events";
    request.headers = {{"Authorization", std::string("Bearer ") + kToken}};
    Result<http::ClientResponse> response = client->send(request);
    EXPECT_TRUE(response);
    seen = response ? response->body : "";
    done = true;
  });
  const std::string begin =
      R"j({"query":"mutation { beginMigrationSet(input: {id: \"ID\", planned: 1, startTime: )j"
      R"j(\"2026-01-01T00:00:00Z\", envName: \"prod\", dirName: \"app\"}) { url } }"})j";
  // The stream opens at some moment; events from then on arrive.
  for (int i = 0; i < 20; ++i) {
    std::string body = begin;
    body.replace(body.find("ID"), 2, "set-" + std::to_string(i));
    EXPECT_EQ(server.send("POST", "/query", body).status, 200);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  server.stop();  // ends the stream
  page.join();
  EXPECT_TRUE(done);
  EXPECT_TRUE(seen.starts_with(": connected\n\n")) << seen;
  EXPECT_NE(seen.find("event: migration\ndata: {\"id\":\"20\",\"repo\":\"1\",\"status\":"
                      "\"RUNNING\",\"set\":\"20\"}\n\n"),
            std::string::npos)
      << seen;
}

/// Requests of published clients, by the runner that comes with them.
TEST_F(ServeTest, RecordedRequestsOfPublishedClients) {
  const char* shared = std::getenv("RHUMB_SHARED");
  std::string replay = std::string(shared != nullptr ? shared : RHUMB_SOURCE_DIR "/../shared") +
                       "/conformance/registry/replay";
  if (!std::filesystem::exists(replay) || std::system("python3 -c '' 2>/dev/null") != 0) {
    GTEST_SKIP() << "no recorded requests at " << replay << ", or no python3";
  }
  RunningServer server(store_);
  for (int turn = 0; turn < 2; ++turn) {
    std::string command = "python3 " + replay + " --url " + server.url() + " --token " + kToken;
    int status = std::system(command.c_str());
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  server.stop();
  EXPECT_TRUE(verify_audit_log(store_, ""));
}

}  // namespace
}  // namespace rhumb::registry
