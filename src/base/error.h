#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"

namespace rhumb {

/// What kind of failure an Error is. Mapped once to an exit status, an HTTP status and a GraphQL
/// code at the edges; inside it only serves to decide, never to print.
enum class ErrorCode {
  kInvalid,       ///< the input is wrong; the message says where and what to do
  kNotFound,      ///< a named thing does not exist
  kConflict,      ///< a named thing exists or changed meanwhile
  kDenied,        ///< not allowed, or not logged in
  kUnsupported,   ///< known, but not available here
  kUnterminated,  ///< text ends inside a quote, a comment or a block
  kLimit,         ///< larger, deeper or longer than a named bound
  kBusy,          ///< somebody else holds it
  kUnavailable,   ///< a server or the network does not answer
  kCancelled,     ///< the person or the process asked to stop
  kIo,            ///< the operating system refused
  kDatabase,      ///< the database refused a statement
  kInternal,      ///< a defect of ours
};

/// What the layer below said, kept verbatim: a server's SQLSTATE or errno and its text.
struct Cause {
  std::string code;  ///< SQLSTATE, errno or error number as text; empty when there is none
  std::string text;
};

/// A failure as a value: kind, message for a person, and where it happened.
///
/// Shape: `message()` is lower case, has no full stop, names the object first, then what to do.
/// Context added on the way up is prepended, `outer: inner`, as the matched messages of the
/// specification have it. Cheap to move and to copy (one pointer).
class Error {
 public:
  Error(ErrorCode code, std::string message);

  [[nodiscard]] ErrorCode code() const { return rep_->code; }
  [[nodiscard]] const std::string& message() const { return rep_->message; }
  /// The message without the contexts added on the way up.
  [[nodiscard]] const std::string& root_message() const { return rep_->root_message; }
  [[nodiscard]] const std::optional<SourceSpan>& span() const { return rep_->span; }
  [[nodiscard]] const std::optional<Cause>& cause() const { return rep_->cause; }
  /// The cause's code; empty when there is no cause.
  [[nodiscard]] std::string_view cause_code() const {
    const std::optional<Cause>& cause = rep_->cause;
    return cause ? std::string_view(cause->code) : std::string_view();
  }
  /// The next command to run or thing to try; empty when there is none.
  [[nodiscard]] const std::string& hint() const { return rep_->hint; }

  /// Prepends `outer: ` to the message.
  [[nodiscard]] Error context(std::string_view outer) const;
  [[nodiscard]] Error at(SourceSpan span) const;
  [[nodiscard]] Error caused_by(Cause cause) const;
  /// With the cause of `other`, or none when that has none.
  [[nodiscard]] Error with_cause_of(const Error& other) const;
  [[nodiscard]] Error hinted(std::string hint) const;
  [[nodiscard]] Error with_code(ErrorCode code) const;

 private:
  struct Rep {
    ErrorCode code;
    std::string message;
    std::string root_message;
    std::string hint;
    std::optional<SourceSpan> span;
    std::optional<Cause> cause;
  };
  explicit Error(std::shared_ptr<const Rep> rep) : rep_(std::move(rep)) {}
  [[nodiscard]] std::shared_ptr<Rep> copy() const { return std::make_shared<Rep>(*rep_); }

  std::shared_ptr<const Rep> rep_;  // shared: immutable, so that results can be copied freely
};

/// `kInvalid` with a message: the most common failure.
[[nodiscard]] Error invalid(std::string message);

}  // namespace rhumb
