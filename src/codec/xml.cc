#include "codec/xml.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"

namespace rhumb::codec {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kCommentBegin = "<!--";
constexpr std::string_view kCdataBegin = "<![CDATA[";

struct NamedReference {
  std::string_view name;
  char character;
};
constexpr NamedReference kNamed[] = {
    {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

/// The character of `#65` or `#x41`.
std::optional<char32_t> numeric_reference(std::string_view name) {
  const bool is_hex = name.starts_with("#x");
  const std::string_view digits = name.substr(is_hex ? 2 : 1);
  uint32_t value = 0;
  const auto read =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, is_hex ? 16 : 10);
  const bool is_whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  const bool is_character = value != 0 && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
  return is_whole && is_character ? std::optional(static_cast<char32_t>(value)) : std::nullopt;
}

bool append_reference(std::string_view name, std::string& out) {
  if (name.starts_with('#')) {
    const std::optional<char32_t> character = numeric_reference(name);
    if (character) {
      append_rune(out, *character);
    }
    return character.has_value();
  }
  const auto* named = std::ranges::find(kNamed, name, &NamedReference::name);
  if (named == std::end(kNamed)) {
    return false;
  }
  out += named->character;
  return true;
}

/// One pass over a document.
class LeafReader {
 public:
  explicit LeafReader(std::string_view text) : text_(text) {}

  Result<std::vector<XmlLeaf>> read() {
    while (at_ < text_.size()) {
      TRY(text_[at_] == '<' ? read_markup() : read_text());
    }
    if (!open_.empty() || !has_root_) {
      return malformed("it ends too early");
    }
    return std::move(leaves_);
  }

 private:
  struct Element {
    std::string path;
    std::string text;
    bool is_leaf = true;
  };

  [[nodiscard]] Error malformed(std::string_view what) const {
    return invalid("XML is malformed at byte " + std::to_string(at_) + ": " + std::string(what));
  }

  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  /// Moves behind `end`. -> what lies before it
  Result<std::string_view> take_until(std::string_view end, std::string_view what) {
    const size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) {
      return malformed(what);
    }
    const std::string_view taken = text_.substr(at_, found - at_);
    at_ = found + end.size();
    return taken;
  }

  Result<void> read_markup() {
    if (rest().starts_with(kCommentBegin)) {
      at_ += kCommentBegin.size();
      TRY(take_until("-->", "a comment without end"));
      return {};
    }
    if (rest().starts_with(kCdataBegin)) {
      at_ += kCdataBegin.size();
      return add_text(TRY(take_until("]]>", "a CDATA section without end")));
    }
    if (rest().starts_with("<?")) {
      TRY(take_until("?>", "an instruction without end"));
      return {};
    }
    if (rest().starts_with("<!")) {
      return malformed("a document type is not accepted");
    }
    return rest().starts_with("</") ? close_element() : open_element();
  }

  Result<void> open_element() {
    ++at_;
    const std::string_view name = take_name();
    if (name.empty() || (open_.empty() && std::exchange(has_root_, true))) {
      return malformed(name.empty() ? "a tag without a name" : "a second root");
    }
    if (open_.size() >= kXmlDepthMax) {
      return Error(ErrorCode::kLimit, "XML is nested too deeply");
    }
    std::string path = open_.empty() ? "" : open_.back().path + "/";
    if (!open_.empty()) {
      open_.back().is_leaf = false;
    }
    open_.push_back({.path = path.append(name), .text = {}});
    TRY(pass_attributes());
    const bool is_empty = rest().starts_with("/>");
    at_ += is_empty ? 2 : 1;
    return is_empty ? finish_element() : Result<void>();
  }

  std::string_view take_name() {
    const size_t end = std::min(text_.find_first_of(" \t\r\n/>=\"'<", at_), text_.size());
    const std::string_view name = text_.substr(at_, end - at_);
    at_ = end;
    return name;
  }

  /// Up to the `>` or `/>` of the tag.
  Result<void> pass_attributes() {
    while (at_ < text_.size()) {
      at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
      if (rest().starts_with('>') || rest().starts_with("/>")) {
        return {};
      }
      if (take_name().empty() || !rest().starts_with('=')) {
        return malformed("an attribute is not of the form name=\"value\"");
      }
      ++at_;
      const bool is_quoted = rest().starts_with('"') || rest().starts_with('\'');
      if (!is_quoted) {
        return malformed("the value of an attribute has no quotes");
      }
      const std::string_view quote = text_.substr(at_++, 1);
      TRY(take_until(quote, "the value of an attribute without end"));
    }
    return malformed("a tag without end");
  }

  Result<void> close_element() {
    const size_t start = at_;
    at_ += 2;
    const std::string_view name = trim(TRY(take_until(">", "a tag without end")));
    const std::string_view path = open_.empty() ? std::string_view() : open_.back().path;
    if (path.empty() || path.substr(path.rfind('/') + 1) != name) {
      at_ = start;
      return malformed("a tag that closes nothing");
    }
    return finish_element();
  }

  Result<void> finish_element() {
    Element element = std::move(open_.back());
    open_.pop_back();
    if (!element.is_leaf) {
      return {};
    }
    path_bytes_ += element.path.size();
    if (path_bytes_ > kXmlPathBytesMax) {
      return Error(ErrorCode::kLimit, "XML has too many elements");
    }
    leaves_.push_back({.path = std::move(element.path), .text = std::move(element.text)});
    return {};
  }

  Result<void> read_text() {
    const size_t end = std::min(text_.find('<', at_), text_.size());
    std::string_view raw = text_.substr(at_, end - at_);
    std::string plain;
    while (!raw.empty()) {
      const size_t mark = std::min(raw.find('&'), raw.size());
      plain += raw.substr(0, mark);
      raw.remove_prefix(mark);
      if (raw.empty()) {
        break;
      }
      const auto parts = cut(raw.substr(1), ";");
      if (!parts || !append_reference(parts->first, plain)) {
        return malformed("an unknown reference");
      }
      raw = parts->second;
    }
    TRY(add_text(plain));
    at_ = end;
    return {};
  }

  Result<void> add_text(std::string_view text) {
    if (!open_.empty()) {
      open_.back().text += text;
      return {};
    }
    const bool is_blank = text.find_first_not_of(kBlanks) == std::string_view::npos;
    return is_blank ? Result<void>() : malformed("text outside of the root");
  }

  std::string_view text_;
  size_t at_ = 0;
  bool has_root_ = false;
  std::vector<Element> open_;
  std::vector<XmlLeaf> leaves_;
  size_t path_bytes_ = 0;  // of leaves_
};

}  // namespace

Result<std::vector<XmlLeaf>> read_xml_leaves(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  return LeafReader(text).read();
}

std::string find_xml_text(const std::vector<XmlLeaf>& leaves, std::string_view path) {
  const auto found = std::ranges::find(leaves, path, &XmlLeaf::path);
  return found == leaves.end() ? std::string() : found->text;
}

}  // namespace rhumb::codec
