#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/run_event.h"
#include "report/file_mask.h"

namespace rhumb::report {

/// Masks the texts of a run: marked values for the terminal, literals too for the registry.
class MaskingRenderer final : public migrate::RunTextRenderer {
 public:
  /// `secrets`: texts that never leave the process, such as the password of the target.
  MaskingRenderer(FileMaskOptions options, const std::vector<std::string>& secrets);

  /// Why a file that was opened could not be read: a bad pattern, after which no run may start.
  [[nodiscard]] Result<void> check() const;

  /// In a run without a report a file without marks is not read at all.
  [[nodiscard]] std::shared_ptr<const migrate::FileTexts> open_file(
      const migrate::RunFile& file, const SharedText& content) override;
  [[nodiscard]] migrate::RunText message(std::string_view text) override;

  /// What the texts of the run must not show: the secrets, and the values of all opened files.
  struct Hidden {
    HiddenValues secrets{};
    HiddenValues shown{};
    HiddenValues reported{};

    [[nodiscard]] const HiddenValues& in(TextForm form) const {
      return form == TextForm::kShown ? shown : reported;
    }
  };

 private:
  FileMaskOptions options_;
  std::optional<Error> bad_file_;
  std::shared_ptr<Hidden> hidden_;  // shared with the texts of files, which outlive this
};

}  // namespace rhumb::report
