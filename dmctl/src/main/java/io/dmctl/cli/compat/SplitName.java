package io.dmctl.cli.compat;

/// The parts of a device name of LVM: volume group, logical volume, layer, with `-` between them and `--` for one
/// within.
record SplitName(String subsystem, String vg, String lv, String layer) {
    /// Names of other subsystems are not taken apart.
    static SplitName of(String subsystem, String name) {
        if (!subsystem.equals("LVM")) {
            return new SplitName(subsystem, "", "", "");
        }
        final String[] parts = {"", "", ""};
        int part = 0;
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) != '-') {
                text.append(name.charAt(i));
            } else if (name.startsWith("--", i)) {
                text.append('-');
                i++;
            } else if (part < parts.length - 1) {
                parts[part++] = text.toString();
                text.setLength(0);
            } else {
                break;
            }
        }
        parts[part] = text.toString();
        return new SplitName(subsystem, parts[0], parts[1], parts[2]);
    }

    Cell cell(Field field) {
        return Cell.text(
                switch (field) {
                    case SUBSYSTEM -> subsystem;
                    case VG_NAME -> vg;
                    case LV_NAME -> lv;
                    case LV_LAYER -> layer;
                    default -> throw new IllegalArgumentException(field.id());
                });
    }
}
