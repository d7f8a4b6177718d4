#include <algorithm>

#include "hcl/convert.h"
#include "hcl/functions_internal.h"

namespace rhumb::hcl {

namespace {

bool is_list_or_tuple(const Value& value) {
  return value.kind() == TypeKind::kList || value.kind() == TypeKind::kTuple;
}

// Elements in the kind of sequence they came from: a list stays a list.
Value same_kind(const Value& source, ValueList elements) {
  return source.kind() == TypeKind::kTuple
             ? Value::tuple(std::move(elements))
             : Value::list(source.type().element(), std::move(elements));
}

Result<Value> chunklist(const ValueList& args, CallProblem&) {
  const auto whole = to_integer(args[1]);
  if (!whole) {
    return invalid("invalid size: " + whole.error().message());
  }
  const int64_t size = *whole;
  if (size < 0) {
    return invalid("the size argument must be positive");
  }
  const ValueList& elements = args[0].elements();
  const Type type = args[0].type();
  ValueList chunks;
  if (size == 0 && !elements.empty()) {
    chunks.push_back(args[0]);
  }
  for (size_t at = 0; size > 0 && at < elements.size(); at += static_cast<size_t>(size)) {
    const size_t end = std::min(elements.size(), at + static_cast<size_t>(size));
    chunks.push_back(Value::list(type.element(),
                                 ValueList(elements.begin() + static_cast<std::ptrdiff_t>(at),
                                           elements.begin() + static_cast<std::ptrdiff_t>(end))));
  }
  return Value::list(type, std::move(chunks));
}

Result<Value> coalescelist(const ValueList& args, CallProblem&) {
  if (args.empty()) {
    return invalid("at least one argument is required");
  }
  if (!std::all_of(args.begin(), args.end(), is_list_or_tuple)) {
    return invalid("coalescelist arguments must be lists or tuples");
  }
  const auto found = std::find_if(args.begin(), args.end(), [](const Value& value) {
    return !value.is_null() && value.size() > 0;
  });
  if (found == args.end()) {
    return invalid("no non-null arguments");
  }
  return *found;
}

Result<Value> compact(const ValueList& args, CallProblem&) {
  ValueList kept;
  for (const Value& value : args[0].elements()) {
    if (value.has_content() && !value.as_string().empty()) {
      kept.push_back(value);
    }
  }
  return Value::list(Type::string(), std::move(kept));
}

Result<Value> concat(const ValueList& args, CallProblem& problem) {
  if (args.empty()) {
    return invalid("at least one argument is required");
  }
  ValueList all;
  bool one_list_type = true;
  for (size_t i = 0; i < args.size(); ++i) {
    if (!is_list_or_tuple(args[i])) {
      return problem.argument(
          i, "all arguments must be lists or tuples; got " + args[i].type().friendly_name());
    }
    one_list_type =
        one_list_type && args[i].kind() == TypeKind::kList && args[i].type() == args.front().type();
    all.insert(all.end(), args[i].elements().begin(), args[i].elements().end());
  }
  return one_list_type ? Value::list(args.front().type().element(), std::move(all))
                       : Value::tuple(std::move(all));
}

Result<Value> contains(const ValueList& args, CallProblem&) {
  if (!args[0].is_sequence()) {
    return invalid("argument must be list, tuple, or set");
  }
  const ValueList& elements = args[0].elements();
  return Value::boolean(std::find(elements.begin(), elements.end(), args[1]) != elements.end());
}

Result<Value> distinct(const ValueList& args, CallProblem&) {
  ValueList kept;
  for (const Value& value : args[0].elements()) {
    if (std::find(kept.begin(), kept.end(), value) == kept.end()) {
      kept.push_back(value);
    }
  }
  return Value::list(args[0].type().element(), std::move(kept));
}

Result<Value> element(const ValueList& args, CallProblem&) {
  if (!is_list_or_tuple(args[0])) {
    return invalid("cannot read elements from " + args[0].type().friendly_name());
  }
  const auto position = args[1].as_number().to_int64();
  if (!position) {
    return invalid("invalid index: " + to_integer(args[1]).error().message());
  }
  if (*position < 0) {
    return invalid("cannot use element function with a negative index");
  }
  if (args[0].size() == 0) {
    return invalid("cannot use element function with an empty list");
  }
  return args[0].elements()[static_cast<size_t>(*position) % args[0].size()];
}

void flatten_into(const Value& value, ValueList& out) {
  for (const Value& part : value.elements()) {
    if (part.is_sequence()) {
      flatten_into(part, out);
    } else {
      out.push_back(part);
    }
  }
}

Result<Value> flatten(const ValueList& args, CallProblem&) {
  if (!args[0].is_sequence()) {
    return invalid("can only flatten lists, sets and tuples");
  }
  ValueList out;
  flatten_into(args[0], out);
  return Value::tuple(std::move(out));
}

Result<Value> generate_range(const Number& start,
                             const Number& end,
                             const Number& step,
                             CallProblem& problem) {
  constexpr size_t kRangeMax = 1024;
  const bool down = step.sign() < 0;
  if (down ? end > start : end < start) {
    return problem.argument(1, down ? "end must be less than start when step is negative"
                                    : "end must be greater than start when step is positive");
  }
  ValueList values;
  Number number = start;
  while (down ? number > end : number < end) {
    if (values.size() >= kRangeMax) {
      return invalid(
          "more than 1024 values were generated; either decrease the difference between "
          "start and end or use a smaller step");
    }
    values.push_back(Value::number(number));
    number = TRY(Number::add(number, step));
  }
  return Value::list(Type::number(), std::move(values));
}

Result<Value> range(const ValueList& args, CallProblem& problem) {
  Number start;
  Number end;
  switch (args.size()) {
    case 1:
      end = args[0].as_number();
      break;
    case 2:
      start = args[0].as_number();
      end = args[1].as_number();
      break;
    case 3:
      return generate_range(args[0].as_number(), args[1].as_number(), args[2].as_number(), problem);
    default:
      return invalid("must have one, two, or three arguments");
  }
  return generate_range(start, end, Number::from_int64(end < start ? -1 : 1), problem);
}

Result<Value> reverse(const ValueList& args, CallProblem& problem) {
  if (!args[0].is_sequence()) {
    return problem.argument(
        0, "can only reverse list or tuple values, not " + args[0].type().friendly_name());
  }
  ValueList elements = args[0].elements();
  std::reverse(elements.begin(), elements.end());
  return same_kind(args[0], std::move(elements));
}

Result<size_t> slice_bound(const ValueList& args, size_t which, CallProblem& problem) {
  const std::string name = which == 1 ? "start" : "end";
  const auto bound = args[which].as_number().to_int64();
  if (!bound) {
    return problem.argument(
        which, "invalid " + name + " index: " + to_integer(args[which]).error().message());
  }
  if (*bound < 0) {
    return problem.argument(which, name + " index must not be less than zero");
  }
  if (*bound > static_cast<int64_t>(args[0].size())) {
    return problem.argument(which, name + " index must not be greater than the length of the list");
  }
  return static_cast<size_t>(*bound);
}

Result<Value> slice(const ValueList& args, CallProblem& problem) {
  if (args[0].kind() == TypeKind::kSet) {
    return problem.argument(0,
                            "cannot slice a set, because its elements do not have indices; "
                            "explicitly convert to a list if the ordering of the result is not "
                            "important");
  }
  if (!is_list_or_tuple(args[0])) {
    return problem.argument(0, "must be a list or tuple value");
  }
  const size_t start = TRY(slice_bound(args, 1, problem));
  const size_t end = TRY(slice_bound(args, 2, problem));
  if (start > end) {
    return problem.argument(1, "start index must not be greater than end index");
  }
  const auto begin = args[0].elements().begin();
  return same_kind(args[0], ValueList(begin + static_cast<std::ptrdiff_t>(start),
                                      begin + static_cast<std::ptrdiff_t>(end)));
}

}  // namespace

void add_sequence_functions(FunctionTable& table) {
  const Type any_list = Type::list(Type::dynamic());
  table["chunklist"] = fixed_function({{"list", any_list}, {"size", Type::number()}}, chunklist);
  table["coalescelist"] = variadic_function({}, {"vals", Type::dynamic(), true}, coalescelist);
  table["compact"] = fixed_function({{"list", Type::list(Type::string())}}, compact);
  table["concat"] = variadic_function({}, {"seqs", Type::dynamic()}, concat);
  table["contains"] =
      fixed_function({{"list", Type::dynamic()}, {"value", Type::dynamic()}}, contains);
  table["distinct"] = fixed_function({{"list", any_list}}, distinct);
  table["element"] =
      fixed_function({{"list", Type::dynamic()}, {"index", Type::number()}}, element);
  table["flatten"] = fixed_function({{"list", Type::dynamic()}}, flatten);
  table["range"] = variadic_function({}, {"params", Type::number()}, range);
  table["reverse"] = fixed_function({{"list", Type::dynamic()}}, reverse);
  table["slice"] = fixed_function(
      {{"list", Type::dynamic()}, {"start_index", Type::number()}, {"end_index", Type::number()}},
      slice);
}

}  // namespace rhumb::hcl
