#include "migrate/directory_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/open_directory.h"

namespace rhumb::migrate {
namespace {

TEST(DirectoryUrl, TakesEveryWayToWriteAFolder) {
  struct Case {
    std::string text;
    std::string path;
    std::string shown;
  };
  const std::vector<Case> cases = {
      {"file://migrations", "migrations", "file://migrations"},
      {"file://./migrations", "migrations", "file://./migrations"},
      {"file://migrations/", "migrations", "file://migrations/"},
      {"file:migrations", "migrations", "file:migrations"},
      {"file:other/x", "other/x", "file:other/x"},
      {"file:///abs/dir", "/abs/dir", "file:///abs/dir"},
      {"file:/abs/dir", "/abs/dir", "file:/abs/dir"},
      {"file://", "migrations", "file:"},
      {"file:", "migrations", "file:"},
      {"FILE://a", "a", "file://a"},
      {"file://a/../migrations", "migrations", "file://a/../migrations"},
      {"file://../up", "../up", "file://../up"},
      {"file://.", ".", "file://."},
      {"file:///", "/", "file:///"},
      {"file://a/b%20c", "a/b c", "file://a/b%20c"},
      {"file://a/b c", "a/b c", "file://a/b%20c"},
      {"file://m?format=atlas&x=1", "m", "file://m?format=atlas&x=1"},
      {"file://u:secret@m/x", "m/x", "file://u:xxxxx@m/x"},
      {"mem://tpl/d", "tpl/d", "mem://tpl/d"},
      {"atlas://app?tag=v1", "app", "atlas://app?tag=v1"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.text);
    const auto url = parse_directory_url(test.text);
    ASSERT_TRUE(url) << url.error().message();
    EXPECT_EQ(url->path, test.path);
    EXPECT_EQ(url->shown, test.shown);
  }
}

TEST(DirectoryUrl, SaysWhatIsWrong) {
  struct Case {
    std::string text;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"migrations", "missing scheme for dir url. Did you mean \"file://migrations\"? "},
      {"", "missing scheme for dir url. Did you mean \"file://\"? "},
      {"/abs", "missing scheme for dir url. Did you mean \"file:///abs\"? "},
      {"file://%zz", "parse \"file://%zz\": invalid URL escape \"%zz\""},
      {"file://a%20b", "parse \"file://a%20b\": invalid URL escape \"%20\""},
      {"file://a/%z", "parse \"file://a/%z\": invalid URL escape \"%z\""},
      {"file://a b", "parse \"file://a b\": invalid character \" \" in host name"},
      {"file://a:b/c", "parse \"file://a:b/c\": invalid port \":b\" after host"},
      {"file://a\nb", "parse \"file://a\\nb\": net/url: invalid control character in URL"},
      {":x", "parse \":x\": missing protocol scheme"},
      {"1:x", "parse \"1:x\": first path segment in URL cannot contain colon"},
      {"file://u^@a", "parse \"file://u^@a\": net/url: invalid userinfo"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.text);
    const auto url = parse_directory_url(test.text);
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().message(), test.want);
  }
}

TEST(DirectoryUrl, TakesAFormat) {
  EXPECT_EQ(with_format("file://m", "atlas").value(), "file://m?format=atlas");
  EXPECT_EQ(with_format("file://m?x=a b&a=1", "goose").value(), "file://m?a=1&format=goose&x=a+b");
  EXPECT_EQ(with_format("file://m?format=goose", "atlas").value(), "file://m?format=goose");
  EXPECT_EQ(with_format("file://m?format=", "atlas").value(), "file://m?format=");
  EXPECT_EQ(parse_directory_url("file://m?format=Goose")->format().error().message(),
            "unknown dir format \"Goose\"");
  EXPECT_EQ(parse_directory_url("file://m?format=goose")->format().value(), Format::kGoose);
}

TEST(DirectoryUrl, LosesAFormat) {
  EXPECT_EQ(as_atlas_format("file://m?format=goose").value(), "file://m");
  EXPECT_EQ(as_atlas_format("file://m?a=1&format=goose").value(), "file://m?a=1");
  EXPECT_EQ(as_atlas_format("file://m").value(), "file://m");
  EXPECT_EQ(as_atlas_format("m").error().message(),
            "missing scheme for dir url. Did you mean \"file://m\"? ");
}

TEST(OpenDirectory, ChoosesByScheme) {
  const auto refusal = [](std::string_view url, const DirectorySources& sources) {
    const auto opened = open_directory(url, sources);
    return opened ? std::string("opened") : opened.error().message();
  };
  EXPECT_EQ(refusal("ftp://migrations", {}), "unsupported driver \"ftp\"");
  EXPECT_EQ(refusal("file://none-here", {}),
            "sql/migrate: stat none-here: no such file or directory");
  EXPECT_EQ(refusal("file://none-here?format=rails", {}), "unknown dir format \"rails\"");
  EXPECT_THAT(refusal("mem://x", {}), testing::HasSubstr("\"mem://x\""));

  MemoryDirectories memory;
  memory.put("tpl/d", std::make_shared<MemoryDirectory>("", Format::kAtlas));
  const DirectorySources sources{.memory = &memory, .open_registry = {}};
  EXPECT_THAT(refusal("mem://x", sources), testing::HasSubstr("\"mem://tpl/d\""));
  const auto opened = open_directory("mem://tpl/d?format=goose", sources);
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->format(), Format::kGoose);
  EXPECT_EQ((*opened)->url(), "mem://tpl/d?format=goose");
}

}  // namespace
}  // namespace rhumb::migrate
