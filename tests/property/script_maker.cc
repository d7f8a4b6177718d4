#include "script_maker.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace rhumb::property {
namespace {

constexpr std::string_view kPieces[] = {";",
                                        ";",
                                        ";\n",
                                        "'",
                                        "\"",
                                        "`",
                                        "\\",
                                        "\\\\",
                                        "--",
                                        "-- ",
                                        "#",
                                        "/*",
                                        "*/",
                                        "/*!",
                                        "/*+",
                                        "$$",
                                        "$a$",
                                        "$1",
                                        "(",
                                        ")",
                                        "\n",
                                        "\n\n",
                                        "\r\n",
                                        "\t",
                                        " ",
                                        "x",
                                        "E",
                                        "e",
                                        "BEGIN ",
                                        "END;",
                                        "END",
                                        "ATOMIC",
                                        "CASE",
                                        "GO\n",
                                        "\n\\.\n",
                                        "{",
                                        "\\q",
                                        "\xC3\xA9",
                                        "\xEF\xBC\x9B",
                                        "\xC2\xA0",
                                        "\xEF\xBB\xBF",
                                        "\xF0\x9F\x99\x82",
                                        "[",
                                        "]",
                                        ",",
                                        "-",
                                        "/",
                                        "*",
                                        "!"};

constexpr std::string_view kBlanks[] = {" ", " ", " ", "\n", "\t", "\r\n", "\f", "  ", "\n\n"};

}  // namespace

std::string ScriptMaker::gap() {
  std::string text(random_.chance(75) ? " " : random_.pick(kBlanks));
  while (random_.chance(12)) {
    text += comment();
    text += random_.chance(50) ? std::string(random_.pick(kBlanks)) : "";
  }
  return text;
}

std::string ScriptMaker::spread(std::string_view text) {
  std::string out;
  for (const std::string_view word : split(text, ' ')) {
    out += (out.empty() ? "" : gap()) + any_case(word);
  }
  return out;
}

std::string ScriptMaker::any_case(std::string_view word) {
  std::string out(word);
  if (random_.chance(25)) {
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }
  return out;
}

std::string ScriptMaker::value(int depth) {
  if (depth == 0 || random_.chance(65)) {
    return literal();
  }
  switch (random_.below(4)) {
    case 0:
      return "(" + maybe_gap() + value(depth - 1) + maybe_gap() + ")";
    case 1:
      return "(" + spread("SELECT") + gap() + value(depth - 1) + ")";
    case 2:
      return spread("CASE WHEN 1=1 THEN") + gap() + value(depth - 1) + gap() + spread("ELSE") +
             gap() + value(depth - 1) + gap() + spread("END");
    default:
      return spread("COALESCE") + "(" + maybe_gap() + value(depth - 1) + maybe_gap() + "," +
             maybe_gap() + value(depth - 1) + ")";
  }
}

std::string ScriptMaker::unruly(std::initializer_list<std::string_view> forbidden) {
  std::string text;
  for (size_t pieces = random_.below(6); pieces > 0; --pieces) {
    text += random_.pick(kPieces);
  }
  // Taking one out may make another.
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view word : forbidden) {
      found = found || text.find(word) != std::string::npos;
      text = replace_all(text, word, "");
    }
  }
  return text;
}

std::string ScriptMaker::quoted(char quote, Escapes escapes) {
  std::string out(1, quote);
  const bool backslash = escapes != Escapes::kNone;
  bool doubles = random_.chance(50);
  for (const char c : unruly()) {
    doubles = escapes == Escapes::kBackslash ? random_.chance(50) : doubles;
    if (c == quote) {
      out += backslash && !doubles ? '\\' : quote;
    } else if (backslash && (c == '\\' || (c > ' ' && random_.chance(3)))) {
      out += '\\';
    }
    out += c;
  }
  return out + quote;
}

std::string ScriptMaker::fresh_name(std::string_view stem) {
  return std::string(stem) + "_" + std::to_string(++names_);
}

std::string ScriptMaker::select() {
  std::string out = spread("SELECT") + gap() + random_.number();
  for (size_t columns = random_.below(4); columns > 0; --columns) {
    out += maybe_gap() + "," + maybe_gap() + value();
    if (random_.chance(30)) {
      out += gap() + spread("AS") + gap() + quoted_name();
    }
  }
  return out;
}

std::string ScriptMaker::script() {
  names_ = 0;
  std::string out = random_.chance(20) ? gap() : "";
  const size_t count = 1 + random_.below(5);
  for (size_t i = 0; i < count; ++i) {
    out += statement();
    const bool last = i + 1 == count;
    out += random_.chance(10) ? gap() : "";
    out += last && random_.chance(30) ? "" : delimiter_;
    out += random_.chance(70) ? "\n" : maybe_gap();
  }
  return out;
}

std::string ScriptMaker::client_script() {
  names_ = 0;
  delimiter_ = ";";
  std::string out;
  for (size_t count = 2 + random_.below(6); count > 0; --count) {
    out += random_.chance(40)
               ? client_part()
               : client_statement() + delimiter_ + (random_.chance(80) ? "" : maybe_gap()) + "\n";
  }
  return out;
}

std::unique_ptr<ScriptMaker> script_maker(sql::Dialect dialect, SeededRandom& random) {
  switch (dialect) {
    case sql::Dialect::kPostgres:
      return postgres_maker(random);
    case sql::Dialect::kMysql:
      return mariadb_maker(random);
    default:
      return sqlite_maker(random);
  }
}

std::string mutate(SeededRandom& random, std::string text, std::string_view other) {
  for (size_t edits = 1 + random.below(3); edits > 0; --edits) {
    const size_t at = random.below(text.size() + 1);
    const size_t size = std::min(random.below(12), text.size() - at);
    switch (random.below(5)) {
      case 0:
        text.erase(at, size);
        break;
      case 1:
        text.insert(at, text.substr(at, size));
        break;
      case 2:
        text.insert(at, random.pick(kPieces));
        break;
      case 3:
        text.replace(at, size, random.pick(kPieces));
        break;
      default: {
        const size_t from = random.below(other.size() + 1);
        text.insert(at, other.substr(from, random.below(60)));
      }
    }
  }
  return text;
}

}  // namespace rhumb::property
