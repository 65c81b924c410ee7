package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeviceInfo;
import java.util.List;

/// `ls --tree`.
final class TreePrinter {
    private static final int MAX_DEPTH = 100;
    private static final int DEFAULT_WIDTH = 80;
    private static final int NOTHING = 0;
    private static final int BRANCH = 1;
    private static final int LINE = 2;
    private static final int END = 3;
    private static final int SINGLE = 4;
    private static final int FIRST = 5;

    private final Host host;
    private final DeviceTree tree;
    private final TreeOptions options;
    private final String[] symbols;
    private final int[] width = new int[MAX_DEPTH];
    private final boolean[] more = new boolean[MAX_DEPTH];
    private final int terminalWidth;
    private int column = 1;
    private int lastChar;

    TreePrinter(Host host, DeviceTree tree) throws Failed {
        this.host = host;
        this.tree = tree;
        this.options = options(host);
        this.symbols = options.symbols();
        this.terminalWidth =
                options.has(TreeOptions.Option.VT100) ? DEFAULT_WIDTH : Terminal.columns(DEFAULT_WIDTH + 3) - 3;
    }

    static TreeOptions options(Host host) throws Failed {
        return new TreeOptions(host.switches.value(Opt.OPTIONS, ""), Terminal.isUtf8(host.shell), host.shell);
    }

    void print() {
        children(tree.root(), 0);
    }

    private void children(DeviceTree.Node node, int depth) {
        final List<DeviceTree.Node> children = node.next(options.has(TreeOptions.Option.INVERTED));
        for (int i = 0; i < children.size(); i++) {
            final DeviceTree.Node child = children.get(i);
            final boolean hasChildren = tree.count(child, options.has(TreeOptions.Option.INVERTED)) > 0;
            node(child, depth, i == children.size() - 1, hasChildren);
            if (hasChildren) {
                children(child, depth + 1);
            }
        }
    }

    private void node(DeviceTree.Node node, int depth, boolean last, boolean hasChildren) {
        if (depth + 2 > MAX_DEPTH
                || (node.name().isEmpty()
                        && !options.has(TreeOptions.Option.DEVICE)
                        && !options.has(TreeOptions.Option.BLKDEVNAME))) {
            return;
        }
        more[depth] = !last;
        width[depth] = 0;
        final boolean firstOnLine = column == 1;
        if (!options.compact() || firstOnLine) {
            prefix(depth);
        }
        final int from = column;
        if (options.compact() && !firstOnLine) {
            out(symbols[more[depth] ? FIRST : SINGLE]);
        }
        out(node.name());
        final String block =
                options.has(TreeOptions.Option.BLKDEVNAME) ? host.files.blockName(node.devno, false) : null;
        if (block != null) {
            out(" <" + block + ">");
        }
        if (options.has(TreeOptions.Option.DEVICE)) {
            out(" (" + node.devno + ")");
        }
        if (node.info != null) {
            attributes(node.info);
        }
        if (options.compact()) {
            width[depth] = column - from;
        }
        if (!options.compact() || !hasChildren) {
            newline();
        }
    }

    private void prefix(int depth) {
        for (int d = 0; d < depth; d++) {
            out(" ".repeat(width[d] + 1));
            if (d == depth - 1) {
                out(symbols[more[depth] ? BRANCH : END]);
            } else {
                out(symbols[more[d + 1] ? LINE : NOTHING]);
            }
        }
    }

    private void attributes(Info info) {
        final DmDeviceInfo state = info.state();
        final StringBuilder text = new StringBuilder();
        if (options.has(TreeOptions.Option.ACTIVE)) {
            add(text, state.suspended() ? "SUSPENDED" : "ACTIVE");
        }
        if (options.has(TreeOptions.Option.RW)) {
            add(text, state.readonly() ? "RO" : "RW");
        }
        if (options.has(TreeOptions.Option.OPEN)) {
            add(text, Integer.toUnsignedString(state.openCount()));
        }
        if (options.has(TreeOptions.Option.UUID)) {
            add(text, info.uuid());
        }
        if (!text.isEmpty()) {
            out(text.append(']').toString());
        }
    }

    private static void add(StringBuilder text, String attribute) {
        text.append(text.isEmpty() ? " [" : ", ").append(attribute);
    }

    private void out(String text) {
        text.codePoints().forEach(this::out);
    }

    /// A line that is too long ends with "..." in the place of its last characters.
    private void out(int c) {
        column++;
        if (!options.truncates() || column <= terminalWidth) {
            put(c);
        } else if (column == terminalWidth + 1) {
            if (lastChar != 0 || c > 0x7f) {
                host.shell.out().print("...");
            } else {
                lastChar = c;
                column--;
            }
        }
    }

    private void put(int c) {
        host.shell.out().print(Character.toString(c));
    }

    private void newline() {
        if (lastChar != 0 && column == terminalWidth) {
            put(lastChar);
        }
        lastChar = 0;
        host.shell.out().print('\n');
        column = 1;
    }
}
