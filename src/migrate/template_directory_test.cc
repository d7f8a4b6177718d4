#include "migrate/template_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sys/files.h"

namespace rhumb::migrate {
namespace {

using testing::ElementsAre;

class TemplateDirectoryTest : public testing::Test {
 protected:
  void put(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path path = root_.path() + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  [[nodiscard]] Result<std::shared_ptr<MemoryDirectory>> render(
      const TemplateVariables& variables = {}) const {
    return render_template_directory(root_.path(), "mem://tpl/d", variables);
  }
  [[nodiscard]] std::string rendered(const std::string& name,
                                     const TemplateVariables& variables = {}) const {
    const auto directory = render(variables);
    return directory ? (*directory)->read(name).value() : "error: " + directory.error().message();
  }

  sys::TemporaryDirectory root_ = sys::TemporaryDirectory::create().value();
};

TEST_F(TemplateDirectoryTest, RendersTopLevelFilesWithSharedDefinitions) {
  put("1.sql", "{{ template \"cols.tmpl\" . }}\n");
  put("2.sql", "CREATE TABLE two ({{ template \"id\" }});\n");
  put("shared/cols.tmpl",
      "CREATE TABLE one ({{ template \"id\" }}, d text DEFAULT '{{ .name }}');\n");
  put("shared/defs.tmpl", "{{ define \"id\" }}id integer PRIMARY KEY{{ end }}\n");
  put("shared/3.sql", "never");
  put("README.md", "Not a migration.");
  put("atlas.sum", "h1:not-a-sum=");
  const auto directory = render({{"name", "n"}});
  ASSERT_TRUE(directory) << directory.error().message();
  EXPECT_THAT((*directory)->list().value(), ElementsAre("1.sql", "2.sql"));
  EXPECT_EQ((*directory)->read("1.sql").value(),
            "CREATE TABLE one (id integer PRIMARY KEY, d text DEFAULT 'n');\n\n");
  EXPECT_FALSE(*verify(**directory, *load_files(**directory)));
}

TEST_F(TemplateDirectoryTest, LetsLaterFilesOfOneNameWin) {
  put("1.sql", "top");
  put("z/1.sql", "nested");
  EXPECT_EQ(rendered("1.sql"), "nested");
}

TEST_F(TemplateDirectoryTest, RendersValues) {
  put("1.sql", "{{ .s }} {{ .n }} {{ .b }}{{ range $i, $t := .l }} {{ $i }}{{ $t }}{{ end }}\r\n");
  put("2.sql", "");
  const TemplateVariables variables = {
      {"s", "users"}, {"n", 1000000}, {"b", true}, {"l", gotmpl::Value::list({"x", "y"})}};
  EXPECT_EQ(rendered("1.sql", variables), "users 1000000 true 0x 1y\r\n");
  EXPECT_EQ(rendered("2.sql", variables), "");
}

// Messages from recordings of `migrate apply` over template directories.
TEST_F(TemplateDirectoryTest, SaysWhatIsWrong) {
  struct Case {
    std::string text;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"CREATE TABLE {{ .x }} (id int);\n",
       "executing template: template: 1.sql:1:16: executing \"1.sql\" at <.x>: map has no entry "
       "for "
       "key \"x\""},
      {"SELECT {{ upper \"a\" }};\n", "template: 1.sql:1: function \"upper\" not defined"},
      {"SELECT {{ if }};\n", "template: 1.sql:1: missing value for if"},
      {"SELECT {{ .a\n", "template: 1.sql:2: unclosed action started at 1.sql:1"},
      {"{{ template \"nope\" }}\n",
       "executing template: template: 1.sql:1:12: executing \"1.sql\" at <{{template \"nope\"}}>: "
       "template \"nope\" not defined"},
      {"SELECT {{ .a.b }};\n",
       "executing template: template: 1.sql:1:12: executing \"1.sql\" at <.a.b>: can't evaluate "
       "field b in type interface {}"},
      {"{{ range .a }}x{{ end }}\n",
       "executing template: template: 1.sql:1:9: executing \"1.sql\" at <.a>: range can't iterate "
       "over v"},
      {"{{ index .l 5 }}\n",
       "executing template: template: 1.sql:1:3: executing \"1.sql\" at <index .l 5>: error "
       "calling "
       "index: index out of range: 5"},
      {"{{ end }}\n", "template: 1.sql:1: unexpected {{end}}"},
  };
  const TemplateVariables variables = {{"a", "v"}, {"l", gotmpl::Value::list({"x"})}};
  for (const Case& test : cases) {
    SCOPED_TRACE(test.text);
    put("1.sql", test.text);
    EXPECT_EQ(rendered("1.sql", variables), "error: " + test.want);
  }
  const auto missing = render_template_directory("nope", "mem://nope/d", {});
  EXPECT_EQ(missing.error().message(), "path nope is not a directory");
}

TEST_F(TemplateDirectoryTest, WritesNewFilesIntoItsSource) {
  put("1.sql", "CREATE TABLE {{ .t }} (id int);\n");
  const auto directory = render({{"t", "two"}});
  ASSERT_TRUE(directory);
  ASSERT_TRUE((*directory)->write("2.sql", "CREATE TABLE three (id int);\n"));
  ASSERT_TRUE(rehash(**directory));
  EXPECT_EQ(sys::read_file(root_.path() + "/2.sql").value(), "CREATE TABLE three (id int);\n");
  const std::string source_sum = sys::read_file(root_.path() + "/atlas.sum").value();
  EXPECT_NE(source_sum, *(*directory)->read_sum().value());
  EXPECT_THAT(source_sum, testing::HasSubstr("2.sql h1:"));
}

TEST(TemplateDirectory, HasAUrl) {
  EXPECT_EQ(template_directory_url("tpl", "d"), "mem://tpl/d");
  EXPECT_EQ(template_directory_url("./tpl/", "d"), "mem://tpl/d");
}

}  // namespace
}  // namespace rhumb::migrate
