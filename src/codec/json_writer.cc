#include "codec/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "base/check.h"
#include "codec/json_text_internal.h"

namespace rhumb::codec {

// ------------------------------------------------------------------------------------------- tree

Json* JsonTreeWriter::add(Json value) {
  if (open_.empty()) {
    root_ = std::move(value);
    return &root_;
  }
  Json& parent = *open_.back();
  if (parent.is_array()) {
    return &parent.as_array().emplace_back(std::move(value));
  }
  Json::Object& members = parent.as_object();
  members.push_back({.key = std::string(key_), .value = std::move(value)});
  return &members.back().value;
}

void JsonTreeWriter::begin_object() {
  open_.push_back(add(Json::object()));
}
void JsonTreeWriter::end_object() {
  open_.pop_back();
}
void JsonTreeWriter::begin_array() {
  open_.push_back(add(Json::array()));
}
void JsonTreeWriter::end_array() {
  open_.pop_back();
}
void JsonTreeWriter::key(std::string_view key) {
  key_ = key;
}
void JsonTreeWriter::null() {
  add(Json());
}
void JsonTreeWriter::flag(bool value) {
  add(value);
}
void JsonTreeWriter::number(int64_t value) {
  add(value);
}
void JsonTreeWriter::real(double value) {
  add(value);
}
void JsonTreeWriter::text(std::string_view value) {
  add(value);
}

Json JsonTreeWriter::take() {
  RHUMB_CHECK(open_.empty(), "every object and array has its end");
  return std::exchange(root_, Json());
}

// ------------------------------------------------------------------------------------------- text

void SortedJsonText::add(std::string_view value) {
  out_ += value;
  out_ += ',';
}

/// Its mark takes the place of the comma after the last value inside.
void SortedJsonText::close(char mark) {
  if (out_.back() == ',') {
    out_.back() = mark;
  } else {
    out_ += mark;
  }
  out_ += ',';
}

void SortedJsonText::begin_object() {
  objects_.push_back(members_.size());
  out_ += '{';
}

void SortedJsonText::end_object() {
  sort_from(objects_.back());
  members_.resize(objects_.back());
  objects_.pop_back();
  close('}');
}

void SortedJsonText::begin_array() {
  out_ += '[';
}
void SortedJsonText::end_array() {
  close(']');
}

void SortedJsonText::key(std::string_view key) {
  members_.push_back({.key = key, .begin = out_.size(), .end = 0});
  append_json_string(out_, key, true);
  out_ += ':';
}

void SortedJsonText::null() {
  add("null");
}
void SortedJsonText::flag(bool value) {
  add(value ? "true" : "false");
}

void SortedJsonText::number(int64_t value) {
  std::array<char, 20> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  add({digits.data(), end});
}

void SortedJsonText::real(double value) {
  add(format_json(value));
}

void SortedJsonText::text(std::string_view value) {
  append_json_string(out_, value, true);
  out_ += ',';
}

/// Members are written where they come; only an object whose keys do not ascend is put in order.
void SortedJsonText::sort_from(size_t first) {
  const std::span<Member> members = std::span(members_).subspan(first);
  if (std::ranges::is_sorted(members, {}, &Member::key)) {
    return;
  }
  const size_t begin = members.front().begin;
  for (size_t i = 0; i < members.size(); ++i) {
    members[i].end = i + 1 < members.size() ? members[i + 1].begin : out_.size();
  }
  std::ranges::sort(members, {}, &Member::key);
  sorted_.clear();
  for (const Member& member : members) {
    sorted_.append(out_, member.begin, member.end - member.begin);
  }
  out_.replace(begin, std::string::npos, sorted_);
}

std::string SortedJsonText::take() {
  RHUMB_CHECK(objects_.empty() && !out_.empty(), "a value is there, every object has its end");
  out_.pop_back();
  return std::exchange(out_, {});
}

}  // namespace rhumb::codec
