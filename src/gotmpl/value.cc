#include "gotmpl/value.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/go_format.h"
#include "gotmpl/time_methods.h"

namespace rhumb::gotmpl {
namespace {

constexpr std::string_view kDurationType = "time.Duration";
constexpr std::string_view kAnyType = "interface {}";

std::string_view int_type_name(IntKind kind) {
  switch (kind) {
    case IntKind::kInt:
      return "int";
    case IntKind::kInt8:
      return "int8";
    case IntKind::kInt16:
      return "int16";
    case IntKind::kInt32:
      return "int32";
    case IntKind::kInt64:
      return "int64";
    case IntKind::kUint:
      return "uint";
    case IntKind::kUint8:
      return "uint8";
    case IntKind::kUint16:
      return "uint16";
    case IntKind::kUint32:
      return "uint32";
    case IntKind::kUint64:
      return "uint64";
  }
  return "int";
}

uint64_t address_of(const void* pointer) {
  return reinterpret_cast<uint64_t>(pointer);
}

}  // namespace

struct Value::ListData {
  Items items;
  std::string element_interface;
  bool nil = false;
};

struct Value::MapData {
  Entries entries;
  std::string element_interface;
};

struct Value::StructData {
  std::vector<Field> fields;
};

struct Value::Traits {
  std::string type;
  std::optional<std::string> text;
  std::vector<Method> methods;
  std::shared_ptr<const Value> json;
};

bool is_unsigned(IntKind kind) {
  return kind >= IntKind::kUint;
}

Value Value::nil_pointer(std::string type) {
  return Value().with_type(std::move(type));
}

Value Value::integer(int64_t bits, IntKind kind) {
  Value value;
  value.data_ = Integer{.bits = bits, .kind = kind};
  return value;
}

Value Value::complex(std::complex<double> value) {
  Value result;
  result.data_ = value;
  return result;
}

Value Value::bytes(std::string value) {
  Value result;
  result.data_ = Bytes{.data = std::move(value)};
  return result;
}

Value Value::list(Items items) {
  return list_of("[]interface {}", std::move(items), std::string(kAnyType));
}

Value Value::list_of(std::string type, Items items, std::string element_interface) {
  const size_t size = items.size();
  Value value;
  value.data_ = ListSlice{.list = std::make_shared<const ListData>(
                              ListData{.items = std::move(items),
                                       .element_interface = std::move(element_interface),
                                       .nil = false}),
                          .begin = 0,
                          .end = size};
  return value.with_type(std::move(type));
}

Value Value::nil_list(std::string type, std::string element_interface) {
  Value value;
  value.data_ =
      ListSlice{.list = std::make_shared<const ListData>(ListData{
                    .items = {}, .element_interface = std::move(element_interface), .nil = true}),
                .begin = 0,
                .end = 0};
  return value.with_type(std::move(type));
}

Value Value::strings(const std::vector<std::string>& texts) {
  return list_of("[]string", Items(texts.begin(), texts.end()));
}

Value Value::map(Entries entries) {
  return map_of("map[string]interface {}", std::move(entries), std::string(kAnyType));
}

Value Value::map_of(std::string type, Entries entries, std::string element_interface) {
  Value value;
  value.data_ = std::make_shared<const MapData>(
      MapData{.entries = std::move(entries), .element_interface = std::move(element_interface)});
  return value.with_type(std::move(type));
}

Value Value::error(std::string text, std::string type) {
  Struct error(std::move(type));
  error.text(text);
  return error.method("Error", [text = std::move(text)] { return Value(text); }).value();
}

Value Value::time(std::chrono::sys_time<std::chrono::nanoseconds> instant, TimeZone zone) {
  return time(Time{.instant = instant, .zone = zone, .local = std::move(zone)});
}

Value Value::time(Time value) {
  Value result;
  result.data_ = std::make_shared<const Time>(std::move(value));
  return result;
}

Value Value::duration(std::chrono::nanoseconds value) {
  return integer(value.count(), IntKind::kInt64).with_type(std::string(kDurationType));
}

Value Value::function(Function function) {
  Value value;
  value.data_ = std::make_shared<const Function>(std::move(function));
  return value;
}

Value::Traits Value::copy_traits() const {
  return traits_ != nullptr
             ? *traits_
             : Traits{.type = default_type_name(), .text = {}, .methods = {}, .json = {}};
}

Value Value::with_traits(Traits traits) const {
  Value copy = *this;
  copy.traits_ = std::make_shared<const Traits>(std::move(traits));
  return copy;
}

Value Value::with_type(std::string type) const {
  Traits traits = copy_traits();
  traits.type = std::move(type);
  return with_traits(std::move(traits));
}

Value Value::with_text(std::string text) const {
  Traits traits = copy_traits();
  traits.text = std::move(text);
  return with_traits(std::move(traits));
}

Value Value::with_method(std::string name, Function function) const {
  Traits traits = copy_traits();
  traits.methods.push_back({.name = std::move(name), .function = std::move(function)});
  return with_traits(std::move(traits));
}

Value Value::with_json(Value json) const {
  Traits traits = copy_traits();
  traits.json = std::make_shared<const Value>(std::move(json));
  return with_traits(std::move(traits));
}

Value::Kind Value::kind() const {
  return static_cast<Kind>(data_.index());
}

std::string Value::default_type_name() const {
  switch (kind()) {
    case Kind::kNil:
      return "<nil>";
    case Kind::kBool:
      return "bool";
    case Kind::kInteger:
      return std::string(int_type_name(int_kind()));
    case Kind::kFloat:
      return "float64";
    case Kind::kComplex:
      return "complex128";
    case Kind::kString:
      return "string";
    case Kind::kBytes:
      return "[]uint8";
    case Kind::kList:
      return "[]interface {}";
    case Kind::kMap:
      return "map[string]interface {}";
    case Kind::kStruct:
      return "struct {}";
    case Kind::kTime:
      return "time.Time";
    case Kind::kFunction:
      return as_function().type;
  }
  return "<nil>";
}

std::string Value::type_name() const {
  return traits_ != nullptr ? traits_->type : default_type_name();
}

bool Value::is_pointer() const {
  const bool may_point = kind() == Kind::kNil || kind() == Kind::kStruct;
  return may_point && traits_ != nullptr && traits_->type.starts_with('*');
}

bool Value::truth() const {
  switch (kind()) {
    case Kind::kNil:
      return false;
    case Kind::kBool:
      return as_bool();
    case Kind::kInteger:
      return as_int() != 0;
    case Kind::kFloat:
      return as_float() != 0;
    case Kind::kComplex:
      return as_complex() != std::complex<double>(0, 0);
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kList:
    case Kind::kMap:
      return length().value_or(0) > 0;
    case Kind::kStruct:
    case Kind::kTime:
    case Kind::kFunction:
      return true;
  }
  return false;
}

const Function& Value::as_function() const {
  return *std::get<std::shared_ptr<const Function>>(data_);
}

std::span<const Value> Value::items() const {
  const auto& slice = std::get<ListSlice>(data_);
  return std::span(slice.list->items).subspan(slice.begin, slice.end - slice.begin);
}

const Value::Entries& Value::entries() const {
  return std::get<std::shared_ptr<const MapData>>(data_)->entries;
}

std::span<const Field> Value::fields() const {
  return std::get<std::shared_ptr<const StructData>>(data_)->fields;
}

bool Value::is_nil_container() const {
  return kind() == Kind::kList && std::get<ListSlice>(data_).list->nil;
}

std::optional<size_t> Value::length() const {
  switch (kind()) {
    case Kind::kString:
      return as_string().size();
    case Kind::kBytes:
      return as_bytes().size();
    case Kind::kList:
      return items().size();
    case Kind::kMap:
      return entries().size();
    default:
      return std::nullopt;
  }
}

size_t Value::capacity() const {
  if (kind() == Kind::kList) {
    const auto& slice = std::get<ListSlice>(data_);
    return slice.list->items.size() - slice.begin;
  }
  return length().value_or(0);
}

Value Value::slice(size_t begin, size_t end) const {
  RHUMB_CHECK(begin <= end && end <= capacity(), "slice bounds lie inside the value");
  Value result = *this;
  if (kind() == Kind::kString) {
    result.data_ = as_string().substr(begin, end - begin);
  } else if (kind() == Kind::kBytes) {
    result.data_ = Bytes{.data = as_bytes().substr(begin, end - begin)};
  } else {
    const auto& slice = std::get<ListSlice>(data_);
    result.data_ =
        ListSlice{.list = slice.list, .begin = slice.begin + begin, .end = slice.begin + end};
  }
  return result;
}

const std::string& Value::element_interface() const {
  static const std::string kNone;
  if (kind() == Kind::kList) {
    return std::get<ListSlice>(data_).list->element_interface;
  }
  if (kind() == Kind::kMap) {
    return std::get<std::shared_ptr<const MapData>>(data_)->element_interface;
  }
  return kNone;
}

const Field* Value::find_field(std::string_view name) const {
  if (kind() != Kind::kStruct) {
    return nullptr;
  }
  const std::span<const Field> own = fields();
  const auto found = std::ranges::find(own, name, &Field::name);
  if (found != own.end()) {
    return &*found;
  }
  for (const Field& field : own) {
    const Field* promoted = field.options.embedded ? field.value.find_field(name) : nullptr;
    if (promoted != nullptr) {
      return promoted;
    }
  }
  return nullptr;
}

std::optional<Function> Value::find_method(std::string_view name) const {
  if (traits_ != nullptr) {
    const auto found = std::ranges::find(traits_->methods, name, &Method::name);
    if (found != traits_->methods.end()) {
      return found->function;
    }
  }
  if (kind() == Kind::kTime) {
    return time_method(as_time(), name);
  }
  if (kind() == Kind::kInteger && type_name() == kDurationType) {
    return duration_method(std::chrono::nanoseconds(as_int()), name);
  }
  const std::optional<std::string>* const text = traits_ != nullptr ? &traits_->text : nullptr;
  if (name == "String" && text != nullptr && text->has_value()) {
    return Function{.call = [text = text->value()](std::span<const Value>) -> Result<Value> {
      return Value(text);
    }};
  }
  if (kind() == Kind::kStruct && find_field(name) == nullptr) {
    for (const Field& field : fields()) {
      std::optional<Function> promoted =
          field.options.embedded ? field.value.find_method(name) : std::nullopt;
      if (promoted.has_value()) {
        return promoted;
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> Value::own_text() const {
  if (traits_ != nullptr && traits_->text.has_value()) {
    return traits_->text;
  }
  if (kind() == Kind::kTime) {
    return format_time(as_time(), kTimeStringLayout);
  }
  if (kind() == Kind::kInteger && traits_ != nullptr && traits_->type == kDurationType) {
    return format_go_duration(std::chrono::nanoseconds(as_int()));
  }
  if (kind() == Kind::kStruct) {
    for (const Field& field : fields()) {
      std::optional<std::string> promoted =
          field.options.embedded ? field.value.own_text() : std::nullopt;
      if (promoted.has_value()) {
        return promoted;
      }
    }
  }
  return std::nullopt;
}

const Value* Value::json_override() const {
  return traits_ != nullptr ? traits_->json.get() : nullptr;
}

uint64_t Value::address() const {
  switch (kind()) {
    case Kind::kList:
      return address_of(std::get<ListSlice>(data_).list.get());
    case Kind::kMap:
      return address_of(std::get<std::shared_ptr<const MapData>>(data_).get());
    case Kind::kStruct:
      return address_of(std::get<std::shared_ptr<const StructData>>(data_).get());
    case Kind::kFunction:
      return address_of(std::get<std::shared_ptr<const Function>>(data_).get());
    default:
      return 0;
  }
}

Struct::Struct(std::string type) : type_(std::move(type)) {}

Struct& Struct::field(std::string name, Value value, FieldOptions options) {
  fields_.push_back(
      {.name = std::move(name), .value = std::move(value), .options = std::move(options)});
  return *this;
}

Struct& Struct::method(std::string name, Function function) {
  methods_.push_back({.name = std::move(name), .function = std::move(function)});
  return *this;
}

Struct& Struct::method(std::string name, std::function<Value()> call) {
  return method(std::move(name),
                Function{.call = [call = std::move(call)](std::span<const Value>) -> Result<Value> {
                  return call();
                }});
}

Struct& Struct::text(std::string text) {
  text_ = std::move(text);
  return *this;
}

Struct& Struct::json(Value json) {
  json_ = std::move(json);
  return *this;
}

Value Struct::value() const {
  Value value;
  value.data_ = std::make_shared<const Value::StructData>(Value::StructData{.fields = fields_});
  return value.with_traits(
      {.type = type_,
       .text = text_,
       .methods = methods_,
       .json = json_.has_value() ? std::make_shared<const Value>(*json_) : nullptr});
}

}  // namespace rhumb::gotmpl
