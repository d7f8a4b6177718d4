#include <gtest/gtest.h>

#include "base/go_format.h"
#include "project/test_host.h"

/// Data sources that ask a cloud provider for a password.
namespace rhumb::project {
namespace {

std::string rds(const std::string& body) {
  return "data \"aws_rds_token\" \"db\" {\n" + body +
         "\n}\nenv \"t\" {\n  x = data.aws_rds_token.db\n}\n";
}

TEST(DataRdsToken, IsASecret) {
  TestHost host;
  host.environment.set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  host.environment.set("AWS_SECRET_ACCESS_KEY", "s");
  host.clock.set(parse_rfc3339("2018-07-31T23:52:09Z").value());
  const std::string text =
      rds("endpoint = \"db.example:3306\"\nusername = \"jane\"\nregion = \"us-east-1\"");
  const Result<Project> project = host.load(text);
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  const std::vector<std::string>& secrets = project->environments.at(0).secrets;
  ASSERT_EQ(secrets.size(), 1U);
  EXPECT_TRUE(secrets[0].starts_with("db.example:3306/?Action=connect&DBUser=jane&")) << secrets[0];
  EXPECT_EQ(project->environments.at(0).extra.at(0).value.as_string(), secrets[0]);
}

TEST(DataRdsToken, TellsWhatIsMissing) {
  struct Case {
    const char* body;
    const char* want;
  };
  const Case cases[] = {
      {"username = \"u\"",
       "data.aws_rds_token.db: decoding body: atlas.hcl:1,27-27: Missing required argument; The "
       "argument \"endpoint\" is required, but no definition was found."},
      {"endpoint = \"h:1\"\nusername = \"u\"\nport = 1",
       "data.aws_rds_token.db: decoding body: atlas.hcl:4,1-5: Unsupported argument; An argument "
       "named \"port\" is not expected here."},
      {"endpoint = \"h:1\"\nusername = \"u\"",
       "data.aws_rds_token.db: no AWS region: set it, AWS_REGION, or the region of the profile"},
      {"endpoint = \"h:1\"\nusername = \"u\"\nregion = \"r\"\nprofile = \"p\"",
       "data.aws_rds_token.db: profile \"p\" is in none of the shared files of AWS tools"},
      {"endpoint = \"h:1\"\nusername = \"u\"\nregion = \"r\"",
       "data.aws_rds_token.db: no AWS credentials found; set AWS_ACCESS_KEY_ID and "
       "AWS_SECRET_ACCESS_KEY, or name a profile"},
  };
  for (const Case& c : cases) {
    TestHost host;
    host.environment.set("HOME", host.path("home"));
    EXPECT_EQ(host.x_of(rds(c.body)), c.want) << c.body;
  }
}

TEST(DataCloudSqlToken, IsASecret) {
  const std::string text =
      "data \"gcp_cloudsql_token\" \"db\" {\n}\nenv \"t\" {\n  x = data.gcp_cloudsql_token.db\n}\n";
  TestHost host;
  host.environment.set("HOME", host.path("home"));
  host.sender.answer = [](const http::ClientRequest&) {
    return http::ClientResponse{
        .status = 200, .headers = {}, .body = "{\"access_token\":\"ya29\"}"};
  };
  const Result<Project> project = host.load(text);
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  EXPECT_EQ(project->environments.at(0).secrets, std::vector<std::string>{"ya29"});
  EXPECT_EQ(host.x_of(text), "\"ya29\"");
  host.sender.answer = nullptr;
  EXPECT_EQ(host.x_of(text),
            "data.gcp_cloudsql_token.db: no Google credentials found; set "
            "GOOGLE_APPLICATION_CREDENTIALS, or run 'gcloud auth application-default login'");
}

TEST(DataCloudSqlToken, TakesNothing) {
  TestHost host;
  EXPECT_EQ(host.x_of("data \"gcp_cloudsql_token\" \"db\" {\n scope = \"x\"\n}\nenv \"t\" {\n  x = "
                      "data.gcp_cloudsql_token.db\n}\n"),
            "data.gcp_cloudsql_token.db: decoding body: atlas.hcl:2,2-7: Unsupported argument; An "
            "argument named \"scope\" is not expected here.");
}

TEST(DataRuntimeVariable, ReadsWhatProvidersKeep) {
  struct Case {
    const char* url;
    const char* answer;
    const char* want;
  };
  const Case cases[] = {
      {"awssecretsmanager://app/db?region=eu-west-1&decoder=string", R"({"SecretString":"pass"})",
       "POST https://secretsmanager.eu-west-1.amazonaws.com/\n"},
      {"awsparamstore:///app/db?region=eu-west-1", R"({"Parameter":{"Value":"pass"}})",
       "POST https://ssm.eu-west-1.amazonaws.com/\n"},
      {"gcpsecretmanager://projects/p/secrets/db",
       R"({"access_token":"t","payload":{"data":"cGFzcw=="}})",
       "GET http://h/computeMetadata/v1/instance/service-accounts/default/token?scopes="
       "https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform\n"
       "GET "
       "https://secretmanager.googleapis.com/v1/projects/p/secrets/db/versions/latest:access\n"},
  };
  for (const Case& c : cases) {
    TestHost host;
    host.environment.set("HOME", host.path("home"));
    host.environment.set("AWS_ACCESS_KEY_ID", "k");
    host.environment.set("AWS_SECRET_ACCESS_KEY", "s");
    host.environment.set("GCE_METADATA_HOST", "h");
    host.sender.answer = [&](const http::ClientRequest& request) {
      EXPECT_LE(request.timeout, std::chrono::seconds(10)) << request.url;
      return http::ClientResponse{.status = 200, .headers = {}, .body = c.answer};
    };
    const Result<Project> project =
        host.load(std::string("data \"runtimevar\" \"v\" {\n url = \"") + c.url +
                  "\"\n}\nenv \"t\" {\n  x = data.runtimevar.v\n}\n");
    ASSERT_TRUE(project.has_value()) << host.error_of(project);
    EXPECT_EQ(project->environments.at(0).secrets, std::vector<std::string>{"pass"});
    EXPECT_EQ(host.sender.log(), c.want);
  }
}

}  // namespace
}  // namespace rhumb::project
