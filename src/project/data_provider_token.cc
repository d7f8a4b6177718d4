#include "project/body_reader.h"
#include "project/data_source_internal.h"
#include "provider/google_token.h"
#include "provider/rds_token.h"
#include "sys/clock.h"

/// Data sources that give a password for a while, made from the credentials of a cloud provider.
namespace rhumb::project {
namespace {

hcl::Value secret_text(const DataRequest& request, const std::string& token) {
  request.outputs.secrets.push_back(token);
  return hcl::Value::string(token);
}

}  // namespace

Result<hcl::Value> read_rds_token(const DataRequest& request) {
  const BodyValues values =
      TRY(read_body(request.block, request.context,
                    {{.name = "endpoint", .type = hcl::Type::string(), .is_required = true},
                     {.name = "username", .type = hcl::Type::string(), .is_required = true},
                     {.name = "region", .type = hcl::Type::string()},
                     {.name = "profile", .type = hcl::Type::string()}},
                    true)
              .context("decoding body"));
  const provider::AwsLookup lookup{.environment = request.host.environment,
                                   .sender = request.host.provider,
                                   .profile = values.text("profile"),
                                   .region = values.text("region")};
  const std::string region = TRY(provider::find_aws_region(lookup));
  const provider::AwsCredentials credentials = TRY(provider::find_aws_credentials(lookup));
  return secret_text(request, TRY(provider::make_rds_token({.endpoint = values.text("endpoint"),
                                                            .username = values.text("username"),
                                                            .region = region},
                                                           credentials, request.host.clock.now())));
}

Result<hcl::Value> read_cloudsql_token(const DataRequest& request) {
  TRY(read_body(request.block, request.context, {}, true).context("decoding body"));
  return secret_text(request,
                     TRY(provider::find_google_token({.environment = request.host.environment,
                                                      .sender = request.host.provider,
                                                      .time = request.host.clock.now()},
                                                     provider::kCloudSqlScope)));
}

}  // namespace rhumb::project
