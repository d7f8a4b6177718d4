#include "report/masking_renderer.h"

#include <utility>

namespace rhumb::report {
namespace {

using migrate::FileTexts;
using migrate::RunText;
using Hidden = MaskingRenderer::Hidden;

constexpr std::string_view kMark = "atlas:sensitive";

std::string without(const HiddenValues& hidden, std::string text) {
  if (hidden.empty()) {
    return text;
  }
  return replace_spans(text, hidden.find_in(text));
}

/// A file without marks in a run without a report: only the secrets are hidden, and there are no
/// reported forms.
class PlainTexts final : public FileTexts {
 public:
  explicit PlainTexts(std::shared_ptr<const Hidden> hidden) : hidden_(std::move(hidden)) {}

  std::string content(std::string_view text, TextForm form) const override {
    return form == TextForm::kShown ? without(hidden_->secrets, std::string(text)) : std::string();
  }
  std::string statement(size_t /*number*/, std::string_view text, TextForm form) const override {
    return content(text, form);
  }
  std::string comment(std::string_view text, TextForm form) const override {
    return mask_text(text, hidden_->in(form));
  }
  RunText statement_error(size_t /*number*/,
                          std::string_view /*statement*/,
                          std::string_view error) const override {
    return {.shown = mask_text(error, hidden_->secrets), .reported = {}};
  }

 private:
  std::shared_ptr<const Hidden> hidden_;  // of the run: shared by all of its files
};

class MaskedTexts final : public FileTexts {
 public:
  MaskedTexts(FileMask mask, bool is_reported, std::shared_ptr<const Hidden> hidden)
      : mask_(std::move(mask)), is_reported_(is_reported), hidden_(std::move(hidden)) {}

  std::string content(std::string_view /*text*/, TextForm form) const override {
    return is_wanted(form) ? without(hidden_->secrets, mask_.content(form)) : std::string();
  }
  std::string statement(size_t number, std::string_view text, TextForm form) const override {
    return is_wanted(form) ? without(hidden_->secrets, mask_.statement(number, text, form).text)
                           : std::string();
  }
  std::string comment(std::string_view text, TextForm form) const override {
    return mask_text(text, hidden_->in(form));
  }
  RunText statement_error(size_t number,
                          std::string_view statement,
                          std::string_view error) const override {
    const auto masked = [&](TextForm form) {
      return mask_.statement_error(number, statement, error, form, hidden_->secrets);
    };
    return {.shown = masked(TextForm::kShown), .reported = masked(TextForm::kReported)};
  }

 private:
  [[nodiscard]] bool is_wanted(TextForm form) const {
    return form == TextForm::kShown || is_reported_;
  }

  FileMask mask_;
  bool is_reported_;
  std::shared_ptr<const Hidden> hidden_;  // of the run: shared by all of its files
};

/// A file whose marks can not be read: nothing of it is shown.
class WithheldTexts final : public FileTexts {
 public:
  std::string content(std::string_view /*text*/, TextForm /*form*/) const override {
    return std::string(kPlaceholder);
  }
  std::string statement(size_t /*number*/, std::string_view text, TextForm form) const override {
    return content(text, form);
  }
  std::string comment(std::string_view text, TextForm form) const override {
    return content(text, form);
  }
  RunText statement_error(size_t /*number*/,
                          std::string_view /*statement*/,
                          std::string_view /*error*/) const override {
    return {.shown = std::string(kPlaceholder), .reported = std::string(kPlaceholder)};
  }
};

}  // namespace

MaskingRenderer::MaskingRenderer(FileMaskOptions options, const std::vector<std::string>& secrets)
    : options_(std::move(options)), hidden_(std::make_shared<Hidden>()) {
  for (HiddenValues* values : {&hidden_->secrets, &hidden_->shown, &hidden_->reported}) {
    values->add(secrets);
  }
}

Result<void> MaskingRenderer::check() const {
  if (bad_file_) {
    return *bad_file_;
  }
  return {};
}

std::shared_ptr<const FileTexts> MaskingRenderer::open_file(const migrate::RunFile& file,
                                                            const SharedText& content) {
  if (!options_.is_reported && content.view().find(kMark) == std::string_view::npos) {
    return std::make_shared<PlainTexts>(hidden_);
  }
  Result<FileMask> mask = FileMask::create(file.name, content, options_);
  if (!mask) {
    bad_file_ = bad_file_ ? *bad_file_ : mask.error();
    return std::make_shared<WithheldTexts>();
  }
  hidden_->shown.add(mask->hidden(TextForm::kShown));
  hidden_->reported.add(mask->hidden(TextForm::kReported));
  return std::make_shared<MaskedTexts>(std::move(mask).value(), options_.is_reported, hidden_);
}

RunText MaskingRenderer::message(std::string_view text) {
  return {.shown = mask_text(text, hidden_->shown), .reported = mask_text(text, hidden_->reported)};
}

}  // namespace rhumb::report
