#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/run_event.h"
#include "report/file_mask.h"

namespace rhumb::report {

/// Masks the texts of a run: marked values for the terminal, literals too for the registry.
///
/// Files may be added before the run, so that a bad pattern stops it; one that was not is read when
/// its content is first asked for.
class MaskingRenderer final : public migrate::RunTextRenderer {
 public:
  /// `secrets`: texts that never leave the process, such as the password of the target.
  MaskingRenderer(FileMaskOptions options, const std::vector<std::string>& secrets);

  /// Errors: as FileMask::create.
  Result<void> add_file(std::string_view name, std::string_view content);
  /// Why a file that was read late could not be: a bad pattern, after which no run may start.
  [[nodiscard]] Result<void> check() const;
  [[nodiscard]] MaskCounts counts() const;

  [[nodiscard]] migrate::RunText content(const migrate::RunFile& file,
                                         std::string_view text) override;
  [[nodiscard]] migrate::RunText statement(const migrate::RunFile& file,
                                           size_t number,
                                           std::string_view text) override;
  [[nodiscard]] migrate::RunText statement_error(const migrate::RunFile& file,
                                                 size_t number,
                                                 std::string_view statement,
                                                 std::string_view error) override;
  [[nodiscard]] migrate::RunText message(std::string_view text) override;

 private:
  [[nodiscard]] const FileMask* find(std::string_view name) const;
  [[nodiscard]] bool is_plain(std::string_view name) const;
  /// A text in which nothing but the secrets is hidden, when no report is wanted.
  [[nodiscard]] migrate::RunText plain(std::string_view text) const;
  /// What a text becomes that belongs to no known file.
  [[nodiscard]] migrate::RunText unknown(std::string_view text) const;
  [[nodiscard]] std::string without_secrets(std::string text) const;

  FileMaskOptions options_;
  std::optional<Error> bad_file_;
  HiddenValues secrets_;
  HiddenValues hidden_shown_;     ///< of all files, and the secrets
  HiddenValues hidden_reported_;  ///< of all files, and the secrets
  std::map<std::string, FileMask, std::less<>> files_;
  std::set<std::string, std::less<>> plain_files_;  ///< without marks, in a run without a report
};

}  // namespace rhumb::report
