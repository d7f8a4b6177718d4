#include "http/client.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "http/server.h"
#include "http/test_support.h"

namespace rhumb::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class HttpClient : public testing::Test {
 protected:
  void SetUp() override {
    auto client = Client::create({.ca_file = "", .proxy_from_environment = false});
    if (!client.has_value()) {
      GTEST_SKIP() << client.error().message();
    }
    client_ = std::make_unique<Client>(std::move(*client));
  }

  void start(ServerOptions options = {}) {
    options.io_threads = 1;
    auto server = Server::start(std::move(options), [this](const Request& r) { return answer(r); });
    ASSERT_TRUE(server.has_value()) << server.error().message();
    server_ = std::move(*server);
  }

  Response answer(const Request& request) {
    if (request.path == "/moved") {
      return redirect_response("/elsewhere");
    }
    if (request.path == "/large") {
      return make_response(200, "text/plain", std::string(100'000, 'x'));
    }
    if (request.path == "/slow") {
      std::this_thread::sleep_for(milliseconds(400));
    }
    Response response = make_response(
        request.method == "DELETE" ? 404 : 200, "text/plain",
        request.method + " " + request.target + " " + std::string(request.header("X-Sent")) + " " +
            std::string(request.header("Content-Type")) + " " +
            std::to_string(request.body.size()) + (request.secure ? " secure" : ""));
    response.headers.emplace_back("X-Registry-Features", "ext, policy");
    return response;
  }

  Result<ClientResponse> send(const std::string& method,
                              const std::string& path,
                              std::string body = "",
                              milliseconds timeout = seconds(20)) {
    ClientRequest request;
    request.method = method;
    request.url = server_->base_url() + path;
    request.headers = {{"X-Sent", "yes"}, {"Content-Type", "application/json"}};
    request.body = std::move(body);
    request.timeout = timeout;
    return client_->send(request);
  }

  std::unique_ptr<Client> client_;
  std::unique_ptr<Server> server_;
};

TEST_F(HttpClient, SendsRequests) {
  start();
  struct Case {
    const char* method;
    const char* path;
    std::string body;
    int status;
    const char* want;
  };
  const Case cases[] = {
      {"GET", "/a?b=%20c", "", 200, "GET /a?b=%20c yes application/json 0"},
      {"POST", "/../x", "{}", 200, "POST /../x yes application/json 2"},
      {"POST", "/", "", 200, "POST / yes application/json 0"},
      {"PUT", "/", std::string(2'000'000, 'x'), 200, "PUT / yes application/json 2000000"},
      {"DELETE", "/", "", 404, "DELETE / yes application/json 0"},
      {"HEAD", "/", "", 200, ""},
      {"GET", "/after-head", "", 200, "GET /after-head yes application/json 0"},
  };
  for (const Case& c : cases) {
    const auto response = send(c.method, c.path, c.body);
    ASSERT_TRUE(response.has_value()) << c.method << ": " << response.error().message();
    EXPECT_EQ(response->status, c.status) << c.method;
    EXPECT_EQ(response->body, c.want) << c.method;
    EXPECT_EQ(find_header(response->headers, "x-registry-features"), "ext, policy");
  }
}

TEST_F(HttpClient, KeepsTheConnection) {
  ServerOptions options;
  options.connections_max = 1;  // a second connection would wait for ever
  start(options);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(send("POST", "/", "x", seconds(5)).has_value()) << i;
  }
}

TEST_F(HttpClient, DecompressesAndDoesNotFollow) {
  start();
  EXPECT_EQ(send("GET", "/large")->body.size(), 100'000U);
  const auto moved = send("GET", "/moved");
  EXPECT_EQ(moved->status, 303);
  EXPECT_EQ(find_header(moved->headers, "Location"), "/elsewhere");
}

TEST_F(HttpClient, ReportsFailures) {
  start();
  ClientRequest request;
  request.url = server_->base_url() + "/large";
  request.response_bytes_max = 99'999;
  EXPECT_EQ(client_->send(request).error().code(), ErrorCode::kLimit);
  request.response_bytes_max = 100'000;
  EXPECT_TRUE(client_->send(request).has_value());

  EXPECT_EQ(send("GET", "/slow", "", milliseconds(100)).error().code(), ErrorCode::kUnavailable);

  request.url = server_->base_url() + "/slow";
  request.cancelled = [] { return true; };
  EXPECT_EQ(client_->send(request).error().code(), ErrorCode::kCancelled);
  request.cancelled = nullptr;

  for (const char* url : {"", "example.com", "ftp://example.com/", "file:///etc/passwd",
                          "http://a b/", "http://127.0.0.1\r\nX: y/"}) {
    request.url = url;
    EXPECT_EQ(client_->send(request).error().code(), ErrorCode::kInvalid) << url;
  }
  request.url = server_->base_url();
  request.headers = {{"X", "a\r\nY: b"}};
  EXPECT_EQ(client_->send(request).error().code(), ErrorCode::kInvalid);
  request.headers.clear();

  server_->shutdown(seconds(5));
  const auto refused = client_->send(request);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable);
  EXPECT_FALSE(refused.error().message().empty());
}

TEST_F(HttpClient, TakesTheProxyFromTheEnvironment) {
  start();
  ::setenv("http_proxy", server_->base_url().c_str(), 1);
  auto client = Client::create();
  ClientRequest request;
  request.url = "http://registry.invalid/query?x=1";
  const auto through_proxy = client->send(request);
  const auto direct = send("GET", "/direct");  // this client was told not to look
  ::unsetenv("http_proxy");
  ASSERT_TRUE(through_proxy.has_value()) << through_proxy.error().message();
  EXPECT_TRUE(through_proxy->body.starts_with("GET http://registry.invalid/query?x=1 "));
  EXPECT_TRUE(direct->body.starts_with("GET /direct "));
}

TEST_F(HttpClient, TakesTheProxyItWasGiven) {
  start();
  ::setenv("no_proxy", "registry.invalid", 1);
  ClientRequest request;
  request.url = "http://registry.invalid/query";
  Client::Options options{.ca_file = "", .proxy_from_environment = false};
  options.proxy = server_->base_url();
  const auto without = Client::create(options)->send(request);
  options.proxy_for_all = true;
  auto client = Client::create(options);
  const auto through_proxy = client->send(request);
  request.refuse_address = [](const IpAddress&) { return std::nullopt; };
  const auto guarded = client->send(request);
  ::unsetenv("no_proxy");
  EXPECT_EQ(without.error().code(), ErrorCode::kUnavailable) << "the host is an exception";
  ASSERT_TRUE(through_proxy.has_value()) << through_proxy.error().message();
  EXPECT_TRUE(through_proxy->body.starts_with("GET http://registry.invalid/query "));
  EXPECT_EQ(guarded.error().code(), ErrorCode::kUnavailable) << "addresses are asked about";
}

TEST_F(HttpClient, SpeaksTls) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("rhumb-http-test-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const TestCertificate files = make_test_certificate(folder.string());
  ServerOptions options;
  options.tls_certificate_file = files.certificate_file;
  options.tls_key_file = files.key_file;
  start(options);
  EXPECT_TRUE(server_->base_url().starts_with("https://127.0.0.1:"));

  const auto untrusted = send("GET", "/");
  ASSERT_FALSE(untrusted.has_value());
  EXPECT_EQ(untrusted.error().code(), ErrorCode::kUnavailable);
  ::setenv("SSL_CERT_FILE", files.certificate_file.c_str(), 1);
  auto told = Client::create({.ca_file = "", .proxy_from_environment = false});
  ::unsetenv("SSL_CERT_FILE");
  ClientRequest told_request;
  told_request.url = server_->base_url() + "/";
  EXPECT_TRUE(told->send(told_request).has_value());

  auto trusting =
      Client::create({.ca_file = files.certificate_file, .proxy_from_environment = false});
  ASSERT_TRUE(trusting.has_value());
  for (int i = 0; i < 3; ++i) {
    ClientRequest request;
    request.method = "POST";
    request.url = server_->base_url() + "/t";
    request.body = std::string(300'000, 'x');
    const auto response = trusting->send(request);
    ASSERT_TRUE(response.has_value()) << response.error().message();
    EXPECT_EQ(response->body, "POST /t   300000 secure");
  }
  TestSocket plain(server_->port());
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  plain.read_all();
  EXPECT_TRUE(plain.closed());
  EXPECT_TRUE(server_->shutdown(seconds(10)));

  options.tls_key_file = files.certificate_file;
  EXPECT_EQ(Server::start(options, [](const Request&) { return Response{}; }).error().code(),
            ErrorCode::kInvalid);
  std::filesystem::remove_all(folder);
}

TEST_F(HttpClient, CutsAnAnswerWhenAskedTo) {
  start();
  ClientRequest request;
  request.url = server_->base_url() + "/large";
  request.response_bytes_max = 1000;
  request.cut_response = true;
  const auto response = client_->send(request);
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, std::string(1000, 'x'));
}

TEST_F(HttpClient, AsksAboutEachAddressBeforeItConnects) {
  start();
  ClientRequest request;
  request.url = server_->base_url() + "/x";
  std::vector<std::string> asked;
  request.refuse_address = [&asked](const IpAddress& address) {
    asked.push_back(address.to_string());
    return std::optional<std::string>();
  };
  for (int i = 0; i < 2; ++i) {  // no connection is taken over
    const auto response = client_->send(request);
    ASSERT_TRUE(response.has_value()) << response.error().message();
    EXPECT_EQ(response->status, 200);
  }
  EXPECT_EQ(asked, (std::vector<std::string>{"127.0.0.1", "127.0.0.1"}));
}

TEST_F(HttpClient, ConnectsToNoAddressThatIsRefusedWhateverItsName) {
  start();
  const std::string port = server_->base_url().substr(server_->base_url().rfind(':'));
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]",
                                 "2130706433", "0x7f.1", "0", "017700000001"}) {
    ClientRequest request;
    request.url = "http://" + host + port + "/x";
    request.refuse_address = [](const IpAddress& address) {
      return AddressGuard().refuse(address);
    };
    const auto response = client_->send(request);
    ASSERT_FALSE(response.has_value()) << host;
    EXPECT_EQ(response.error().code(), ErrorCode::kDenied) << host << response.error().message();
  }
}

}  // namespace
}  // namespace rhumb::http
