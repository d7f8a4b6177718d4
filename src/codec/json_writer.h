#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"

namespace rhumb::codec {

/// Takes a JSON value piece by piece: what describes a document once can make a tree of it, or its
/// text without a tree.
///
/// Shape: one value; within an object each value comes after its key, and no key comes twice.
class JsonWriter {
 public:
  JsonWriter() = default;
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;
  virtual ~JsonWriter() = default;

  virtual void begin_object() = 0;
  virtual void end_object() = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  /// Lifetime: `key` must live until its object ends.
  virtual void key(std::string_view key) = 0;
  virtual void null() = 0;
  virtual void flag(bool value) = 0;
  virtual void number(int64_t value) = 0;
  virtual void real(double value) = 0;
  virtual void text(std::string_view value) = 0;
};

/// Makes the value, members in the order in which they come.
class JsonTreeWriter final : public JsonWriter {
 public:
  void begin_object() override;
  void end_object() override;
  void begin_array() override;
  void end_array() override;
  void key(std::string_view key) override;
  void null() override;
  void flag(bool value) override;
  void number(int64_t value) override;
  void real(double value) override;
  void text(std::string_view value) override;

  [[nodiscard]] Json take();

 private:
  Json* add(Json value);

  Json root_;
  std::string_view key_;
  /// Those not yet at their end, the innermost last; only that one grows, so the others stay.
  std::vector<Json*> open_;
};

/// Makes the text that format_json prints with `sort_keys`, in whatever order members come.
class SortedJsonText final : public JsonWriter {
 public:
  void begin_object() override;
  void end_object() override;
  void begin_array() override;
  void end_array() override;
  void key(std::string_view key) override;
  void null() override;
  void flag(bool value) override;
  void number(int64_t value) override;
  void real(double value) override;
  void text(std::string_view value) override;

  /// The text; call it at the end of the value.
  [[nodiscard]] std::string take();

 private:
  /// A member of an object that has not ended: its text with a comma after it.
  struct Member {
    std::string_view key;
    size_t begin;
    size_t end;
  };

  void add(std::string_view value);
  void close(char mark);
  void sort_from(size_t first);

  std::string out_;  // with a comma after every value
  std::string sorted_;
  std::vector<Member> members_;
  std::vector<size_t> objects_;  // the first of `members_` of each
};

}  // namespace rhumb::codec
