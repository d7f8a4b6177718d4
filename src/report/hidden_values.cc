#include "report/hidden_values.h"

#include <algorithm>

#include "base/go_format.h"

namespace rhumb::report {
namespace {

uint32_t start_of(std::string_view text) {
  const auto byte = [text](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(text[i]));
  };
  return byte(0) << 16 | byte(1) << 8 | byte(2);
}

}  // namespace

std::vector<TextSpan> join_spans(std::vector<TextSpan> spans) {
  std::sort(spans.begin(), spans.end(), [](const TextSpan& a, const TextSpan& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::vector<TextSpan> joined;
  for (const TextSpan& span : spans) {
    if (span.begin == span.end) {
      continue;
    }
    if (!joined.empty() && span.begin < joined.back().end) {
      if (span.end > joined.back().end) {
        joined.back().end = span.end;
        joined.back().closes_comment = span.closes_comment;
      }
    } else {
      joined.push_back(span);
    }
  }
  return joined;
}

std::string replace_spans(std::string_view text, std::vector<TextSpan> spans) {
  std::string out;
  size_t done = 0;
  for (const TextSpan& span : join_spans(std::move(spans))) {
    out += text.substr(done, span.begin - done);
    out += span.blank_before ? " " : "";
    out += kPlaceholder;
    out += span.closes_comment ? " */" : "";
    for (size_t at = span.begin; at < span.end; ++at) {
      if (text[at] == '\n') {
        out += at > span.begin && text[at - 1] == '\r' ? "\r\n" : "\n";
      }
    }
    done = span.end;
  }
  out += text.substr(done);
  return out;
}

void HiddenValues::add_form(std::string_view value) {
  if (!values_.emplace(value).second || value.size() < kSizeMin) {
    return;
  }
  sizes_by_start_[start_of(value)].insert(value.size());
}

void HiddenValues::add(std::string_view value) {
  if (value.empty()) {
    return;
  }
  add_form(value);
  const std::string quoted = go_quote(value);
  add_form(std::string_view(quoted).substr(1, quoted.size() - 2));
}

void HiddenValues::add(const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    add(value);
  }
}

void HiddenValues::add(const HiddenValues& others) {
  for (const std::string& form : others.values_) {
    add_form(form);
  }
}

bool HiddenValues::contains(std::string_view value) const {
  return values_.contains(value);
}

std::vector<TextSpan> HiddenValues::find_in(std::string_view text) const {
  std::vector<TextSpan> spans;
  if (sizes_by_start_.empty()) {
    return spans;
  }
  for (size_t at = 0; at + kSizeMin <= text.size(); ++at) {
    if (text[at] == '(' && text.substr(at).starts_with(kPlaceholder)) {
      at += kPlaceholder.size() - 1;
      continue;
    }
    const auto found = sizes_by_start_.find(start_of(text.substr(at)));
    if (found == sizes_by_start_.end()) {
      continue;
    }
    for (const size_t size : found->second) {
      if (size > text.size() - at) {
        break;
      }
      if (contains(text.substr(at, size))) {
        spans.push_back(TextSpan{.begin = at, .end = at + size});
      }
    }
  }
  return spans;
}

}  // namespace rhumb::report
