/**
 * The completion script for bash. It asks the program itself, needs no package besides bash 4, may be sourced twice, and
 * hands the typed words over as they are: nothing that stands on the line is run. Bash splits `--format=json` at the
 * sign, which is left out here.
 */
export const BASH_SCRIPT: string = `# bash completion for watertight
_watertight() {
  local line word
  local -a words=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    [[ $word == = ]] || words+=("$word")
  done
  [[ \${COMP_WORDS[COMP_CWORD]} == = ]] && words+=("")
  COMPREPLY=()
  while IFS= read -r line; do
    [[ $line == :* ]] || COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(watertight complete -- "\${words[@]}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == */ ]]; then
    compopt -o nospace
  fi
}
complete -F _watertight watertight
`
