#include <gtest/gtest.h>

#include "base/text.h"
#include "codec/compress.h"
#include "codec/tar.h"
#include "migrate/memory_directory.h"
#include "project/test_host.h"

namespace rhumb::project {
namespace {

std::string blob(const std::string& body) {
  return "data \"blob_dir\" \"m\" {\n" + body + "\n}\nenv \"t\" {\n  x = data.blob_dir.m.url\n}\n";
}

/// `name=content` of every file of the directory, or the error.
std::string files_of(TestHost& host, const std::string& url) {
  const Result<Project> project = host.load(blob("  url = \"" + url + "\""));
  if (!project) {
    return host.error_of(project);
  }
  const Environment& environment = project->environments.at(0);
  EXPECT_EQ(environment.extra.at(0).value.as_string(), "mem://blob_dir/m");
  EXPECT_TRUE(environment.remote_directories.empty()) << "reported only when asked for";
  const std::shared_ptr<migrate::MemoryDirectory> directory =
      environment.directories->find("blob_dir/m");
  std::vector<std::string> lines;
  for (const std::string& name : directory->list().value()) {
    lines.push_back(name + "=" + directory->read(name).value());
  }
  const bool has_sum = directory->exists("atlas.sum").value();
  return join(lines, "|") + (has_sum ? "|sum" : "");
}

TEST(DataBlobDirectory, ReadsAFolder) {
  TestHost host;
  host.write("m/1.sql", "one");
  host.write("m/2.sql", "two");
  host.write("m/atlas.sum", "h1:x");
  host.write("m/README.md", "no migration");
  host.write("m/sub/3.sql", "three");
  EXPECT_EQ(files_of(host, "file://DIR/m"), "1.sql=one|2.sql=two|sum");
}

TEST(DataBlobDirectory, ReadsArchives) {
  const std::vector<codec::ArchiveFile> flat = {
      {"1.sql", "one"}, {"atlas.sum", "h1:x"}, {"._1.sql", "no"}, {"notes.txt", "no"}};
  const std::vector<codec::ArchiveFile> below = {
      {"m/1.sql", "one"}, {"m/atlas.sum", "h1:x"}, {"LICENSE", "no"}};
  TestHost host;
  for (const auto& files : {flat, below}) {
    const std::string tar = codec::write_tar(files);
    host.write("m.tar", tar);
    host.write("m.tar.gz", codec::gzip_compress(tar));
    host.write("m.tgz", codec::gzip_compress(tar));
    for (const char* name : {"m.tar", "m.tar.gz", "m.tgz"}) {
      EXPECT_EQ(files_of(host, std::string("file://DIR/") + name), "1.sql=one|sum") << name;
    }
  }
}

TEST(DataBlobDirectory, ReadsABucket) {
  TestHost host;
  host.environment.set("AWS_ACCESS_KEY_ID", "k");
  host.environment.set("AWS_SECRET_ACCESS_KEY", "s");
  host.sender.answer = [](const http::ClientRequest& request) {
    const bool is_list = request.url.find("list-type=2") != std::string::npos;
    return http::ClientResponse{
        .status = 200,
        .headers = {},
        .body = is_list ? "<ListBucketResult><Contents><Key>app/1.sql</Key></Contents><Contents>"
                          "<Key>app/x.bin</Key></Contents></ListBucketResult>"
                        : "one"};
  };
  EXPECT_EQ(files_of(host, "s3://b/app?endpoint=http://127.0.0.1:9"), "1.sql=one");
  EXPECT_EQ(host.sender.log(),
            "GET http://127.0.0.1:9/b/?delimiter=%2F&encoding-type=url&list-type=2&prefix=app%2F\n"
            "GET http://127.0.0.1:9/b/app/1.sql\n");
  host.sender.answer = [](const http::ClientRequest&) {
    return http::ClientResponse{
        .status = 200,
        .headers = {},
        .body = codec::gzip_compress(codec::write_tar({{"1.sql", "from archive"}}))};
  };
  EXPECT_EQ(files_of(host, "s3://b/app/v1.tar.gz?region=r"), "1.sql=from archive");
  EXPECT_EQ(host.sender.requests.back().url, "https://b.s3.r.amazonaws.com/app/v1.tar.gz");
}

TEST(DataBlobDirectory, TellsWhatIsWrong) {
  struct Case {
    const char* body;
    const char* want;
  };
  const Case cases[] = {
      {"", "data.blob_dir.m: url must be set"},
      {"url = \"file://a\"\npath = \"file://a\"",
       "data.blob_dir.m: url and path cannot be set together"},
      {"path = \"file://DIR/none\"",
       "data.blob_dir.m: reading file://none: open none: no such file or directory"},
      {"url = \"file://DIR/empty\"",
       "data.blob_dir.m: reading file://empty: there is no migration file"},
      {"url = \"file://DIR/m.zip\"",
       "data.blob_dir.m: reading file://m.zip: archives of this kind are not supported, use one of "
       ".tar, .tar.gz and .tgz"},
      {"url = \"file://DIR/two.tar\"",
       "data.blob_dir.m: reading file://two.tar: the migration files of the archive lie in several "
       "folders"},
      {"url = \"gs://b/x\"",
       "data.blob_dir.m: reading gs://b/x: scheme \"gs\" is not supported, use file:// or s3://"},
      {"url = \"s3://b/x\"",
       "data.blob_dir.m: reading s3://b/x: no AWS region: set it, AWS_REGION, or the region of the "
       "profile"},
      {"url = \"s3://b/x?region=r\"",
       "data.blob_dir.m: reading s3://b/x?region=r: no AWS credentials found; set "
       "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile"},
  };
  for (const Case& c : cases) {
    TestHost host;
    host.environment.set("HOME", host.path("home"));
    host.write("empty/README.md", "");
    host.write("two.tar", codec::write_tar({{"a/1.sql", ""}, {"b/2.sql", ""}}));
    EXPECT_EQ(host.x_of(blob(c.body)), c.want) << c.body;
  }
}

}  // namespace
}  // namespace rhumb::project
