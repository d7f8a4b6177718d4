// Connection URLs of every dialect: text that a user may have written, and, when the input has line
// ends, a URL put together from its lines, whose parts are known and have to come out of it again.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "codec/redact.h"
#include "codec/url.h"
#include "driver/mysql/dsn.h"
#include "driver/postgres/parameters.h"
#include "driver/sqlite/dsn.h"
#include "driver/url.h"
#include "sys/environment.h"

namespace {

using rhumb::Result;
using rhumb::codec::Url;
using rhumb::driver::DatabaseUrl;
using rhumb::driver::postgres::Parameters;

/// Stands in every password and secret, so that it can be looked for. Escaping leaves it as it is.
constexpr std::string_view kMark = "Zq9Zq9";
constexpr std::array kSchemes = {"postgres",     "postgresql", "mysql",       "mysql+unix",
                                 "mariadb+unix", "maria",      "mariadb",     "sqlite",
                                 "sqlite3",      "libsql",     "libsql+file", "crdb"};

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

const std::vector<std::string>& keywords() {
  static const std::vector<std::string> kKeywords = {
      "host",     "port",    "user",    "password",        "dbname",     "options",
      "sslmode",  "service", "sslcert", "connect_timeout", "gssencmode", "client_encoding",
      "hostaddr", "sslkey",  "passfile"};
  return kKeywords;
}

Parameters read_postgres(const Url& url) {
  return rhumb::driver::postgres::read_parameters(url, keywords(), rhumb::sys::FakeEnvironment());
}

/// The words of the keyword `options`, as the server takes them apart.
std::vector<std::string> server_options(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    at = std::min(text.find_first_not_of(kBlanks, at), text.size());
    if (at == text.size()) {
      break;
    }
    std::string& word = words.emplace_back();
    for (; at < text.size() && !holds(kBlanks, text.substr(at, 1)); ++at) {
      at += text[at] == '\\' && at + 1 < text.size() ? 1 : 0;
      word += text[at];
    }
  }
  return words;
}

/// A setting of a session can be nothing but a setting.
void check_postgres(const Url& url) {
  const Parameters parameters = read_postgres(url);
  const rhumb::codec::QueryValues query = url.query();
  if (const auto options = parameters.values.find("options");
      options != parameters.values.end() && !query.contains("options")) {
    const std::vector<std::string> words = server_options(options->second);
    RHUMB_CHECK(words.size() % 2 == 0, "every setting has a value");
    for (size_t i = 0; i < words.size(); i += 2) {
      RHUMB_CHECK(words[i] == "-c" && holds(words[i + 1], "="), "settings are no other options");
    }
  }
  if (url.user && url.user->password && !query.contains("password")) {
    RHUMB_CHECK(parameters.values.at("password") == *url.user->password,
                "the password is that of the URL");
  }
}

void check_mysql(const Url& url) {
  const Url once = rhumb::driver::mysql::with_parse_time(url);
  RHUMB_CHECK(rhumb::driver::mysql::with_parse_time(once) == once, "parseTime is set once");
  const auto dsn = rhumb::driver::mysql::parse_dsn(url);
  if (dsn && url.user) {
    RHUMB_CHECK(dsn->user == url.user->name && dsn->password == url.user->password.value_or(""),
                "user and password are those of the URL");
  }
}

/// What is run after opening is only what the parameters may ask for.
void check_sqlite(std::string_view rest) {
  const auto dsn = rhumb::driver::sqlite::parse_dsn(rest);
  for (const std::string& pragma : dsn ? dsn->pragmas : std::vector<std::string>()) {
    RHUMB_CHECK(pragma.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789_ =-") == std::string::npos,
                "a pragma is words");
  }
}

void check_printing(const Url& url) {
  const std::string text = url.text_with_secrets();
  const Result<Url> again = rhumb::codec::parse_url(text);
  RHUMB_CHECK(again.has_value(), "what is printed can be read");
  RHUMB_CHECK(again->text_with_secrets() == text, "and prints as it was");
}

void check_redaction(const Url& url) {
  const Url redacted = url.redacted();
  RHUMB_CHECK(redacted.redacted() == redacted, "there is nothing left to redact");
  RHUMB_CHECK(!redacted.user || redacted.user->password.value_or("xxxxx") == "xxxxx",
              "no password is left");
  for (const auto& [key, values] : redacted.query()) {
    for (const std::string& value : values) {
      RHUMB_CHECK(!rhumb::codec::is_secret_parameter(key) || value.empty() || value == "xxxxx",
                  "no secret parameter is left");
    }
  }
}

void check_text(std::string_view text) {
  const Result<DatabaseUrl> database = rhumb::driver::parse_database_url(text);
  if (!database) {
    RHUMB_CHECK(!holds(text, "://") || !holds(database.error().message(), text),
                "an error does not repeat the URL");
    return;
  }
  const Url& url = database->url;
  check_printing(url);
  check_redaction(url);
  RHUMB_CHECK(database->redacted == rhumb::codec::redact_url(text), "there is one redaction");
  check_postgres(url);
  check_mysql(url);
  check_sqlite(database->rest);
}

/// The parts of a URL before they were put together.
struct Parts {
  std::string scheme;
  std::string user;
  std::string password;
  std::string path;
  std::string key;
  std::string value;

  [[nodiscard]] std::string text() const {
    using rhumb::codec::query_escape;
    const auto escape = [](const std::string& part) {
      return rhumb::replace_all(query_escape(part), "+", "%20");
    };
    return scheme + "://" + escape(user) + ":" + escape(password) + "@127.0.0.1:5432/" +
           escape(path) + "?" + query_escape(key) + "=" + query_escape(value);
  }
};

Parts take_apart(std::string_view input) {
  const std::vector<std::string_view> lines = rhumb::split(input, '\n');
  const auto line = [&](size_t i) { return std::string(i < lines.size() ? lines[i] : ""); };
  const size_t scheme = line(0).empty() ? 0 : static_cast<unsigned char>(line(0)[0]);
  return {.scheme = kSchemes[scheme % kSchemes.size()],
          .user = line(1),
          .password = std::string(kMark) + line(2),
          .path = line(3),
          .key = line(4).empty() ? "x" : line(4),
          .value = line(5)};
}

void check_drivers(const Parts& parts, const Url& url) {
  const Parameters parameters = read_postgres(url);
  const auto value = [&](const std::string& key) {
    const auto found = parameters.values.find(key);
    return found == parameters.values.end() ? std::string() : found->second;
  };
  const bool is_keyword =
      rhumb::codec::is_secret_parameter(parts.key) || parts.key == "user" || parts.key == "dbname";
  if (!is_keyword) {
    RHUMB_CHECK(value("user") == parts.user && value("password") == parts.password,
                "libpq gets user and password");
    RHUMB_CHECK(value("dbname") == parts.path, "libpq gets the database");
  }
  const auto dsn = rhumb::driver::mysql::parse_dsn(url);
  if (!dsn) {
    RHUMB_CHECK(!holds(dsn.error().message(), kMark), "an error holds no password");
    return;
  }
  RHUMB_CHECK(dsn->user == parts.user && dsn->password == parts.password,
              "libmariadb gets user and password");
  const bool is_unix = parts.scheme.ends_with("+unix");
  RHUMB_CHECK(is_unix ? dsn->socket == "/" + parts.path : dsn->database == parts.path,
              "libmariadb gets the database or the socket");
}

void check_parts(const Parts& parts) {
  for (const std::string* part : {&parts.user, &parts.path, &parts.key, &parts.value}) {
    if (holds(*part, kMark)) {
      return;
    }
  }
  const std::string text = parts.text();
  const Result<DatabaseUrl> database = rhumb::driver::parse_database_url(text);
  if (!database) {
    RHUMB_CHECK(holds(text, "%00"), "a URL that is escaped can be read");
    RHUMB_CHECK(!holds(database.error().message(), kMark), "an error holds no password");
    return;
  }
  const Url& url = database->url;
  RHUMB_CHECK(url.user && url.user->name == parts.user && url.user->password == parts.password,
              "user and password are read");
  RHUMB_CHECK(url.path == "/" + parts.path, "the path is read");
  RHUMB_CHECK(url.find_query(parts.key) == parts.value, "the parameter is read");
  RHUMB_CHECK(!holds(database->redacted, kMark), "the redacted form holds no password");
  RHUMB_CHECK(!holds(rhumb::codec::redact_text("open \"" + text + "\": refused"), kMark),
              "nor does a sentence with the URL");
  check_drivers(parts, url);
  check_text(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!holds(text, "\n")) {
    check_text(text);
    return 0;
  }
  Parts parts = take_apart(text);
  check_parts(parts);
  parts.key = "ssl-password";  // a secret that stands in the query
  parts.value = std::string(kMark);
  const std::string with_secret = parts.text();
  RHUMB_CHECK(!holds(rhumb::codec::redact_url(with_secret), kMark), "no secret parameter is shown");
  return 0;
}
