#pragma once

#include <map>
#include <string>
#include <vector>

#include "driver/url.h"
#include "project/project.h"
#include "provider/fake_sender.h"
#include "registry_api/transport.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/files.h"
#include "sys/process.h"

namespace rhumb::project {

/// Answers requests with what the test put there.
class FakeFetcher : public HttpFetcher {
 public:
  [[nodiscard]] Result<std::string> get(const std::string& url,
                                        std::chrono::nanoseconds /*timeout*/) override {
    requests.push_back(url);
    return answer;
  }

  std::vector<std::string> requests;
  std::string answer;
};

/// Answers requests in order, then with 500.
class FakeTransport : public registry_api::Transport {
 public:
  Result<registry_api::HttpReply> post(const std::string& /*url*/,
                                       const registry_api::HttpHeaders& /*headers*/,
                                       const std::string& body) override {
    bodies.push_back(body);
    if (bodies.size() > answers.size()) {
      return registry_api::HttpReply{.status = 400, .headers = {}, .body = "no answer left"};
    }
    return registry_api::HttpReply{
        .status = 200, .headers = {}, .body = answers[bodies.size() - 1]};
  }
  Result<void> wait(std::chrono::milliseconds /*duration*/) override { return {}; }

  std::vector<std::string> bodies;
  std::vector<std::string> answers;
};

/// A world for one test: files in a directory of their own, which `DIR` in texts stands for.
class TestHost {
 public:
  TestHost() : root_(sys::TemporaryDirectory::create().value()) {}

  /// Writes a file below the directory.
  void write(const std::string& name, const std::string& text);
  [[nodiscard]] std::string path(const std::string& name) const {
    return root_.path() + "/" + name;
  }
  /// Loads `atlas.hcl` with this text.
  [[nodiscard]] Result<Project> load(const std::string& text, ProjectRequest request);
  [[nodiscard]] Result<Project> load(const std::string& text,
                                     const std::string& env = "t",
                                     const std::vector<std::string>& vars = {});
  /// The error's text with the directory taken out of it; "" when there is none.
  [[nodiscard]] std::string error_of(const Result<Project>& result) const;
  /// As above, of loading the text.
  [[nodiscard]] std::string error_of(const std::string& text,
                                     const std::string& env = "t",
                                     const std::vector<std::string>& vars = {});
  /// The extra attribute `x` of the only environment as JSON, or the error.
  [[nodiscard]] std::string x_of(const std::string& text,
                                 const std::string& env = "t",
                                 const std::vector<std::string>& vars = {});

  driver::DriverRegistry drivers;  ///< empty
  sys::FakeEnvironment environment{{"PATH", "/usr/bin:/bin"}};
  FakeFetcher fetcher;
  FakeTransport transport;
  provider::FakeSender sender;
  sys::FakeClock clock;
  std::vector<std::string> printed;

 private:
  sys::TemporaryDirectory root_;
  sys::SystemProcessRunner processes_;
};

}  // namespace rhumb::project
