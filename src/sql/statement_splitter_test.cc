#include "sql/statement_splitter.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "base/text.h"

namespace rhumb::sql {
namespace {

namespace json = boost::json;

/// The folder of recorded cases and real histories.
std::filesystem::path shared_folder() {
  const char* folder = std::getenv("RHUMB_SHARED");
  return folder != nullptr ? std::filesystem::path(folder)
                           : std::filesystem::path(RHUMB_SOURCE_DIR) / ".." / "shared";
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return std::nullopt;
  }
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) {
      break;
    }
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return out;
}

Dialect parse_dialect(std::string_view name) {
  if (name == "sqlite") {
    return Dialect::kSqlite;
  }
  if (name == "postgres") {
    return Dialect::kPostgres;
  }
  return name == "generic" ? Dialect::kGeneric : Dialect::kMysql;
}

std::string to_text(const json::value& value) { return std::string(value.as_string()); }

/// Both sides of a recorded case in one printable form: `position|text|comments` per line.
struct Form {
  std::string text;

  void add(size_t position, std::string_view statement, const std::vector<std::string>& comments) {
    text += std::to_string(position) + "|" + std::string(statement) + "|" + join(comments, ",") + "\n";
  }
};

std::string recorded_form(const json::object& record) {
  if (record.contains("error")) {
    return "error " + to_text(record.at("error"));
  }
  const bool encoded = record.contains("statements_base64");
  const json::array& texts = record.at(encoded ? "statements_base64" : "statements").as_array();
  Form form;
  for (size_t i = 0; i < texts.size(); ++i) {
    std::vector<std::string> comments;
    if (record.contains("comments")) {
      for (const json::value& comment : record.at("comments").as_array()[i].as_array()) {
        comments.push_back(to_text(comment));
      }
    }
    const std::string text = to_text(texts[i]);
    form.add(record.at("positions").as_array()[i].to_number<size_t>(),
             encoded ? decode_base64(text) : text, comments);
  }
  return form.text;
}

std::string our_form(std::string_view script, Dialect dialect) {
  const Result<std::vector<Statement>> statements = split_statements(script, dialect);
  if (!statements) {
    return "error " + statements.error().message();
  }
  Form form;
  for (const Statement& statement : *statements) {
    form.add(statement.position, statement.text,
             {statement.comments.begin(), statement.comments.end()});
  }
  return form.text;
}

TEST(StatementSplitter, SplitsTheRecordedScripts) {
  const std::optional<std::string> file = read_file(shared_folder() / "conformance/splitter.json");
  if (!file) {
    GTEST_SKIP() << "no recorded cases in " << shared_folder();
  }
  const json::value document = json::parse(*file);
  for (const json::value& value : document.at("cases").as_array()) {
    const json::object& record = value.as_object();
    const std::string script = record.contains("input")
                                   ? to_text(record.at("input"))
                                   : decode_base64(to_text(record.at("input_base64")));
    const std::string dialect = to_text(record.at("dialect"));
    EXPECT_EQ(our_form(script, parse_dialect(dialect)), recorded_form(record))
        << to_text(record.at("name")) << " (" << dialect << "):\n"
        << script.substr(0, 2000);
  }
}

std::string sha256_hex(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

TEST(StatementSplitter, SplitsRealHistories) {
  const std::optional<std::string> file =
      read_file(shared_folder() / "conformance/splitter-data.json");
  if (!file) {
    GTEST_SKIP() << "no recorded cases in " << shared_folder();
  }
  const json::value document = json::parse(*file);
  for (const json::value& record : document.at("files").as_array()) {
    const std::string name = to_text(record.at("file"));
    const std::optional<std::string> content = read_file(shared_folder() / "data" / name);
    ASSERT_TRUE(content) << name;
    std::string script = *content;
    for (const char* action : {"{{ index .Options \"Namespace\" }}", "{{index .Options \"Namespace\"}}",
                               "{{ index .Options \"Namespace\"}}",
                               "{{index .Options \"Namespace\" }}"}) {
      script = replace_all(script, action, "auth");
    }
    const Result<std::vector<Statement>> statements =
        split_statements(script, parse_dialect(to_text(record.at("dialect"))));
    ASSERT_TRUE(statements) << name << ": " << statements.error().message();
    std::vector<std::string> got;
    for (const Statement& statement : *statements) {
      got.push_back(sha256_hex(statement.text));
    }
    std::vector<std::string> want;
    for (const json::value& hash : record.at("sha256").as_array()) {
      want.push_back(to_text(hash));
    }
    EXPECT_EQ(got, want) << name;
  }
}

}  // namespace
}  // namespace rhumb::sql
