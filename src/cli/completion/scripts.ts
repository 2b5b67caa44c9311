export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The completion script of each shell. It asks the program what the word at the cursor can become, so that it knows the clients
 * and backends that are configured now. Where the program knows nothing, bash and zsh offer files.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for backup-syncd
_backup_syncd() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _backup_syncd backup-syncd`,
  zsh: `#compdef backup-syncd
_backup-syncd() {
  local -a found
  found=(\${(f)"$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if ((\${#found})); then compadd -a found; else _files; fi
}
if [ "$funcstack[1]" = _backup-syncd ]; then _backup-syncd "$@"; else compdef _backup-syncd backup-syncd; fi`,
  fish: `# fish completion for backup-syncd
function __backup_syncd
    set -l words (commandline -opc)
    $words[1] complete -- $words[2..] (commandline -ct) 2>/dev/null
end
complete -c backup-syncd -f -a '(__backup_syncd)'
complete -c backup-syncd -l config-dir -r -F
complete -c backup-syncd -l source -r -F`,
};
