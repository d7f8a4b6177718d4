#include <fmt/format.h>

#include <set>

#include "base/go_format.h"
#include "hcl/functions_internal.h"
#include "hcl/json.h"

namespace rhumb::hcl {

namespace {

Result<Value> jsonencode(const ValueList& args, CallProblem&) {
  const std::string text = TRY(format_value_json(args[0]));
  return Value::string(text);
}

Result<Value> jsondecode(const ValueList& args, CallProblem&) {
  const codec::Json json = TRY(codec::parse_json(args[0].as_string()));
  return from_json(json);
}

// Comma-separated records as RFC 4180 has them; empty lines are no records.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  /// The next record, empty at the end.
  Result<std::vector<std::string>> read() {
    while (at_ < text_.size() && newline_size() > 0) {
      at_ += newline_size();
      ++line_;
    }
    std::vector<std::string> fields;
    if (at_ == text_.size()) {
      return fields;
    }
    while (true) {
      std::string field = TRY(read_field());
      fields.push_back(std::move(field));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      at_ += newline_size();
      ++line_;
      return fields;
    }
  }

  [[nodiscard]] int64_t line() const { return line_; }

 private:
  [[nodiscard]] size_t newline_size() const {
    const std::string_view rest = text_.substr(at_);
    return rest.starts_with("\r\n") ? 2 : (rest.starts_with('\n') ? 1 : 0);
  }

  [[nodiscard]] Error failure(std::string_view what) const {
    return invalid(fmt::format("CSV parse error on line {}: {}", line_, what));
  }

  Result<std::string> read_field() {
    if (at_ < text_.size() && text_[at_] == '"') {
      return read_quoted();
    }
    const size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ',' && newline_size() == 0) {
      if (text_[at_] == '"') {
        return failure("bare \" in non-quoted-field");
      }
      ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<std::string> read_quoted() {
    std::string out;
    for (++at_; at_ < text_.size();) {
      if (text_[at_] != '"') {
        if (const size_t size = newline_size(); size > 0) {
          out += '\n';
          at_ += size;
          ++line_;
          continue;
        }
        out += text_[at_++];
        continue;
      }
      ++at_;
      if (at_ == text_.size() || text_[at_] == ',' || newline_size() > 0) {
        return out;
      }
      if (text_[at_] != '"') {
        return failure("extraneous or missing \" in quoted-field");
      }
      out += text_[at_++];
    }
    return failure("extraneous or missing \" in quoted-field");
  }

  std::string_view text_;
  size_t at_ = 0;
  int64_t line_ = 1;
};

Result<Value> csvdecode(const ValueList& args, CallProblem&) {
  CsvReader reader(args[0].as_string());
  const std::vector<std::string> header = TRY(reader.read());
  if (header.empty()) {
    return invalid("missing header line");
  }
  Type::Attributes attributes;
  for (const std::string& name : header) {
    if (!attributes.emplace(normalize_text(name), Type::string()).second) {
      return invalid("duplicate column name " + go_quote(name));
    }
  }
  ValueList rows;
  while (true) {
    const int64_t line = reader.line();
    const std::vector<std::string> record = TRY(reader.read());
    if (record.empty()) {
      break;
    }
    if (record.size() != header.size()) {
      return invalid(fmt::format("CSV parse error on line {}: wrong number of fields", line));
    }
    ValueMap row;
    for (size_t i = 0; i < header.size(); ++i) {
      row.insert_or_assign(normalize_text(header[i]), Value::string(record[i]));
    }
    rows.push_back(Value::object(std::move(row)));
  }
  return Value::list(Type::object(std::move(attributes)), std::move(rows));
}

}  // namespace

void add_encoding_functions(FunctionTable& table) {
  table["jsonencode"] = fixed_function({{"val", Type::dynamic(), true}}, jsonencode);
  table["jsondecode"] = fixed_function({{"str", Type::string()}}, jsondecode);
  table["csvdecode"] = fixed_function({{"str", Type::string()}}, csvdecode);
}

}  // namespace rhumb::hcl
