#include "provider/s3.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "provider/fake_sender.h"

namespace rhumb::provider {
namespace {

std::string location_text(const std::string& url) {
  const Result<S3Location> location = parse_s3_url(codec::parse_url(url).value());
  if (!location) {
    return location.error().message();
  }
  return location->bucket + "|" + location->key + "|" + location->region + "|" + location->profile +
         "|" + (location->endpoint ? location->endpoint->origin : "");
}

TEST(S3Url, IsTakenApart) {
  struct Case {
    const char* url;
    const char* want;
  };
  const Case cases[] = {
      {"s3://b", "b||||"},
      {"s3://b/", "b||||"},
      {"s3://b/a/c%20d/", "b|a/c d/|||"},
      {"s3://b/x.tar.gz?region=r&profile=p&endpoint=http://localhost:9000",
       "b|x.tar.gz|r|p|http://localhost:9000"},
      {"s3:///x", "an s3 URL must be of the form s3://bucket/path"},
      {"s3://key:secret@b/x", "an s3 URL must be of the form s3://bucket/path"},
      {"s3://b?acl=public",
       "unknown query parameter \"acl\" of an s3 URL, known are: region, profile, endpoint"},
      {"s3://b?endpoint=localhost",
       "endpoint of an s3 URL must be an http or https URL without user and query"},
      {"s3://b?endpoint=ftp://h",
       "endpoint of an s3 URL must be an http or https URL without user and query"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(location_text(c.url), c.want) << c.url;
  }
}

class S3Test : public testing::Test {
 protected:
  S3Bucket bucket(const std::string& url) {
    const S3Location location = parse_s3_url(codec::parse_url(url).value()).value();
    return {
        location, "eu-west-1", {.access_key_id = "k", .secret_access_key = "s"}, sender_, clock_};
  }
  void answer(int status, const std::string& body, http::Headers headers = {}) {
    sender_.answer = [=](const http::ClientRequest&) {
      return http::ClientResponse{.status = status, .headers = headers, .body = body};
    };
  }

  FakeSender sender_;
  sys::FakeClock clock_;
};

TEST_F(S3Test, ObjectsAreReachedByTheHostTheyHave) {
  struct Case {
    const char* url;
    const char* want;
  };
  const Case cases[] = {
      {"s3://bucket", "https://bucket.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC.sql"},
      {"s3://my.bucket", "https://s3.eu-west-1.amazonaws.com/my.bucket/a%20b/%C3%BC.sql"},
      {"s3://bucket?endpoint=http://localhost:9000",
       "http://localhost:9000/bucket/a%20b/%C3%BC.sql"},
      {"s3://bucket?endpoint=https://h/storage/", "https://h/storage/bucket/a%20b/%C3%BC.sql"},
  };
  answer(200, "SELECT 1;");
  for (const Case& c : cases) {
    EXPECT_EQ(bucket(c.url).read("a b/\xC3\xBC.sql").value(), "SELECT 1;");
    EXPECT_EQ(sender_.requests.back().url, c.want);
    EXPECT_NE(http::header_or_empty(sender_.requests.back().headers, "Authorization"), "");
    EXPECT_EQ(sender_.routes.back(), Route::kNetwork);
  }
}

TEST_F(S3Test, ListsEveryPageOfAFolder) {
  sender_.answer = [](const http::ClientRequest& request) {
    const bool is_second = request.url.find("continuation-token=t%2B1") != std::string::npos;
    const std::string body =
        is_second ? "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>m/1+b%2B.sql"
                    "</Key></Contents></ListBucketResult>"
                  : "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t+1"
                    "</NextContinuationToken><Contents><Key>m/2.sql</Key></Contents>"
                    "<Contents><Key>m/</Key></Contents><Contents><Key>m/sub/3.sql</Key></Contents>"
                    "<Contents><Key>other/4.sql</Key></Contents></ListBucketResult>";
    return http::ClientResponse{.status = 200, .headers = {}, .body = body};
  };
  const Result<std::vector<std::string>> names = bucket("s3://b").list("m");
  ASSERT_TRUE(names.has_value()) << names.error().message();
  EXPECT_EQ(join(*names, "|"), "1 b+.sql|2.sql");
  EXPECT_EQ(sender_.log(),
            "GET https://b.s3.eu-west-1.amazonaws.com/?delimiter=%2F&encoding-type=url&list-type=2&"
            "prefix=m%2F\n"
            "GET https://b.s3.eu-west-1.amazonaws.com/?continuation-token=t%2B1&delimiter=%2F&"
            "encoding-type=url&list-type=2&prefix=m%2F\n");
}

TEST_F(S3Test, AListHasAnEnd) {
  answer(200,
         "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t"
         "</NextContinuationToken></ListBucketResult>");
  const Result<std::vector<std::string>> names = bucket("s3://b").list("");
  ASSERT_FALSE(names.has_value());
  EXPECT_EQ(names.error().code(), ErrorCode::kLimit);
}

TEST_F(S3Test, TellsWhatTheServiceSays) {
  struct Case {
    int status;
    const char* body;
    http::Headers headers;
    ErrorCode code;
    const char* want;
  };
  const Case cases[] = {
      {403,
       "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
       {},
       ErrorCode::kDenied,
       "AccessDenied: Access Denied"},
      {404,
       "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>",
       {},
       ErrorCode::kNotFound,
       "NoSuchKey: no"},
      {500, "<html>", {}, ErrorCode::kUnavailable, "unexpected status code 500"},
      {301,
       "<Error><Code>PermanentRedirect</Code></Error>",
       {{"X-Amz-Bucket-Region", "us-east-2"}},
       ErrorCode::kUnavailable,
       "the bucket is in region \"us-east-2\"; add region=us-east-2 to the URL"},
  };
  for (const Case& c : cases) {
    answer(c.status, c.body, c.headers);
    const Result<std::string> content = bucket("s3://b").read("x");
    ASSERT_FALSE(content.has_value());
    EXPECT_EQ(content.error().message(), c.want);
    EXPECT_EQ(content.error().code(), c.code);
  }
}

}  // namespace
}  // namespace rhumb::provider
