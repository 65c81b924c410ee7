package io.dmctl.cli.compat;

/// How `ls` and `deps` write a device, by `-o`.
final class DeviceForm {
    static final String NUMBER = "devno";
    static final String BLOCK = "blkdevname";
    static final String MAPPED = "devname";

    private DeviceForm() {}

    /// As usage lists them.
    static String words() {
        return String.join(", ", NUMBER, MAPPED, BLOCK);
    }

    /// The last of the options; each may be cut short.
    static String of(String options) {
        String form = NUMBER;
        for (String option : options.split(",", -1)) {
            form = known(option, form);
        }
        return form;
    }

    private static String known(String option, String otherwise) {
        for (String form : new String[] {NUMBER, BLOCK, MAPPED}) {
            if (form.startsWith(option)) {
                return form;
            }
        }
        return otherwise;
    }

    /// @throws Failed at an option that there is not
    static void check(String options, Shell shell) throws Failed {
        int at = 0;
        while (at < options.length()) {
            final int comma = options.indexOf(',', at);
            final String option = options.substring(at, comma < 0 ? options.length() : comma);
            if (known(option, "").isEmpty()) {
                throw shell.failed("Option not recognised: " + options.substring(at) + ".");
            }
            at = comma < 0 ? options.length() : comma + 1;
        }
    }
}
