package io.dmctl.cli.compat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `getopt_long` of the C library: options and words in any order, abbreviations as long as they are unique, its error
/// texts.
final class Getopt {
    private final String program;
    private final List<String> args;
    private final boolean permute;
    private final Shell shell;
    private final List<String> words = new ArrayList<>();
    private int at;
    private String letters = "";

    /// An option with its value, `""` without one.
    record Found(Opt opt, String value) {}

    /// `permute`: words may stand before options (not so under `POSIXLY_CORRECT`).
    Getopt(String program, List<String> args, boolean permute, Shell shell) {
        this.program = program;
        this.args = args;
        this.permute = permute;
        this.shell = shell;
    }

    /// The next option; null behind the last one.
    @Nullable
    Found next() throws Failed {
        while (letters.isEmpty()) {
            if (at == args.size()) {
                return null;
            }
            final String arg = args.get(at);
            if (arg.equals("--")) {
                words.addAll(args.subList(at + 1, args.size()));
                at = args.size();
                return null;
            }
            if (!arg.startsWith("-") || arg.equals("-")) {
                if (!permute) {
                    words.addAll(args.subList(at, args.size()));
                    at = args.size();
                    return null;
                }
                words.add(arg);
                at++;
                continue;
            }
            at++;
            if (arg.startsWith("--")) {
                return ofWord(arg.substring(2));
            }
            letters = arg.substring(1);
        }
        return ofLetter();
    }

    /// What is no option, in its order; complete when [#next] has answered null.
    List<String> words() {
        return words;
    }

    private Found ofLetter() throws Failed {
        final char letter = letters.charAt(0);
        letters = letters.substring(1);
        final Opt opt = Opt.ofLetter(letter);
        if (opt == null) {
            throw fail("invalid option -- '" + letter + "'");
        }
        if (!opt.letterTakesValue()) {
            return new Found(opt, "");
        }
        final String rest = letters;
        letters = "";
        if (!rest.isEmpty()) {
            return new Found(opt, rest);
        }
        if (at == args.size()) {
            throw fail("option requires an argument -- '" + letter + "'");
        }
        return new Found(opt, args.get(at++));
    }

    private Found ofWord(String text) throws Failed {
        final int equals = text.indexOf('=');
        final Opt opt = find(equals < 0 ? text : text.substring(0, equals), text);
        final String shown = "option '--" + opt.word() + "'";
        if (equals >= 0) {
            if (!opt.longTakesValue()) {
                throw fail(shown + " doesn't allow an argument");
            }
            return new Found(opt, text.substring(equals + 1));
        }
        if (!opt.longTakesValue()) {
            return new Found(opt, "");
        }
        if (at == args.size()) {
            throw fail(shown + " requires an argument");
        }
        return new Found(opt, args.get(at++));
    }

    private Opt find(String word, String text) throws Failed {
        final List<Opt> possible = new ArrayList<>();
        for (Opt opt : Opt.values()) {
            if (opt.word().equals(word)) {
                return opt;
            }
            if (opt.word().startsWith(word)) {
                possible.add(opt);
            }
        }
        if (possible.isEmpty()) {
            throw fail("unrecognized option '--" + text + "'");
        }
        if (possible.size() > 1) {
            possible.sort(Comparator.comparing(Opt::word));
            final StringBuilder line = new StringBuilder("option '--" + text + "' is ambiguous; possibilities:");
            for (Opt opt : possible) {
                line.append(" '--").append(opt.word()).append('\'');
            }
            throw fail(line.toString());
        }
        return possible.getFirst();
    }

    private Failed fail(String text) {
        return shell.failed(program + ": " + text);
    }
}
