package io.dmctl.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/// `verity`: makes, checks and shows the hash trees of verity devices, as veritysetup does, byte for byte.
final class VerityCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.VERITY)
                .example("verity format disk.img hashes.img", "make the tree; prints the root hash and the table")
                .example("verity verify disk.img hashes.img ROOTHASH", "check all of it")
                .example("verity format disk.img hashes.img --fec-device parity.img --fec-roots 8", "with parity")
                .words("ACTION FILE...", 2, 4)
                .argument("format DATA HASH", "make the tree of DATA in HASH, which is made or overwritten")
                .argument("verify DATA HASH ROOT", "check every block; exit code 10 when one is wrong")
                .argument("table DATA HASH ROOT", "print the table line for: dmctl create NAME --readonly --table ...")
                .argument("dump HASH", "print what HASH says of itself")
                .option("NAME", "format: the hash function, as the kernel names it (sha256)", "--hash")
                .option("HEX", "format: the salt, - for none (32 random bytes)", "--salt")
                .option("UUID", "format: what the superblock is to be called (random)", "--uuid")
                .option("N", "1, or 0 for the first Chrome OS (1)", "--format")
                .option("BYTES", "of a data block, a power of two of 512 to 524288 (4096)", "--data-block-size")
                .option("BYTES", "of a hash block, as the other (4096)", "--hash-block-size")
                .option("N", "blocks of DATA that are covered (all)", "--data-blocks")
                .option("BYTES", "where in HASH the superblock, or the tree, begins (0)", "--hash-offset")
                .flag("HASH has no superblock: the options say what it would", "--no-superblock")
                .option("FILE", "parity for the correction of wrong blocks: made, or used", "--fec-device")
                .option("BYTES", "where in that file it begins (0)", "--fec-offset")
                .option("N", "bytes of parity for a codeword of 255 bytes, 2 to 24 (2)", "--fec-roots");
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, IOException {
        final List<String> words = args.words();
        final PrintStream out = session.streams().out();
        switch (words.getFirst()) {
            case "format" -> {
                final VerityFiles files = files(args, 3);
                new VerityFormat(files, VeritySettings.forFormat(args, files), session).run();
            }
            case "verify" -> {
                final VerityFiles files = files(args, 4);
                final VeritySettings settings = VeritySettings.of(args, files);
                new VerityCheck(files, settings, settings.root(words.get(3)), session).run();
            }
            case "table" -> {
                final VerityFiles files = files(args, 4);
                final VeritySettings settings = VeritySettings.of(args, files);
                out.println(settings.table(files, settings.root(words.get(3))));
            }
            case "dump" -> {
                if (words.size() != 2) {
                    throw CommandFailure.usage("dump takes one file");
                }
                VeritySettings.ofSuperblock(Path.of(words.get(1)), offset(args, "--hash-offset"))
                        .print(out, Path.of(words.get(1)));
            }
            default ->
                throw CommandFailure.usage("'" + words.getFirst() + "' is not one of format, verify, table, dump");
        }
    }

    private static VerityFiles files(Arguments args, int count) throws CommandFailure {
        final List<String> words = args.words();
        if (words.size() != count) {
            throw CommandFailure.usage(
                    words.getFirst() + " takes DATA and HASH" + (count == 4 ? " and the root hash" : ""));
        }
        return new VerityFiles(
                Path.of(words.get(1)),
                Path.of(words.get(2)),
                args.value("--fec-device").map(Path::of),
                offset(args, "--hash-offset"),
                offset(args, "--fec-offset"));
    }

    private static long offset(Arguments args, String option) throws CommandFailure {
        final long bytes = Arguments.number(option, args.value(option).orElse("0"), 0, Long.MAX_VALUE);
        if (bytes % 512 != 0) {
            throw CommandFailure.usage(option + " must be a multiple of 512, was " + bytes);
        }
        return bytes;
    }
}
