#include "hcl/evaluate_internal.h"

namespace rhumb::hcl {

Type operand_type(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kOr:
    case BinaryOperator::kAnd:
      return Type::boolean();
    case BinaryOperator::kEqual:
    case BinaryOperator::kNotEqual:
      return Type::dynamic();
    default:
      return Type::number();
  }
}

namespace {

Result<Value> arithmetic(BinaryOperator op, const Number& left, const Number& right) {
  Result<Number> result = Number();
  switch (op) {
    case BinaryOperator::kAdd:
      result = Number::add(left, right);
      break;
    case BinaryOperator::kSubtract:
      result = Number::subtract(left, right);
      break;
    case BinaryOperator::kMultiply:
      result = Number::multiply(left, right);
      break;
    case BinaryOperator::kDivide:
      result = Number::divide(left, right);
      break;
    default:
      result = Number::modulo(left, right);
      break;
  }
  if (!result) {
    return result.error();
  }
  return Value::number(*std::move(result));
}

}  // namespace

Result<Value> apply_operator(BinaryOperator op, const Value& left, const Value& right) {
  if (op == BinaryOperator::kEqual || op == BinaryOperator::kNotEqual) {
    if (!left.is_wholly_known() || !right.is_wholly_known()) {
      return Value::unknown(Type::boolean());
    }
    const bool equal =
        left.is_null() || right.is_null() ? left.is_null() == right.is_null() : left == right;
    return Value::boolean(equal == (op == BinaryOperator::kEqual));
  }
  if (left.is_null() || right.is_null()) {
    return invalid("argument must not be null");
  }
  if (!left.is_known() || !right.is_known()) {
    return Value::unknown(operand_type(op));
  }
  switch (op) {
    case BinaryOperator::kOr:
      return Value::boolean(left.as_bool() || right.as_bool());
    case BinaryOperator::kAnd:
      return Value::boolean(left.as_bool() && right.as_bool());
    case BinaryOperator::kLess:
      return Value::boolean(left.as_number() < right.as_number());
    case BinaryOperator::kLessEqual:
      return Value::boolean(left.as_number() <= right.as_number());
    case BinaryOperator::kGreater:
      return Value::boolean(left.as_number() > right.as_number());
    case BinaryOperator::kGreaterEqual:
      return Value::boolean(left.as_number() >= right.as_number());
    default:
      return arithmetic(op, left.as_number(), right.as_number());
  }
}

}  // namespace rhumb::hcl
