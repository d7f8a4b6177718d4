#include "registry/identity/devices.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "registry/api/test_people.h"

namespace rhumb::registry {
namespace {

class DevicesTest : public PeopleTest {
 protected:
  Origin from(const std::string& ip = "10.0.0.9") const {
    return Origin{Actor{"SYSTEM", std::nullopt, "anonymous"}, "", ip, "cli", "req"};
  }
  DeviceRequest ask(const std::string& ip = "10.0.0.9") {
    const Result<DeviceRequest> request = request_device(*registry_, "cli", from(ip));
    EXPECT_TRUE(request) << (request ? "" : request.error().message());
    return request ? *request : DeviceRequest();
  }
  DevicePoll poll(const DeviceRequest& request) {
    registry_.clock().advance(std::chrono::seconds(5));
    return poll_device(*registry_, request.device_code, from()).value();
  }
  std::string decide(const std::string& code, bool approve = true) {
    return input_failure(
        "mutation d($input: DecideDeviceInput!) { decideDevice(input: $input) { success } }",
        Json::object({{"userCode", code}, {"approve", approve}}));
  }
};

TEST_F(DevicesTest, GetATokenOfWhoLetsThemIn) {
  const DeviceRequest request = ask();
  EXPECT_EQ(request.user_code.size(), 9U);
  EXPECT_EQ(poll(request).error, "authorization_pending");
  log_in(add_person("ann", {Grant{"DEVELOPER", "app-*", {}, {}}}));
  std::string typed = request.user_code;
  typed.erase(4, 1);
  std::ranges::transform(typed, typed.begin(), [](char c) { return static_cast<char>(c + 32); });
  EXPECT_EQ(text(data("query d($c: String!) { device(userCode: $c) { userCode client ip } }",
                      Json::object({{"c", typed}}))),
            R"j({"device":{"userCode":")j" + request.user_code +
                R"j(","client":"cli","ip":"10.0.0.9"}})j");
  EXPECT_EQ(decide(typed), "");
  EXPECT_EQ(decide(typed), "NOT_FOUND no command line waits with this code");
  const DevicePoll done = poll(request);
  EXPECT_TRUE(done.token.starts_with("rgp_"));
  EXPECT_GT(done.expires_in, 89 * 24 * 3600);
  EXPECT_EQ(poll(request).error, "invalid_grant") << "once";
  ASSERT_TRUE(use_token(done.token));
  EXPECT_EQ(registry_.caller().origin.actor.name, "ann");
  EXPECT_TRUE(registry_.caller().rights.allows("dir:push", {.repo = "app-1"}));
  EXPECT_EQ(audited(), "device.approve request.refused token.create");
  EXPECT_EQ(registry_.store().count_with("SELECT device_sha256 FROM devices", request.device_code),
            0);
}

TEST_F(DevicesTest, AreRefusedOrTooLate) {
  log_in(add_person("ann", "VIEWER"));
  const DeviceRequest refused = ask();
  EXPECT_EQ(decide(refused.user_code, false), "");
  EXPECT_EQ(poll(refused).error, "access_denied");
  EXPECT_EQ(poll(refused).error, "invalid_grant");
  const DeviceRequest late = ask();
  registry_.clock().advance(std::chrono::seconds(kDeviceSeconds));
  EXPECT_EQ(decide(late.user_code), "NOT_FOUND no command line waits with this code");
  EXPECT_EQ(poll(late).error, "expired_token");
  EXPECT_EQ(poll(DeviceRequest{"", ""}).error, "invalid_grant");
  EXPECT_EQ(poll(DeviceRequest{refused.user_code, ""}).error, "invalid_grant")
      << "what the person types is of no use to a program";
}

TEST_F(DevicesTest, ThatAskTooOftenAreToldToWait) {
  const DeviceRequest request = ask();
  EXPECT_EQ(poll(request).error, "authorization_pending");
  EXPECT_EQ(poll_device(*registry_, request.device_code, from())->error, "slow_down");
  EXPECT_EQ(poll_device(*registry_, request.device_code, from())->error, "slow_down");
  registry_.clock().advance(std::chrono::seconds(30));
  EXPECT_EQ(poll(request).error, "authorization_pending");
}

TEST_F(DevicesTest, OfWhoHasLeftGetNothing) {
  const int64_t ann = add_person("ann", "VIEWER");
  log_in(ann);
  const DeviceRequest request = ask();
  EXPECT_EQ(decide(request.user_code), "");
  use_admin();
  ASSERT_EQ(failure("mutation { removeMember(id: " + std::to_string(ann) + ") { success } }"), "");
  EXPECT_EQ(poll(request).error, "access_denied");
}

TEST_F(DevicesTest, CodesAreNotGuessed) {
  EXPECT_EQ(decide("BCDF-GHJK"), "FORBIDDEN only a person can let a command line in");
  log_in(add_person("ann", "VIEWER"));
  const DeviceRequest request = ask();
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(decide("BCDF-GHJK"), "NOT_FOUND no command line waits with this code");
  }
  EXPECT_EQ(decide(request.user_code), "LIMIT too many attempts; wait 1 seconds");
}

TEST_F(DevicesTest, OnlySoManyWait) {
  std::set<std::string> codes;
  for (int i = 0; i < 20; ++i) {
    codes.insert(ask().user_code);
  }
  EXPECT_EQ(codes.size(), 20U);
  EXPECT_EQ(request_device(*registry_, "cli", from()).error().code(), ErrorCode::kLimit);
  EXPECT_TRUE(request_device(*registry_, "cli", from("10.0.0.10")));
  registry_.clock().advance(std::chrono::seconds(kDeviceSeconds));
  EXPECT_TRUE(request_device(*registry_, "cli", from()));
}

TEST_F(DevicesTest, SayOnlyOneLineOfThemselves) {
  ASSERT_TRUE(request_device(*registry_, "evil\n\x1b[31m\xff" + std::string(500, 'x'), from()));
  const std::string said = registry_.scalar("SELECT client FROM devices").text();
  EXPECT_TRUE(said.starts_with("evil??[31m?xxx")) << said;
  EXPECT_EQ(said.size(), 200U);
}

TEST_F(DevicesTest, DoNotOutliveTheTokenOfWhoLetsThemIn) {
  log_in(add_person("ann", "VIEWER"));
  const std::string secret =
      input("mutation c($input: CreateTokenInput!) { createToken(input: $input) { secret } }",
            Json::object({{"expiresAt", time_json(registry_->now() + 3600'000'000'000)}}))
          .at("createToken")
          .at("secret")
          .as_string();
  ASSERT_TRUE(use_token(secret));
  const DeviceRequest request = ask();
  EXPECT_EQ(decide(request.user_code), "");
  EXPECT_LE(poll(request).expires_in, 3600);
}

}  // namespace
}  // namespace rhumb::registry
