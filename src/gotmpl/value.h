#pragma once

#include <chrono>
#include <complex>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

/// The values that templates see, and the Go types they pretend to have: error texts, printf and
/// the JSON printer all speak of those types.
namespace rhumb::gotmpl {

/// Go's integer types. A C++ integer becomes `int`; other kinds are asked for by name.
enum class IntKind {
  kInt,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
};

[[nodiscard]] bool is_unsigned(IntKind kind);

/// Where a time is shown: what Go calls a location, fixed to one offset.
struct TimeZone {
  std::chrono::minutes offset{0};
  std::string abbreviation = "UTC";
  std::string location = "UTC";  ///< what `.Location` prints: `UTC` or `Local`

  bool operator==(const TimeZone&) const = default;
};

/// Stands for Go's zero time, 0001-01-01T00:00:00Z, which nanoseconds since 1970 cannot reach.
inline constexpr std::chrono::sys_time<std::chrono::nanoseconds> kZeroTime =
    std::chrono::sys_time<std::chrono::nanoseconds>::min();

struct Time {
  std::chrono::sys_time<std::chrono::nanoseconds> instant;
  TimeZone zone;   ///< the zone it prints in
  TimeZone local;  ///< the zone `.Local` goes back to
};

class Value;
struct Function;
struct Field;
struct Method;

/// A Go value: nil, a scalar, a list, a map, a structure, a time or a function.
///
/// Shape: immutable and cheap to copy (containers are shared). `type_name()` is what `%T` prints:
/// `string`, `[]interface {}`, `*cmdlog.MigrateApply`. A type that starts with `*` is a pointer.
/// A value may have a text of its own (Go's String and Error methods) and methods.
class Value {
 public:
  enum class Kind {
    kNil,
    kBool,
    kInteger,
    kFloat,
    kComplex,
    kString,
    kBytes,
    kList,
    kMap,
    kStruct,
    kTime,
    kFunction,
  };
  using Items = std::vector<Value>;
  using Entries = std::map<std::string, Value>;

  /// The untyped nil.
  Value() = default;
  // Implicit on purpose: builders read `.field("Driver", driver)`.
  // NOLINTBEGIN(google-explicit-constructor)
  template <std::same_as<bool> Bool>
  Value(Bool value) : data_(value) {}
  template <std::integral Int>
    requires(!std::same_as<Int, bool> && !std::same_as<Int, char>)
  Value(Int value) : data_(Integer{.bits = static_cast<int64_t>(value), .kind = IntKind::kInt}) {}
  Value(double value) : data_(value) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  // NOLINTEND(google-explicit-constructor)

  /// A nil pointer of a type, such as `*cmdlog.StmtError`: prints `<nil>`, is false.
  [[nodiscard]] static Value nil_pointer(std::string type);
  [[nodiscard]] static Value integer(int64_t bits, IntKind kind);
  [[nodiscard]] static Value complex(std::complex<double> value);
  /// Go's []byte: prints as numbers, with `%s` as text; base64 in JSON.
  [[nodiscard]] static Value bytes(std::string value);
  /// A list whose elements are of interface type: `[]interface {}`.
  [[nodiscard]] static Value list(Items items);
  /// A list of a named or typed slice, `[]*cmdlog.AppliedFile`, `cmdlog.Files`. If its elements are
  /// of an interface type, that is named too (`migrate.File`); it shows in error texts only.
  [[nodiscard]] static Value list_of(std::string type,
                                     Items items,
                                     std::string element_interface = {});
  /// A nil slice: prints `[]`, in JSON `null`.
  [[nodiscard]] static Value nil_list(std::string type, std::string element_interface = {});
  /// `[]string`.
  [[nodiscard]] static Value strings(const std::vector<std::string>& texts);
  /// `map[string]interface {}`.
  [[nodiscard]] static Value map(Entries entries);
  [[nodiscard]] static Value map_of(std::string type,
                                    Entries entries,
                                    std::string element_interface = {});
  /// An error: prints its text, `.Error` gives it.
  [[nodiscard]] static Value error(std::string text, std::string type = "*errors.errorString");
  [[nodiscard]] static Value time(std::chrono::sys_time<std::chrono::nanoseconds> instant,
                                  TimeZone zone = {});
  [[nodiscard]] static Value time(Time value);
  [[nodiscard]] static Value duration(std::chrono::nanoseconds value);
  [[nodiscard]] static Value function(Function function);

  /// The same value under another type name, such as `migrate.RevisionType`.
  [[nodiscard]] Value with_type(std::string type) const;
  /// The same value with a text of its own, as Go's String method gives.
  [[nodiscard]] Value with_text(std::string text) const;
  /// The same value with a method more; it is found before fields of that name.
  [[nodiscard]] Value with_method(std::string name, Function function) const;
  /// The same value that the JSON printer replaces by `json`.
  [[nodiscard]] Value with_json(Value json) const;

  [[nodiscard]] Kind kind() const;
  /// What `%T` prints; `<nil>` for the untyped nil.
  [[nodiscard]] std::string type_name() const;
  [[nodiscard]] bool is_nil() const { return kind() == Kind::kNil; }
  [[nodiscard]] bool is_untyped_nil() const { return is_nil() && traits_ == nullptr; }
  [[nodiscard]] bool is_pointer() const;
  /// Go's truth: false, 0, nil, "", [] and an empty map are false, structures are true.
  [[nodiscard]] bool truth() const;

  /// The value of the named kind, which it must be.
  [[nodiscard]] bool as_bool() const { return std::get<bool>(data_); }
  [[nodiscard]] int64_t as_int() const { return std::get<Integer>(data_).bits; }
  [[nodiscard]] uint64_t as_uint() const { return static_cast<uint64_t>(as_int()); }
  [[nodiscard]] IntKind int_kind() const { return std::get<Integer>(data_).kind; }
  [[nodiscard]] double as_float() const { return std::get<double>(data_); }
  [[nodiscard]] std::complex<double> as_complex() const {
    return std::get<std::complex<double>>(data_);
  }
  [[nodiscard]] const std::string& as_string() const { return std::get<std::string>(data_); }
  [[nodiscard]] const std::string& as_bytes() const { return std::get<Bytes>(data_).data; }
  [[nodiscard]] const Time& as_time() const {
    return *std::get<std::shared_ptr<const Time>>(data_);
  }
  [[nodiscard]] const Function& as_function() const;
  [[nodiscard]] std::span<const Value> items() const;
  [[nodiscard]] const Entries& entries() const;
  [[nodiscard]] std::span<const Field> fields() const;

  /// Whether a list or map is Go's nil rather than empty.
  [[nodiscard]] bool is_nil_container() const;
  /// Go's len: bytes of a string, elements, entries; nothing for other kinds.
  [[nodiscard]] std::optional<size_t> length() const;
  /// Go's cap of a list: how far a slice of it may reach.
  [[nodiscard]] size_t capacity() const;
  /// Elements [begin, end) of a list, or bytes of a string; `end` is at most capacity().
  [[nodiscard]] Value slice(size_t begin, size_t end) const;
  /// The interface type that elements of this list or map are of; empty when they are of none.
  [[nodiscard]] const std::string& element_interface() const;
  /// The field of that name, also through embedded structures; null when there is none.
  [[nodiscard]] const Field* find_field(std::string_view name) const;
  [[nodiscard]] std::optional<Function> find_method(std::string_view name) const;
  /// The text of its own, of values that have one (errors, times, durations, URLs).
  [[nodiscard]] std::optional<std::string> own_text() const;
  /// What the JSON printer prints instead; null when it prints the value itself.
  [[nodiscard]] const Value* json_override() const;
  /// Where the value lives: equal only for copies of the same container or structure.
  [[nodiscard]] uint64_t address() const;

 private:
  friend class Struct;
  struct Integer {
    int64_t bits;
    IntKind kind;
  };
  struct Bytes {
    std::string data;
  };
  struct ListData;
  struct ListSlice {
    std::shared_ptr<const ListData> list;  // shared: slices of one list, as in Go
    size_t begin = 0;
    size_t end = 0;
  };
  struct MapData;
  struct StructData;
  struct Traits;
  using Data = std::variant<std::monostate,
                            bool,
                            Integer,
                            double,
                            std::complex<double>,
                            std::string,
                            Bytes,
                            ListSlice,
                            std::shared_ptr<const MapData>,
                            std::shared_ptr<const StructData>,
                            std::shared_ptr<const Time>,
                            std::shared_ptr<const Function>>;  // shared: values are copied freely

  [[nodiscard]] Traits copy_traits() const;
  [[nodiscard]] Value with_traits(Traits traits) const;
  [[nodiscard]] std::string default_type_name() const;

  Data data_;
  std::shared_ptr<const Traits> traits_;  // shared: immutable, null for plain values
};

struct FieldOptions {
  std::string json = {};            ///< name in JSON; empty: the field's name; "-": left out
  bool omit_empty = false;          ///< Go's omitempty
  bool embedded = false;            ///< its fields and methods are reached through the outer value
  std::string interface_type = {};  ///< the interface type the field is declared with, if it is one
};

struct Field {
  std::string name;
  Value value;
  FieldOptions options;
};

/// Builds a structure: `Struct("*cmdlog.File").field("Name", name, {.omit_empty = true}).value()`.
///
/// Shape: fields keep their order. A type that starts with `*` is a pointer to a structure.
class Struct {
 public:
  explicit Struct(std::string type);
  Struct& field(std::string name, Value value, FieldOptions options = {});
  /// A field with Go's omitempty.
  Struct& optional_field(std::string name, Value value) {
    return field(std::move(name), std::move(value), {.omit_empty = true});
  }
  Struct& method(std::string name, Function function);
  /// A method without arguments.
  Struct& method(std::string name, std::function<Value()> call);
  /// The text that String or Error would give.
  Struct& text(std::string text);
  /// What the JSON printer prints instead of the fields.
  Struct& json(Value json);
  [[nodiscard]] Value value() const;
  operator Value() const { return value(); }  // NOLINT(google-explicit-constructor)

 private:
  std::string type_;
  std::vector<Field> fields_;
  std::vector<Method> methods_;
  std::optional<std::string> text_;
  std::optional<Value> json_;
};

/// What a function takes: decides which constants and values are accepted, and the error text.
struct Param {
  enum class Kind { kAny, kString, kInt, kFloat, kBool, kTyped };
  Kind kind = Kind::kAny;
  std::string type = "interface {}";  ///< Go's name of the type

  [[nodiscard]] static Param any() { return {}; }
  [[nodiscard]] static Param text() { return {.kind = Kind::kString, .type = "string"}; }
  [[nodiscard]] static Param integer() { return {.kind = Kind::kInt, .type = "int"}; }
  [[nodiscard]] static Param real() { return {.kind = Kind::kFloat, .type = "float64"}; }
  [[nodiscard]] static Param boolean() { return {.kind = Kind::kBool, .type = "bool"}; }
  /// A value of exactly that type, such as `[]string`, `time.Time` or `*cmdlog.MigrateStatus`.
  [[nodiscard]] static Param typed(std::string name) {
    return {.kind = Kind::kTyped, .type = std::move(name)};
  }
};

/// A function or method that templates can call.
///
/// Shape: `call` gets one value for each of `params`, of the type named there, then any number of
/// `variadic`. Errors: what it returns ends the execution with `error calling <name>: <message>`.
struct Function {
  std::vector<Param> params = {};
  std::optional<Param> variadic = {};
  std::function<Result<Value>(std::span<const Value>)> call = {};
  std::string type = "func()";  ///< what `%T` prints
};

struct Method {
  std::string name;
  Function function;
};

using FunctionMap = std::map<std::string, Function, std::less<>>;

}  // namespace rhumb::gotmpl
