package io.dmctl.cli;

import io.dmctl.cli.compat.Vocabulary;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// The completion script of bash, made from the commands' usages.
final class BashCompletion {
    /// Names of devices and target types are looked up by the shell: files in folders, no program is run.
    private static final String HEAD = """
            # Completion of dmctl for bash. Made by dmctl completion; do not edit.
            _dmctl_devices() {
                local folder name
                for folder in "${DM_DEV_DIR:-/dev}/mapper" "${DMCTL_RUN_DIR:-/run/dmctl}/names"; do
                    for name in "$folder"/*; do
                        name=${name##*/}
                        case $name in control | '*' | '~'*) ;; *) printf '%s\\n' "$name" ;; esac
                    done
                done
            }
            _dmctl_targets() {
                local module
                printf '%s\\n' @TARGETS@
                for module in /sys/module/dm_*; do
                    module=${module##*/dm_}
                    [ "$module" = '*' ] || printf '%s\\n' "${module//_/-}"
                done
            }
            _dmctl_words() {
                COMPREPLY=($(compgen -W "$1" -- "$cur"))
            }
            _dmctl_files() {
                compopt -o filenames 2>/dev/null
                COMPREPLY=($(compgen "$1" -- "$cur"))
            }
            _dmctl_fields() {
                compopt -o nospace 2>/dev/null
                COMPREPLY=($(compgen -P "${cur%"${cur##*[,+-]}"}" -W "@FIELDS@" -- "${cur##*[,+-]}"))
            }
            _dmctl() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= at=1
                COMPREPLY=()
                while [ "$at" -lt "$COMP_CWORD" ]; do
                    case ${COMP_WORDS[at]} in --record | --replay | --timeout) at=$((at + 2)) ;; *) break ;; esac
                done
                if [ "$at" -gt "$COMP_CWORD" ]; then
                    [ "$prev" = --timeout ] || _dmctl_files -f
                    return
                fi
                [ "$at" -lt "$COMP_CWORD" ] && command=${COMP_WORDS[at]}
                case $command in
            """;

    private static final String DEVICES = "_dmctl_words \"$(_dmctl_devices)\"";
    private static final String TARGETS = "_dmctl_words \"$(_dmctl_targets)\"";

    private final PrintStream out;

    BashCompletion(PrintStream out) {
        this.out = out;
    }

    void print() {
        out.print(HEAD.replace("@TARGETS@", String.join(" ", CompletionValue.builtInTargets()))
                .replace("@FIELDS@", String.join(" ", Vocabulary.fields())));
        final List<String> all =
                new ArrayList<>(List.of("--help", "--version", "--record", "--replay", "--timeout", "help"));
        for (CommandName name : CommandName.values()) {
            all.add(name.word());
        }
        branch("''", words(all));
        branch("help", words(all));
        for (CommandName name : CommandName.values()) {
            command(name.make().usage().end());
        }
        out.println("    esac");
        out.println("}");
        out.println("complete -F _dmctl dmctl");
        compat("dmsetup");
        compat("dmstats");
    }

    /// Of the programs that dmctl is by another name; their own package has none.
    private void compat(String program) {
        out.println("_dmctl_" + program + "() {");
        out.println("    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}");
        out.println("    COMPREPLY=()");
        out.println("    case $prev in");
        final List<String> names = new ArrayList<>();
        for (Vocabulary.Option option : Vocabulary.options()) {
            names.addAll(option.names());
            final String action = switch (option.value()) {
                case NONE -> "";
                case FIELDS -> "_dmctl_fields";
                case TARGET -> TARGETS;
                case OTHER -> ":";
            };
            if (!action.isEmpty()) {
                out.println("    " + String.join(" | ", option.names()) + ") " + action + "; return ;;");
            }
        }
        out.println("    target-version) " + TARGETS + "; return ;;");
        out.println("    esac");
        out.println("    case $cur:$COMP_CWORD in");
        out.println("    -*) " + words(names) + " ;;");
        out.println("    *:1) " + words(Vocabulary.commands(program)) + " ;;");
        out.println("    *) " + DEVICES + " ;;");
        out.println("    esac");
        out.println("}");
        out.println("complete -F _dmctl_" + program + " " + program);
    }

    private void branch(String pattern, String action) {
        out.println("        " + pattern + ") " + action + " ;;");
    }

    private static String words(List<String> words) {
        return "_dmctl_words '" + String.join(" ", words) + "'";
    }

    private void command(Usage usage) {
        final String word = usage.name().word();
        out.println("        " + (word.equals("reload") ? "load | reload" : word) + ")");
        out.println("            case $prev in");
        final List<String> names = new ArrayList<>();
        for (int i = 0; i < usage.parsed().size(); i++) {
            final Usage.Option option = usage.parsed().get(i);
            names.addAll(option.names());
            if (option.takesValue()) {
                final CompletionValue value =
                        CompletionValue.ofOption(option, usage.options().get(i));
                out.println("            " + String.join(" | ", option.names()) + ") " + action(value) + "; return ;;");
            }
        }
        out.println("            esac");
        out.println("            case $cur in");
        out.println("            -*) " + words(names) + " ;;");
        out.println("            *) " + action(CompletionValue.ofArguments(usage)) + " ;;");
        out.println("            esac");
        out.println("            ;;");
    }

    private static String action(CompletionValue value) {
        return switch (value.kind()) {
            case DEVICE -> DEVICES;
            case TARGET -> TARGETS;
            case FILE -> "_dmctl_files -f";
            case FOLDER -> "_dmctl_files -d";
            case CHOICE -> words(value.choices());
            case DEVICE_OR_FILE -> "_dmctl_files -f; COMPREPLY+=($(compgen -W \"$(_dmctl_devices)\" -- \"$cur\"))";
            case OTHER -> ":";
        };
    }
}
