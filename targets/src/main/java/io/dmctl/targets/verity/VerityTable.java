package io.dmctl.targets.verity;

import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.verity.tree.Hex;
import java.util.ArrayList;
import java.util.List;

/// The arguments as TABLE prints them. @kernel drivers/md/dm-verity-target.c `verity_status`
final class VerityTable {
    private VerityTable() {}

    static void write(StatusSink out, VerityParams p) {
        out.number(p.version());
        out.text(" ").text(p.dataDev().name()).text(" ").text(p.hashDev().name());
        out.text(" ").number(p.dataBlockBytes()).text(" ").number(p.tree().hashBlockBytes());
        out.text(" ").number(p.tree().dataBlocks()).text(" ").number(p.tree().startBlock());
        out.text(" ").text(p.algorithm().kernelName()).text(" ").text(Hex.format(p.rootDigest()));
        out.text(" ").text(p.salt().length == 0 ? "-" : Hex.format(p.salt()));
        final List<String> words = options(p);
        if (!words.isEmpty()) {
            out.text(" ").number(words.size()).text(" ").text(String.join(" ", words));
        }
    }

    private static List<String> options(VerityParams p) {
        final List<String> words = new ArrayList<>();
        final VerityOptions options = p.options();
        switch (options.mode()) {
            case EIO -> {}
            case LOGGING -> words.add("ignore_corruption");
            case RESTART -> words.add("restart_on_corruption");
            case PANIC -> words.add("panic_on_corruption");
        }
        switch (options.errorMode()) {
            case EIO, LOGGING -> {}
            case RESTART -> words.add("restart_on_error");
            case PANIC -> words.add("panic_on_error");
        }
        if (options.ignoreZeroBlocks()) {
            words.add("ignore_zero_blocks");
        }
        if (options.checkAtMostOnce()) {
            words.add("check_at_most_once");
        }
        if (options.tryVerifyInTasklet()) {
            words.add("try_verify_in_tasklet");
        }
        final FecParams fec = p.fec();
        if (fec != null) {
            words.addAll(List.of(
                    VerityOptions.FEC_DEVICE,
                    fec.dev().name(),
                    VerityOptions.FEC_BLOCKS,
                    Long.toUnsignedString(fec.layout().blocks()),
                    VerityOptions.FEC_START,
                    Long.toUnsignedString(fec.startBlock()),
                    VerityOptions.FEC_ROOTS,
                    Integer.toString(fec.layout().roots())));
        }
        return words;
    }
}
