package io.dmctl.cli;

import java.io.PrintStream;

/// `completion`: the script that makes a shell complete this command line. It runs no Java at a tab.
final class CompletionCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.COMPLETION)
                .example("completion bash", "into /etc/bash_completion.d/dmctl, for all users")
                .example("completion zsh", "into _dmctl, in a folder of your $fpath")
                .example("completion fish", "into ~/.config/fish/completions/dmctl.fish")
                .words("SHELL", 1, 1)
                .argument("SHELL", "bash, zsh or fish");
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure {
        final PrintStream out = session.streams().out();
        final String shell = args.words().getFirst();
        switch (shell) {
            case "bash" -> new BashCompletion(out).print();
            case "zsh" -> {
                // Zsh reads bash's form; what it lists is the same.
                out.println("#compdef dmctl dmsetup dmstats");
                out.println("autoload -U +X bashcompinit && bashcompinit");
                new BashCompletion(out).print();
            }
            case "fish" -> new FishCompletion(out).print();
            default -> throw CommandFailure.usage("SHELL must be one of bash, zsh, fish, was '" + shell + "'");
        }
    }
}
