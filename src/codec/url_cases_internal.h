#pragma once

#include <string_view>

// How Go 1.26 takes URLs apart: the output of a small program around its net/url. Only tests
// include this file.
namespace rhumb::codec::internal {

struct UrlCase {
  std::string_view input;
  std::string_view scheme;
  std::string_view opaque;
  std::string_view user;  ///< `-` for none, `name`, or `name|password`
  std::string_view host;
  std::string_view path;
  std::string_view raw_path;
  std::string_view raw_query;
  std::string_view fragment;
  std::string_view text;
  std::string_view redacted;
  std::string_view query;  ///< decoded and encoded again
  std::string_view hostname;
  std::string_view port;
};

struct UrlErrorCase {
  std::string_view input;
  std::string_view message;
};

// clang-format off: one line for each URL is what can be compared with the program's output.
inline constexpr UrlCase kUrlCases[] = {
    {"", "", "", "-", "", "", "", "", "", "", "", "", "", ""},
    {"/", "", "", "-", "", "/", "", "", "", "/", "/", "", "", ""},
    {"x", "", "", "-", "", "x", "", "", "", "x", "x", "", "", ""},
    {"sqlite://x.db", "sqlite", "", "-", "x.db", "", "", "", "", "sqlite://x.db", "sqlite://x.db", "", "x.db", ""},
    {"sqlite:///abs/x.db", "sqlite", "", "-", "", "/abs/x.db", "", "", "", "sqlite:///abs/x.db", "sqlite:///abs/x.db", "", "", ""},
    {"sqlite://file:/abs/x.db?cache=shared&_fk=1", "sqlite", "", "-", "file:", "/abs/x.db", "", "cache=shared&_fk=1", "", "sqlite://file:/abs/x.db?cache=shared&_fk=1", "sqlite://file:/abs/x.db?cache=shared&_fk=1", "_fk=1&cache=shared", "file", ""},
    {"sqlite://file::memory:?cache=shared", "sqlite", "", "-", "file::memory:", "", "", "cache=shared", "", "sqlite://file::memory:?cache=shared", "sqlite://file::memory:?cache=shared", "cache=shared", "file::memory", ""},
    {"sqlite://?mode=memory", "sqlite", "", "-", "", "", "", "mode=memory", "", "sqlite:?mode=memory", "sqlite:?mode=memory", "mode=memory", "", ""},
    {"sqlite://file?mode=memory&_fk=1", "sqlite", "", "-", "file", "", "", "mode=memory&_fk=1", "", "sqlite://file?mode=memory&_fk=1", "sqlite://file?mode=memory&_fk=1", "_fk=1&mode=memory", "file", ""},
    {"mysql://root:pass@localhost:3306/test", "mysql", "", "root|pass", "localhost:3306", "/test", "", "", "", "mysql://root:pass@localhost:3306/test", "mysql://root:xxxxx@localhost:3306/test", "", "localhost", "3306"},
    {"mysql://root:p%40ss@localhost:3306/test?b=2&a=1", "mysql", "", "root|p@ss", "localhost:3306", "/test", "", "b=2&a=1", "", "mysql://root:p%40ss@localhost:3306/test?b=2&a=1", "mysql://root:xxxxx@localhost:3306/test?b=2&a=1", "a=1&b=2", "localhost", "3306"},
    {"postgres://u:p@[::1]:5432/db?sslmode=disable", "postgres", "", "u|p", "[::1]:5432", "/db", "", "sslmode=disable", "", "postgres://u:p@[::1]:5432/db?sslmode=disable", "postgres://u:xxxxx@[::1]:5432/db?sslmode=disable", "sslmode=disable", "::1", "5432"},
    {"postgres://u:@h/db", "postgres", "", "u|", "h", "/db", "", "", "", "postgres://u:@h/db", "postgres://u:xxxxx@h/db", "", "h", ""},
    {"postgres://u@h/db", "postgres", "", "u", "h", "/db", "", "", "", "postgres://u@h/db", "postgres://u@h/db", "", "h", ""},
    {"postgres://@h/db", "postgres", "", "", "h", "/db", "", "", "", "postgres://@h/db", "postgres://@h/db", "", "h", ""},
    {"postgres://:p@h/db", "postgres", "", "|p", "h", "/db", "", "", "", "postgres://:p@h/db", "postgres://:xxxxx@h/db", "", "h", ""},
    {"mysql://root::&pass@h", "mysql", "", "root|:&pass", "h", "", "", "", "", "mysql://root:%3A&pass@h", "mysql://root:xxxxx@h", "", "h", ""},
    {"mysql://u:p:w@h:1", "mysql", "", "u|p:w", "h:1", "", "", "", "", "mysql://u:p%3Aw@h:1", "mysql://u:xxxxx@h:1", "", "h", "1"},
    {"a:b", "a", "b", "-", "", "", "", "", "", "a:b", "a:b", "", "", ""},
    {"HTTP://Host/P", "http", "", "-", "Host", "/P", "", "", "", "http://Host/P", "http://Host/P", "", "Host", ""},
    {"http://h/a%20b%2Fc", "http", "", "-", "h", "/a b/c", "/a%20b%2Fc", "", "", "http://h/a%20b%2Fc", "http://h/a%20b%2Fc", "", "h", ""},
    {"http://h/a b", "http", "", "-", "h", "/a b", "/a b", "", "", "http://h/a%20b", "http://h/a%20b", "", "h", ""},
    {"http://h/%41", "http", "", "-", "h", "/A", "/%41", "", "", "http://h/%41", "http://h/%41", "", "h", ""},
    {"http://[::1]:", "http", "", "-", "[::1]:", "", "", "", "", "http://[::1]:", "http://[::1]:", "", "::1", ""},
    {"http://h:", "http", "", "-", "h:", "", "", "", "", "http://h:", "http://h:", "", "h", ""},
    {"mailto:a@b?x=1", "mailto", "a@b", "-", "", "", "", "x=1", "", "mailto:a@b?x=1", "mailto:a@b?x=1", "x=1", "", ""},
    {"file:a", "file", "a", "-", "", "", "", "", "", "file:a", "file:a", "", "", ""},
    {"file:/a", "file", "", "-", "", "/a", "", "", "", "file:/a", "file:/a", "", "", ""},
    {"file://a/b", "file", "", "-", "a", "/b", "", "", "", "file://a/b", "file://a/b", "", "a", ""},
    {"file:///a/b", "file", "", "-", "", "/a/b", "", "", "", "file:///a/b", "file:///a/b", "", "", ""},
    {"//h/p", "", "", "-", "h", "/p", "", "", "", "//h/p", "//h/p", "", "h", ""},
    {"//h", "", "", "-", "h", "", "", "", "", "//h", "//h", "", "h", ""},
    {"///p", "", "", "-", "", "///p", "", "", "", "///p", "///p", "", "", ""},
    {"/a:b", "", "", "-", "", "/a:b", "", "", "", "/a:b", "/a:b", "", "", ""},
    {"a/b:c", "", "", "-", "", "a/b:c", "", "", "", "a/b:c", "a/b:c", "", "", ""},
    {"a:b/c", "a", "b/c", "-", "", "", "", "", "", "a:b/c", "a:b/c", "", "", ""},
    {"?q", "", "", "-", "", "", "", "q", "", "?q", "?q", "q=", "", ""},
    {"#f", "", "", "-", "", "", "", "", "f", "#f", "#f", "", "", ""},
    {"x?", "", "", "-", "", "x", "", "", "", "x?", "x?", "", "", ""},
    {"x?a=1&b=2#fr%20ag", "", "", "-", "", "x", "", "a=1&b=2", "fr ag", "x?a=1&b=2#fr%20ag", "x?a=1&b=2#fr%20ag", "a=1&b=2", "", ""},
    {"http://h?", "http", "", "-", "h", "", "", "", "", "http://h?", "http://h?", "", "h", ""},
    {"http://h?a=b#", "http", "", "-", "h", "", "", "a=b", "", "http://h?a=b", "http://h?a=b", "a=b", "h", ""},
    {"http://h/#a b", "http", "", "-", "h", "/", "", "", "a b", "http://h/#a%20b", "http://h/#a%20b", "", "h", ""},
    {"http://h/#%41", "http", "", "-", "h", "/", "", "", "A", "http://h/#%41", "http://h/#%41", "", "h", ""},
    {"http://h/?a=%zz", "http", "", "-", "h", "/", "", "a=%zz", "", "http://h/?a=%zz", "http://h/?a=%zz", "", "h", ""},
    {"http://h/?a b", "http", "", "-", "h", "/", "", "a b", "", "http://h/?a b", "http://h/?a b", "a+b=", "h", ""},
    {"http://h/?a=1;b=2", "http", "", "-", "h", "/", "", "a=1;b=2", "", "http://h/?a=1;b=2", "http://h/?a=1;b=2", "", "h", ""},
    {"http://h/?&&a=&=b&c", "http", "", "-", "h", "/", "", "&&a=&=b&c", "", "http://h/?&&a=&=b&c", "http://h/?&&a=&=b&c", "=b&a=&c=", "h", ""},
    {"http://h/?a=b=c&a=d", "http", "", "-", "h", "/", "", "a=b=c&a=d", "", "http://h/?a=b=c&a=d", "http://h/?a=b=c&a=d", "a=b%3Dc&a=d", "h", ""},
    {"http://h/?a=%20+x", "http", "", "-", "h", "/", "", "a=%20+x", "", "http://h/?a=%20+x", "http://h/?a=%20+x", "a=++x", "h", ""},
    {"http://[fe80::1%25en0]/", "http", "", "-", "[fe80::1%en0]", "/", "", "", "", "http://[fe80::1%25en0]/", "http://[fe80::1%25en0]/", "", "fe80::1%en0", ""},
    {"http://\xc3\xa9.com/\xc3\xa9?\xc3\xa9#\xc3\xa9", "http", "", "-", "\xc3\xa9.com", "/\xc3\xa9", "/\xc3\xa9", "\xc3\xa9", "\xc3\xa9", "http://%C3%A9.com/%C3%A9?\xc3\xa9#%C3%A9", "http://%C3%A9.com/%C3%A9?\xc3\xa9#%C3%A9", "%C3%A9=", "\xc3\xa9.com", ""},
    {"env://name", "env", "", "-", "name", "", "", "", "", "env://name", "env://name", "", "name", ""},
    {"atlas://repo?tag=1", "atlas", "", "-", "repo", "", "", "tag=1", "", "atlas://repo?tag=1", "atlas://repo?tag=1", "tag=1", "repo", ""},
    {"docker://mysql/8/dev", "docker", "", "-", "mysql", "/8/dev", "", "", "", "docker://mysql/8/dev", "docker://mysql/8/dev", "", "mysql", ""},
    {"docker+mysql://_/mysql:8/x", "docker+mysql", "", "-", "_", "/mysql:8/x", "", "", "", "docker+mysql://_/mysql:8/x", "docker+mysql://_/mysql:8/x", "", "_", ""},
    {"mem://x/y", "mem", "", "-", "x", "/y", "", "", "", "mem://x/y", "mem://x/y", "", "x", ""},
    {"http://h/a//b", "http", "", "-", "h", "/a//b", "", "", "", "http://h/a//b", "http://h/a//b", "", "h", ""},
    {"http://h/;x=$&+,:@!'()*", "http", "", "-", "h", "/;x=$&+,:@!'()*", "/;x=$&+,:@!'()*", "", "", "http://h/;x=$&+,:@!'()*", "http://h/;x=$&+,:@!'()*", "", "h", ""},
    {"http://u$&+,;=:p!*'()@h/", "http", "", "u$&+,;=|p!*'()", "h", "/", "", "", "", "http://u$&+,;=:p%21%2A%27%28%29@h/", "http://u$&+,;=:xxxxx@h/", "", "h", ""},
    {"http://u@v@h/", "http", "", "u@v", "h", "/", "", "", "", "http://u%40v@h/", "http://u%40v@h/", "", "h", ""},
    {"*", "", "", "-", "", "*", "", "", "", "*", "*", "", "", ""},
    {"x:", "x", "", "-", "", "", "", "", "", "x:", "x:", "", "", ""},
    {"x:?", "x", "", "-", "", "", "", "", "", "x:?", "x:?", "", "", ""},
    {"x:#f", "x", "", "-", "", "", "", "", "f", "x:#f", "x:#f", "", "", ""},
    {"x://", "x", "", "-", "", "", "", "", "", "x:", "x:", "", "", ""},
    {"x://?q", "x", "", "-", "", "", "", "q", "", "x:?q", "x:?q", "q=", "", ""},
    {"x:///", "x", "", "-", "", "/", "", "", "", "x:///", "x:///", "", "", ""},
    {"http://<h>/", "http", "", "-", "<h>", "/", "", "", "", "http://<h>/", "http://<h>/", "", "<h>", ""},
    {"http://h\"/", "http", "", "-", "h\"", "/", "", "", "", "http://h\"/", "http://h\"/", "", "h\"", ""},
    {"http://h/^`{|}", "http", "", "-", "h", "/^`{|}", "/^`{|}", "", "", "http://h/%5E%60%7B%7C%7D", "http://h/%5E%60%7B%7C%7D", "", "h", ""},
    {"http://h/[x]", "http", "", "-", "h", "/[x]", "/[x]", "", "", "http://h/[x]", "http://h/[x]", "", "h", ""},
    {"file://migrations", "file", "", "-", "migrations", "", "", "", "", "file://migrations", "file://migrations", "", "migrations", ""},
    {"file://./x", "file", "", "-", ".", "/x", "", "", "", "file://./x", "file://./x", "", ".", ""},
    {"file://../x", "file", "", "-", "..", "/x", "", "", "", "file://../x", "file://../x", "", "..", ""},
    {"http://h:80@x/", "http", "", "h|80", "x", "/", "", "", "", "http://h:80@x/", "http://h:xxxxx@x/", "", "x", ""},
    {"sqlserver://sa:P@ssw0rd@h:1433?database=x", "sqlserver", "", "sa|P@ssw0rd", "h:1433", "", "", "database=x", "", "sqlserver://sa:P%40ssw0rd@h:1433?database=x", "sqlserver://sa:xxxxx@h:1433?database=x", "database=x", "h", "1433"},
    {"http://a]b/", "http", "", "-", "a]b", "/", "", "", "", "http://a]b/", "http://a]b/", "", "a]b", ""},
    {"http://h/?x=a/b?c:d@e", "http", "", "-", "h", "/", "", "x=a/b?c:d@e", "", "http://h/?x=a/b?c:d@e", "http://h/?x=a/b?c:d@e", "x=a%2Fb%3Fc%3Ad%40e", "h", ""},
    {"http://h/a?b?c", "http", "", "-", "h", "/a", "", "b?c", "", "http://h/a?b?c", "http://h/a?b?c", "b%3Fc=", "h", ""},
    {"./a:b", "", "", "-", "", "./a:b", "", "", "", "./a:b", "./a:b", "", "", ""},
    {"a:b:c", "a", "b:c", "-", "", "", "", "", "", "a:b:c", "a:b:c", "", "", ""},
    {"http:/h", "http", "", "-", "", "/h", "", "", "", "http:/h", "http:/h", "", "", ""},
    {"http:h:1", "http", "h:1", "-", "", "", "", "", "", "http:h:1", "http:h:1", "", "", ""},
    {"http://h/%C3%A9\xc3\xa9", "http", "", "-", "h", "/\xc3\xa9\xc3\xa9", "/%C3%A9\xc3\xa9", "", "", "http://h/%C3%A9%C3%A9", "http://h/%C3%A9%C3%A9", "", "h", ""},
    {"mysql://u:p@unix(/tmp/x)/db", "mysql", "", "u|p", "unix(", "/tmp/x)/db", "/tmp/x)/db", "", "", "mysql://u:p@unix(/tmp/x)/db", "mysql://u:xxxxx@unix(/tmp/x)/db", "", "unix(", ""},
    {"mysql+unix:///tmp/s?database=x", "mysql+unix", "", "-", "", "/tmp/s", "", "database=x", "", "mysql+unix:///tmp/s?database=x", "mysql+unix:///tmp/s?database=x", "database=x", "", ""},
    {"http://h.:80/", "http", "", "-", "h.:80", "/", "", "", "", "http://h.:80/", "http://h.:80/", "", "h.", "80"},
    {"http://h_x/", "http", "", "-", "h_x", "/", "", "", "", "http://h_x/", "http://h_x/", "", "h_x", ""},
    {"http://h/a;b,c", "http", "", "-", "h", "/a;b,c", "", "", "", "http://h/a;b,c", "http://h/a;b,c", "", "h", ""},
    {"//u:p@h/x", "", "", "u|p", "h", "/x", "", "", "", "//u:p@h/x", "//u:xxxxx@h/x", "", "h", ""},
    {"http://[::1]/%5B", "http", "", "-", "[::1]", "/[", "", "", "", "http://[::1]/%5B", "http://[::1]/%5B", "", "::1", ""},
    {"http://u%3Ax:p%2F@h", "http", "", "u:x|p/", "h", "", "", "", "", "http://u%3Ax:p%2F@h", "http://u%3Ax:xxxxx@h", "", "h", ""},
    {"a.b-c+d:e", "a.b-c+d", "e", "-", "", "", "", "", "", "a.b-c+d:e", "a.b-c+d:e", "", "", ""},
};

inline constexpr UrlErrorCase kUrlErrorCases[] = {
    {"1x://h", "parse \"1x://h\": first path segment in URL cannot contain colon"},
    {"://h", "parse \"://h\": missing protocol scheme"},
    {"a b://h", "parse \"a b://h\": first path segment in URL cannot contain colon"},
    {"sqlite://a%20b.db", "parse \"sqlite://a%20b.db\": invalid URL escape \"%20\""},
    {"http://h/%zz", "parse \"http://h/%zz\": invalid URL escape \"%zz\""},
    {"http://h\x7f/", "parse \"http://h\\x7f/\": net/url: invalid control character in URL"},
    {"http://h/\x0a", "parse \"http://h/\\n\": net/url: invalid control character in URL"},
    {"http://us er@h", "parse \"http://us er@h\": net/url: invalid userinfo"},
    {"http://u%zz@h", "parse \"http://u%zz@h\": invalid URL escape \"%zz\""},
    {"http://h /", "parse \"http://h /\": invalid character \" \" in host name"},
    {"http://[::1", "parse \"http://[::1\": missing ']' in host"},
    {"http://[::1]x", "parse \"http://[::1]x\": invalid port \"x\" after host"},
    {"http://h:12a", "parse \"http://h:12a\": invalid port \":12a\" after host"},
    {"http://h:1:2/", "parse \"http://h:1:2/\": invalid port \":1:2\" after host"},
    {"http://%41.com/", "parse \"http://%41.com/\": invalid URL escape \"%41\""},
    {"http://h%2f/", "parse \"http://h%2f/\": invalid URL escape \"%2f\""},
    {"http://[fe80::1%en0]/", "parse \"http://[fe80::1%en0]/\": invalid URL escape \"%en\""},
    {"http://u:p/w@h/", "parse \"http://u:p/w@h/\": invalid port \":p\" after host"},
    {"http://u:p?w@h/", "parse \"http://u:p?w@h/\": invalid port \":p\" after host"},
    {"http://u:p#w@h/", "parse \"http://u:p\": invalid port \":p\" after host"},
    {"http://h/a%2", "parse \"http://h/a%2\": invalid URL escape \"%2\""},
    {"http://h/a%", "parse \"http://h/a%\": invalid URL escape \"%\""},
    {"a%b:c", "parse \"a%b:c\": first path segment in URL cannot contain colon"},
    {"http://h\\x/", "parse \"http://h\\\\x/\": invalid character \"\\\\\" in host name"},
    {"file://a b/c", "parse \"file://a b/c\": invalid character \" \" in host name"},
    {"http://h:-1/", "parse \"http://h:-1/\": invalid port \":-1\" after host"},
    {"http://[::1]:80:90/", "parse \"http://[::1]:80:90/\": invalid port \":80:90\" after host"},
    {"http://[a/", "parse \"http://[a/\": missing ']' in host"},
    {"x%41:y", "parse \"x%41:y\": first path segment in URL cannot contain colon"},
    {"mysql://u:p@tcp(h:3306)/db", "parse \"mysql://u:p@tcp(h:3306)/db\": invalid port \":3306)\" after host"},
    {"-a:b", "parse \"-a:b\": first path segment in URL cannot contain colon"},
    {"\xc3\xa9:x", "parse \"\xc3\xa9:x\": first path segment in URL cannot contain colon"},
    {"sqlite3://x y.db", "parse \"sqlite3://x y.db\": invalid character \" \" in host name"},
    {"postgres://u:p%@h", "parse \"postgres://u:p%@h\": invalid URL escape \"%\""},
    {"http://h/?q=\x01", "parse \"http://h/?q=\\x01\": net/url: invalid control character in URL"},
};
// clang-format on

}  // namespace rhumb::codec::internal
