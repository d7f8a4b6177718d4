#include "cli/completion.h"

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::cli {
namespace {

constexpr std::string_view kBash = R"(# bash completion for @PROGRAM@
_@PROGRAM@_complete() {
    local line candidates=()
    while IFS= read -r line; do
        candidates+=("${line%%$'\t'*}")
    done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    COMPREPLY=()
    if [ "${#candidates[@]}" -gt 0 ]; then
        COMPREPLY=("${candidates[@]}")
    fi
}
complete -o default -F _@PROGRAM@_complete @PROGRAM@
)";

constexpr std::string_view kZsh = R"(#compdef @PROGRAM@
# zsh completion for @PROGRAM@
_@PROGRAM@() {
    local -a candidates
    local line
    while IFS=$'\t' read -r name text; do
        candidates+=("${name//:/\\:}${text:+:$text}")
    done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
    if (( ${#candidates} )); then
        _describe '@PROGRAM@' candidates
    else
        _files
    fi
}
compdef _@PROGRAM@ @PROGRAM@
)";

constexpr std::string_view kFish = R"(# fish completion for @PROGRAM@
function __@PROGRAM@_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] __complete $words[2..-1] 2>/dev/null
end
complete -c @PROGRAM@ -a '(__@PROGRAM@_complete)'
)";

constexpr std::string_view kPowershell = R"(# powershell completion for @PROGRAM@
Register-ArgumentCompleter -Native -CommandName '@PROGRAM@' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
    if ($wordToComplete -eq '') { $words += '' }
    & '@PROGRAM@' __complete @words 2>$null | ForEach-Object {
        $name, $text = $_ -split "`t", 2
        if (-not $text) { $text = $name }
        [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $text)
    }
}
)";

void add_candidate(std::string& out, std::string_view name, std::string_view description) {
  out += name;
  if (!description.empty()) {
    out += "\t";
    out += description;
  }
  out += "\n";
}

std::string complete_flags(const Command& command, std::string_view typed) {
  std::string out;
  std::vector<FlagSpec> flags = command.flags;
  const std::vector<FlagSpec> global = global_flags_of(command);
  flags.insert(flags.end(), global.begin(), global.end());
  for (const FlagSpec& spec : flags) {
    const std::string name = "--" + spec.name;
    if (!spec.hidden && name.starts_with(typed)) {
      add_candidate(out, name, spec.usage);
    }
  }
  return out;
}

}  // namespace

std::string complete(const Command& root, const std::vector<std::string>& words) {
  const std::string typed = words.empty() ? "" : words.back();
  std::vector<std::string> before = words;
  if (!before.empty()) {
    before.pop_back();
  }
  const ResolvedCommand resolved = resolve_command(root, before);
  const Command& command = *resolved.path.back();
  if (typed.starts_with("-")) {
    return complete_flags(command, typed);
  }
  std::string out;
  for (const Command& child : command.children) {
    if (!child.hidden && child.name.starts_with(typed)) {
      add_candidate(out, child.name, child.summary);
    }
  }
  return out;
}

Result<std::string> completion_script(std::string_view shell, std::string_view program) {
  const std::pair<std::string_view, std::string_view> scripts[] = {
      {"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}, {"powershell", kPowershell}};
  for (const auto& [name, script] : scripts) {
    if (name == shell) {
      return replace_all(script, "@PROGRAM@", program);
    }
  }
  return Error(ErrorCode::kNotFound,
               "unknown shell " + go_quote(shell) + "; use bash, zsh, fish or powershell");
}

}  // namespace rhumb::cli
